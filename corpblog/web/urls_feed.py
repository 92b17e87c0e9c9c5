"""Reading and posting."""

from django.conf import settings
from django.urls import URLPattern, path

from corpblog.web.views import browser, gallery

urlpatterns: list[URLPattern] = [
    path("theme/", browser.set_theme, name="theme"),
    path("language/", browser.set_language, name="language"),
    path("words/<str:language>.js", browser.words, name="jsi18n"),
]

if settings.DEBUG:
    urlpatterns += [path("gallery/", gallery.gallery), path("gallery/<str:page>/", gallery.gallery)]
