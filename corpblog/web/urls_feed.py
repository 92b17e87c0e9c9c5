"""Reading and posting."""

from django.conf import settings
from django.urls import URLPattern, path

from corpblog.web.views import browser, gallery, live

urlpatterns: list[URLPattern] = [
    path("live/since/", live.since, name="live_since"),
    path("live/mine/", live.mine, name="live_mine"),
    path("theme/", browser.set_theme, name="theme"),
    path("language/", browser.set_language, name="language"),
    path("words/<str:language>.js", browser.words, name="jsi18n"),
]

if settings.DEBUG:
    urlpatterns += [path("gallery/", gallery.gallery), path("gallery/<str:page>/", gallery.gallery)]
