"""`manage.py import_policy FOLDER --by NAME`: make a draft of files, and propose it with --propose."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.kernel.errors import CorpblogError, NotFound
from corpblog.people.selectors import person_by_username
from corpblog.policy import exchange, services
from corpblog.policy.errors import BadPolicy


class Command(BaseCommand):
    help = (
        "Make a draft of a folder that export_policy wrote, in the name of a policy admin. "
        "A second person still puts it in force."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--by", required=True, help="The username of a policy admin.")
        parser.add_argument("--propose", metavar="WHY", help="Offer it to a second person at once, with this sentence.")

    def handle(self, *args: Any, folder: Path, by: str, propose: str | None, **options: Any) -> None:
        try:
            draft = services.draft_of_files(by=person_by_username(by), files=exchange.read(folder))
            if propose:
                services.propose(by=person_by_username(by), number=draft.number, edit=draft.edit, note=propose)
        except BadPolicy as error:
            raise CommandError(f"Draft {draft.number} is kept. {_reasons(error)}") from error
        except OSError as error:
            raise CommandError(f"{folder} is not a folder that export_policy wrote: {error}") from error
        except NotFound as error:
            raise CommandError(f"Nobody is called {by}.") from error
        except CorpblogError as error:
            raise CommandError(error.message) from error
        done = "is proposed; a second person puts it in force" if propose else "is a draft"
        self.stdout.write(f"Version {draft.number} {done}.")


def _reasons(error: BadPolicy) -> str:
    return "\n".join(f"line {problem.line}: {problem.in_language('en')}" for problem in error.problems)
