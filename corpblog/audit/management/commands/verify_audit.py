"""`manage.py verify_audit [FILE]`: is the audit log whole and unchanged?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from corpblog.audit import selectors
from corpblog.audit.services import public_key
from corpblog.audit.verify import Report, read_lines, summary, verify


class Command(BaseCommand):
    help = "Verify the audit log in the database, or an export of it, against the signed anchors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="An export of `manage.py export_audit`; without it, the database.")
        parser.add_argument("--anchors", help="Anchor file; without it, this installation's.")
        parser.add_argument(
            "--key", help="Public key (hex) the anchors must be signed with; without it, this installation's."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._report(options["file"], options["anchors"], options["key"] or public_key())
        self.stdout.write(summary(report))
        if not report.holds:
            sys.exit(1)

    def _report(self, file: str | None, anchors: str | None, key: str) -> Report:
        if file is None:
            return selectors.verified(key)
        try:
            known = list(read_lines(anchors)) if anchors else selectors.anchors()
            return verify(read_lines(file), known, key)
        except (OSError, ValueError, KeyError, TypeError) as error:
            return Report(problems=[f"the file cannot be read as an export: {error!r}"])
