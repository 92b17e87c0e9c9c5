"""`manage.py connect_destination SLUG …`: connect an account outside; the token is read from standard input."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.sharing.models import Destination
from corpblog.sharing.services import connect


class Command(BaseCommand):
    help = "Connect an account outside. The token is read from standard input and kept sealed; nothing shows it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--by", required=True, help="Username of the connector admin who answers for it.")
        parser.add_argument(
            "--server", required=True, help="Address of the server, for example https://mastodon.example"
        )
        parser.add_argument("--name", help="How it is called on pages; without it, the slug.")
        parser.add_argument("--kind", default="mastodon")
        parser.add_argument("--review", choices=Destination.Review.values, default="flagged")
        parser.add_argument("--cap", choices=["public", "internal"], default="internal")

    def handle(self, *args: Any, **options: Any) -> None:
        by = Person.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"There is nobody called {options['by']}.")
        try:
            made = connect(
                by=by,
                slug=options["slug"],
                name=options["name"] or options["slug"],
                kind=options["kind"],
                server=options["server"],
                token=sys.stdin.readline().strip(),
                review=options["review"],
                cap=options["cap"],
            )
        except CorpblogError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Connected {made.slug} as {made.remote_account}.")
