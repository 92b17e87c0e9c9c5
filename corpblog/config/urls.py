"""Every address of the product, by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("corpblog.web.urls")),
]

handler404 = "corpblog.web.errors.page_not_found"
