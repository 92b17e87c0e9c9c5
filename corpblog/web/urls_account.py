"""Signing in and out, and one's own settings."""

from django.urls import path

from corpblog.web.views import settings, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("settings/", settings.Settings.as_view(), name="settings"),
    path("settings/sessions/end-others/", settings.end_other_sessions, name="end_other_sessions"),
    path("settings/sessions/<slug:number>/end/", settings.end_session, name="end_session"),
]
