"""Backing up."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.config.backup import BackupFailed, back_up


class Command(BaseCommand):
    help = "Write a consistent copy of this instance into an empty folder, while it is being used."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        try:
            back_up(folder)
        except BackupFailed as error:
            raise CommandError(str(error)) from error
