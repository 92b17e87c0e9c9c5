"""Signing in and out, and one's own settings."""

from django.urls import path

from corpblog.web.views import sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
]
