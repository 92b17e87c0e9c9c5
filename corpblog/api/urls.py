"""The addresses for programs."""

from django.urls import path

from corpblog.api import accounts, push

app_name = "api"

urlpatterns = [
    path("api/v1/accounts/verify_credentials", accounts.verify_credentials, name="verify_credentials"),
    path("api/v1/push/subscription", push.subscription, name="push_subscription"),
]
