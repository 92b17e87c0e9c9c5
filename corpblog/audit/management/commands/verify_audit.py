"""`manage.py verify_audit [FILE]`: is the audit log whole and unchanged?"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from corpblog.audit import selectors
from corpblog.audit.keys import public_key
from corpblog.audit.verify import Report, read_anchors, read_lines, summary, verify


class Command(BaseCommand):
    help = "Verify the audit log in the database, or an export of it, against the signed anchors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="An export of `manage.py export_audit`; without it, the database.")
        parser.add_argument(
            "--anchors",
            nargs="+",
            default=[],
            help="Files with signed heads: an anchor file, a syslog, saved mails; without them, this installation's.",
        )
        parser.add_argument(
            "--key", help="Public key (hex) the anchors must be signed with; without it, this installation's."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = self._report(options["file"], options["anchors"], options["key"] or public_key())
        self.stdout.write(summary(report))
        if not report.holds:
            sys.exit(1)

    def _report(self, file: str | None, paths: list[str], key: str) -> Report:
        try:
            given = [head for path in paths for head in read_anchors(path)]
            if file is None:
                return selectors.verified(key, given)
            known = given or selectors.anchors()
            report = verify(read_lines(file), known, key)
            selectors.check_stamps(known, report)
        except (OSError, ValueError, KeyError, TypeError) as error:
            return Report(problems=[f"the file cannot be read as an export: {error!r}"])
        return report
