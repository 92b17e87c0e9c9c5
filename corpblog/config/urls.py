"""Every address of the product, by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("corpblog.web.urls")),
]
