"""`manage.py break_glass USERNAME`: an account for the day the directory is gone."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.kernel.errors import Conflict
from corpblog.people.models import Role
from corpblog.people.services.break_glass import make_break_glass

# Not the one that decides on shares: see `make_break_glass`.
ROLES = [role for role in Role.values if role != Role.COMPLIANCE]


class Command(BaseCommand):
    help = "Make a local account that works without the directory, once, for some hours. Each use is audited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--hours", type=int, default=8, choices=range(1, 73), metavar="1..72")
        parser.add_argument(
            "--role", action="append", choices=ROLES, dest="roles", help="Default: system_admin. May be repeated."
        )

    def handle(self, *args: Any, username: str, hours: int, roles: list[str] | None, **options: Any) -> None:
        wanted = frozenset(Role(role) for role in roles or [Role.SYSTEM_ADMIN])
        try:
            made = make_break_glass(username=username, life=timedelta(hours=hours), roles=wanted)
        except Conflict as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Username: {made.person.username}")
        self.stdout.write(f"Password: {made.password}")
        self.stdout.write(f"Opens the door once, until {made.until:%Y-%m-%d %H:%M %Z}. It is shown only here.")
