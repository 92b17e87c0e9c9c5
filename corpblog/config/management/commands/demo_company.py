"""The demo company."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from corpblog.config.demo.company import is_made, make_company
from corpblog.config.serving.demo_directory import running_demo_directory
from corpblog.kernel import clock


class Command(BaseCommand):
    requires_system_checks = []
    help = "Make the demo company: people, channels, posts, shares, a policy. Does nothing where it is there already."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.EMBEDDED or settings.DIRECTORY is None or settings.DIRECTORY.demo is None:
            raise CommandError(
                "The demo company lives in an embedded instance with its own directory only: CORPBLOG_MODE must be "
                "embedded and CORPBLOG_LDAP_URI empty."
            )
        if is_made():
            self.stdout.write("The demo company is there.")
            return
        with running_demo_directory(settings.DIRECTORY.demo, lambda _name, line: self.stderr.write(line)):
            make_company(clock.now(), self.stdout.write)
