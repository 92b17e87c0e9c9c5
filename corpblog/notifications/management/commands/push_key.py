"""`manage.py push_key`: a key of one's own for web push."""

from typing import Any

from django.core.management.base import BaseCommand

from corpblog.notifications.push import new_key


class Command(BaseCommand):
    help = "Print a new key for web push, as CORPBLOG_VAPID_KEY takes it. A new key ends the devices of the old one."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
