"""Every address of the product, by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("corpblog.api.urls")),
    path("", include("corpblog.web.urls")),
]

handler400 = "corpblog.web.errors.bad_request"
handler404 = "corpblog.web.errors.page_not_found"
