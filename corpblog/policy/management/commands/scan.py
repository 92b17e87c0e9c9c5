"""`manage.py scan --policy FILE < posts`: the engine on standard input. It needs no database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from corpblog.policy.engine import stream


class Command(BaseCommand):
    help = (
        "Scan posts from standard input, one a line; writes one JSON line for each. "
        + (stream.__doc__ or "").split("\n\n")[1]
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        stream.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from argparse import Namespace

        sys.exit(stream.run(Namespace(**options), sys.stdin.buffer, sys.stdout, sys.stderr))
