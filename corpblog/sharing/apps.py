from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "corpblog.sharing"
    label = "sharing"
    default_auto_field = "django.db.models.BigAutoField"
