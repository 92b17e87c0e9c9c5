from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "corpblog.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.audit.services import record
        from corpblog.people.events import journal

        journal.write_with(record)
