from datetime import timedelta

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "corpblog.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import blobs, periodic
        from corpblog.kernel.limits import forget_old_counters

        periodic.every(timedelta(days=1), forget_old_counters, name="forget_old_counters")
        periodic.every(timedelta(days=1), blobs.sweep, name="sweep_files")
