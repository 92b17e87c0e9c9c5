"""`manage.py sync_word_lists`: read the sources of the policy in force now, as the worker does in its turn."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.policy import selectors, services


class Command(BaseCommand):
    help = "Read the sources of the word lists in force. Exit code 1 where one cannot be read."

    def handle(self, *args: Any, **options: Any) -> None:
        services.sync_lists()
        number = selectors.number_in_force()
        version = selectors.version_by_number(number) if number is not None else None
        followed = selectors.followed_sources(version) if version else {}
        for name, item in followed.items():
            count = item.state.count if item.state else 0
            self.stdout.write(f"{name}: {item.problem or f'{count} terms'}")
        self.stdout.write(f"Version {number} is in force.")
        if any(item.problem for item in followed.values()):
            raise CommandError("A source could not be read; its list stays as it was.")
