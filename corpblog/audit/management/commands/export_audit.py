"""`manage.py export_audit [FILE]`: the audit log as JSON lines, for the stand-alone verification."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from corpblog.audit.selectors import export_lines
from corpblog.audit.services import record


class Command(BaseCommand):
    help = "Write the audit log as JSON lines; corpblog/audit/verify.py proves it without Corpblog."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="Where to; without it, standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        # Reading the log is itself logged, first, so that the export contains it.
        record(action="audit.exported", actor_id=None, subject="audit")
        if options["file"] is None:
            for line in export_lines():
                self.stdout.write(line)
            return
        with open(options["file"], "w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in export_lines())
