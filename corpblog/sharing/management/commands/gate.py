"""`manage.py gate close|open|status`: the switch that stops everything that leaves."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.sharing import selectors
from corpblog.sharing.services import close_gate, open_gate


class Command(BaseCommand):
    help = "Stop everything that leaves the company, at once, or let it leave again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["close", "open", "status"])
        parser.add_argument("--by", help="Username of who answers for it.")
        parser.add_argument("--reason", default="", help="Why, for the record.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] != "status":
            self._switch(options["act"], options["by"], options["reason"])
        gate = selectors.gate()
        self.stdout.write(f"The gate is closed: {gate.reason}" if gate.is_closed else "The gate is open.")

    def _switch(self, act: str, username: str | None, reason: str) -> None:
        by = Person.objects.filter(username=username or "").first()
        if by is None:
            raise CommandError("Say who answers for it: --by USERNAME.")
        try:
            (close_gate if act == "close" else open_gate)(by=by, reason=reason)
        except CorpblogError as error:
            raise CommandError(error.message) from error
