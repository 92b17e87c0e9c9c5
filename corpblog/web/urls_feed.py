"""Reading and posting."""

from django.urls import URLPattern, path

from corpblog.web.views import browser

urlpatterns: list[URLPattern] = [
    path("theme/", browser.set_theme, name="theme"),
    path("language/", browser.set_language, name="language"),
    path("words/<str:language>.js", browser.words, name="jsi18n"),
]
