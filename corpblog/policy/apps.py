from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class PolicyConfig(AppConfig):
    name = "corpblog.policy"
    label = "policy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from corpblog.kernel import blobs, periodic
        from corpblog.people.selectors import group_names
        from corpblog.policy import files, services, sources

        sources.offer("directory-groups", gettext_lazy("the names of the directory's groups"), group_names)

        blobs.forgotten_by(files.forget)

        def sync_addresses() -> None:
            services.sync_lists([sources.ADDRESS])

        def sync_names() -> None:
            services.sync_lists(set(sources.kinds()) - {sources.ADDRESS})

        periodic.every(timedelta(hours=1), sync_addresses, name="sync_word_lists")
        periodic.every(timedelta(minutes=5), sync_names, name="sync_names")
