from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "corpblog.realtime"
    label = "realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.realtime import listeners

        listeners.subscribe()
