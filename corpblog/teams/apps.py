from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "corpblog.teams"
    label = "teams"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.people.events import directory_groups_changed
        from corpblog.teams.listening import follow_the_directory

        directory_groups_changed.subscribe(follow_the_directory)
