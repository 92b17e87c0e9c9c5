"""`manage.py connect_destination SLUG KIND QUESTION=ANSWER …`: connect an account; secrets come on standard input."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.models import Destination
from corpblog.sharing.services import connect


class Command(BaseCommand):
    help = "Connect an account outside. Secrets are read from standard input, one a line, and kept sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("kind", choices=[kind for kind in CONNECTORS if kind != "press"])
        parser.add_argument(
            "answers", nargs="*", metavar="QUESTION=ANSWER", help="For example server=https://mastodon.example"
        )
        parser.add_argument("--by", required=True, help="Username of the connector admin who answers for it.")
        parser.add_argument("--name", help="How it is called on pages; without it, the slug.")
        parser.add_argument("--review", choices=Destination.Review.values, default="flagged")
        parser.add_argument("--cap", choices=["public", "internal"], default="internal")
        parser.add_argument("--without-alt", action="store_true", help="Take pictures that nobody described.")

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
                answers=_answers(options["kind"], options["answers"]),
                review=options["review"],
                cap=options["cap"],
                needs_alt=not options["without_alt"],
            )
        except CorpblogError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"Connected {made.slug} as {made.remote_account}.")


def _answers(kind: str, told: list[str]) -> dict[str, str]:
    """Return what was told on the command line, and the secrets, which never are: other users see a command line."""
    answers = {}
    for word in told:
        name, equals, answer = word.partition("=")
        if not equals:
            raise CommandError(f"{word} is not QUESTION=ANSWER.")
        answers[name] = answer
    secret = {question.name for question in CONNECTORS[kind].questions if question.is_secret}
    if secret & set(answers):
        raise CommandError("Secrets are read from standard input, one a line, and not from the command line.")
    return answers | {
        question.name: sys.stdin.readline().strip() for question in CONNECTORS[kind].questions if question.is_secret
    }
