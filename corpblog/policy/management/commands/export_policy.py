"""`manage.py export_policy FOLDER [--number N]`: write a policy as files, as it is kept in version control."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.policy import exchange, selectors


class Command(BaseCommand):
    help = "Write the version in force, or another, into a folder: policy.yaml, lists/ and sources.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--number", type=int, help="Which version; the one in force if left out.")

    def handle(self, *args: Any, folder: Path, number: int | None, **options: Any) -> None:
        wanted = number if number is not None else selectors.number_in_force()
        version = selectors.version_by_number(wanted) if wanted is not None else None
        if version is None:
            raise CommandError("There is no such version." if number else "No policy is in force.")
        exchange.write(version, folder)
        self.stdout.write(f"Version {version.number} is in {folder}, with {len(version.dictionaries)} lists.")
