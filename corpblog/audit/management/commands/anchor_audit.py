"""`manage.py anchor_audit`: sign the head of the audit log now."""

from typing import Any

from django.core.management.base import BaseCommand

from corpblog.audit.services import anchor, public_key


class Command(BaseCommand):
    help = "Sign the audit log's head and append it to the anchor file; the worker does so every 15 minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        anchored = anchor()
        self.stdout.write(f"Anchored entry {anchored['number']}." if anchored else "Nothing new to anchor.")
        self.stdout.write(f"Public key: {public_key()}")
