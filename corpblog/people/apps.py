from datetime import timedelta

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "corpblog.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import blobs, periodic
        from corpblog.people import checks  # noqa: F401  (registers itself)
        from corpblog.people.directory.sync import keep_up
        from corpblog.people.services import exporting
        from corpblog.people.services.cut_off import forget_expired_sessions
        from corpblog.people.services.tokens import forget_expired_tokens

        # Whoever the directory disables is out a quarter of an hour later, also when a run is late.
        periodic.every(timedelta(minutes=10), keep_up, name="sync_directory")
        periodic.every(timedelta(days=1), forget_expired_sessions, name="forget_expired_sessions")
        periodic.every(timedelta(days=1), forget_expired_tokens, name="forget_expired_tokens")
        periodic.every(timedelta(days=1), exporting.forget_old_exports, name="forget_old_exports")
        periodic.on_demand(exporting.is_asked_for, exporting.make_exports, name="data_exports")
        blobs.kept_by(exporting.needed)
