"""`manage.py rotate_credentials_key`: put all connector credentials under the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.sharing.services.rotating import NotOpened, rotate_credentials_key


class Command(BaseCommand):
    help = (
        "Put all connector credentials under CORPBLOG_CREDENTIALS_KEY; those in CORPBLOG_CREDENTIALS_KEY_OLD open them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = rotate_credentials_key()
        except NotOpened as error:
            raise CommandError(
                f"The credentials of {error} do not open: their key is not among CORPBLOG_CREDENTIALS_KEY_OLD. "
                "Nothing was changed."
            ) from error
        self.stdout.write(f"{changed} put under the newest key. CORPBLOG_CREDENTIALS_KEY_OLD can go now.")
