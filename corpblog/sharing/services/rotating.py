"""Put everything that is sealed under the newest key, so that the old one can be thrown away."""

from django.db import transaction

from corpblog.audit.services import record
from corpblog.sharing import credentials
from corpblog.sharing.models import Destination, SignInTrip, TargetChange
from corpblog.sharing.services.connecting import change_name


class NotOpened(Exception):
    """Sealed with a key that is not here; the text names the destination."""


@transaction.atomic
def rotate_credentials_key() -> int:
    """Wrap all credentials under the newest key; return how many changed. All of them, or none."""
    changed = 0
    for destination in Destination.objects.select_for_update().exclude(credentials=""):
        name = credentials.destination_name(destination.pk)
        new = _rewrapped(destination.credentials, name, destination.slug)
        changed += Destination.objects.filter(pk=destination.pk).exclude(credentials=new).update(credentials=new)
    for change in TargetChange.objects.select_for_update().exclude(sealed=""):
        new = _rewrapped(change.sealed, change_name(change.pk), change.destination.slug)
        changed += TargetChange.objects.filter(pk=change.pk).exclude(sealed=new).update(sealed=new)
    # Whoever is on the way begins again: ten minutes are not worth a key.
    SignInTrip.objects.all().delete()
    record(action="credentials.rotated", actor_id=None, subject="credentials", changed=changed)
    return changed


def _rewrapped(text: str, name: str, slug: str) -> str:
    try:
        return credentials.rewrapped(text, of=name)
    except credentials.CredentialsUnreadable as error:
        raise NotOpened(slug) from error
