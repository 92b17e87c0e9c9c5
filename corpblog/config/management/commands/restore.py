"""Restoring."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from corpblog.config.backup import BackupFailed, restore
from corpblog.desk.services import erase_again


class Command(BaseCommand):
    help = "Bring a backup into this instance, which must be empty and not served, and check its audit chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        try:
            restore(folder)
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        erased = erase_again()
        if erased:
            self.stdout.write(f"{erased} erasures since that backup are carried out again by the worker.")
        call_command("verify_audit")
        self.stdout.write("Restored.")
