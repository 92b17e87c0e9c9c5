from datetime import timedelta

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "corpblog.teams"
    label = "teams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import periodic
        from corpblog.people import exports
        from corpblog.people.events import directory_groups_changed
        from corpblog.teams import exporting
        from corpblog.teams.listening import follow_the_directory
        from corpblog.teams.services import mirror_directory_groups

        directory_groups_changed.subscribe(follow_the_directory)
        # News is told after the commit and may be lost with the process; access that was taken away must not survive.
        periodic.every(timedelta(minutes=15), mirror_directory_groups, name="mirror_directory_groups")
        exports.told_by(exporting.gather)
