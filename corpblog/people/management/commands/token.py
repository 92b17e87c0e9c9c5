"""`manage.py token USERNAME`: an access token for somebody, made by who runs the machine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.kernel.errors import CorpblogError
from corpblog.people.access import check_may_have_tokens
from corpblog.people.models import Scope
from corpblog.people.selectors import person_by_username
from corpblog.people.services import give_token
from corpblog.people.services.tokens import LIVES


class Command(BaseCommand):
    help = "Print a new access token of somebody, for programs that speak the API. Audited; shown only here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--scopes", default="read", help=f"Separated by spaces: {' '.join(Scope.values)}.")
        parser.add_argument("--days", type=int, default=90, choices=LIVES)
        parser.add_argument("--name", default="manage.py token")

    def handle(self, *args: Any, username: str, scopes: str, days: int, name: str, **options: Any) -> None:
        try:
            person = person_by_username(username)
            check_may_have_tokens(person)
            made = give_token(person=person, name=name, scopes=scopes.split(), days=days)
        except CorpblogError as error:
            raise CommandError(error.message) from error
        self.stdout.write(made.secret)
