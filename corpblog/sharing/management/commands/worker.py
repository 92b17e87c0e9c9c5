"""`manage.py worker`: send what was released, and do what is done again and again."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from corpblog.policy.readiness import kept_ready
from corpblog.sharing.worker import Worker


class Command(BaseCommand):
    help = "Send released shares and run periodic tasks until it is told to stop (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do what is due now, then end.")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        if options["once"]:
            worker.round()
            return
        # The job at hand is finished: a call that is cut off would be doubtful for no reason.
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        with kept_ready("worker"):
            worker.run()
