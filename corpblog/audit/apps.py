from datetime import timedelta

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "corpblog.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.audit.services import anchor, anchor_when_long, hand_out, record
        from corpblog.kernel import periodic
        from corpblog.people.events import journal

        journal.write_with(record)
        periodic.every(timedelta(minutes=15), anchor, name="anchor_audit")
        periodic.every(timedelta(minutes=1), anchor_when_long, name="anchor_long_audit")
        periodic.every(timedelta(minutes=1), hand_out, name="hand_out_anchors", asks_outside=True)
