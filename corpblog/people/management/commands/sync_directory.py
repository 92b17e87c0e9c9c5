"""`manage.py sync_directory [--dry-run] [--force]`: bring everybody up to date with the directory."""

from argparse import ArgumentParser
from typing import Any

import ldap
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from corpblog.people.directory.settings import DirectoryNotReadyError
from corpblog.people.directory.sync import MassChangeError, Plan, sync_directory

BRAKED = 3


class Command(BaseCommand):
    help = (
        "Read the directory and bring people, roles and groups up to date. "
        "Stops with exit code 3 and changes nothing when more than 5 % would be taken away at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Show what would change, and change nothing.")
        parser.add_argument("--force", action="store_true", help="Apply even if more than 5 % would be taken away.")

    def handle(self, *args: Any, dry_run: bool, force: bool, **options: Any) -> None:
        if settings.DIRECTORY is None:
            raise CommandError("No directory is set: CORPBLOG_LDAP_URI is empty.")
        try:
            plan = sync_directory(dry_run=dry_run, force=force)
        except (ldap.LDAPError, DirectoryNotReadyError) as error:
            raise CommandError(f"The directory could not be read; nothing was changed. {error}") from error
        except MassChangeError as error:
            raise CommandError(
                f"Stopped, nothing was changed: {error}. Look with --dry-run; if it is meant, use --force.",
                returncode=BRAKED,
            ) from error
        self._show(plan, dry_run=dry_run)

    def _show(self, plan: Plan, *, dry_run: bool) -> None:
        for line in plan.report:
            self.stdout.write(line)
        changes = len(plan.report) - len(plan.conflicts)
        done = "would be made" if dry_run else "made"
        self.stdout.write(f"{len(plan.listing.people)} people in the directory, {changes} changes {done}.")
        if dry_run:
            try:
                plan.check_brake()
            except MassChangeError as error:
                self.stdout.write(f"The brake would stop this: {error}.")
