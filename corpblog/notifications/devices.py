"""Which devices are told at once: added by who is signed in there, ended by a press, by signing out and by leaving."""

import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Collection
from fnmatch import fnmatch
from typing import Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.egress import Forbidden, place_of
from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.notifications.models import PushDevice
from corpblog.people.models import AccessToken, Person, Session

LONGEST_ENDPOINT: Final = 1000
_AUTH_BYTES: Final = 16  # RFC 8291, 3.2


def push_is_set_up() -> bool:
    """Whether this installation has a key of its own to push with."""
    return bool(settings.VAPID_KEY)


def devices_of(person: Person) -> list[PushDevice]:
    """Somebody's devices, newest first."""
    return list(PushDevice.objects.filter(person=person).select_related("token").order_by("-pk"))


def device_of_token(token: AccessToken) -> PushDevice | None:
    return PushDevice.objects.filter(token=token).first()


def add_browser(*, by: Person, session_key: str, user_agent: str, endpoint: str, p256dh: str, auth: str) -> PushDevice:
    """Push to the browser of this session from now on; what it had before is replaced."""
    session = Session.objects.filter(session_key=session_key, person=by).first()
    if session is None:
        raise NotAllowed(_("Your session is over. Sign in again."))
    values = _checked(endpoint, p256dh, auth)
    return _put(person=by, session=session, token=None, user_agent=user_agent[:200], **values)


def add_program(*, token: AccessToken, endpoint: str, p256dh: str, auth: str, alerts: Collection[str]) -> PushDevice:
    """Push to the program of this token, of these of Mastodon's kinds; what it had before is replaced."""
    values = _checked(endpoint, p256dh, auth)
    return _put(person=token.person, session=None, token=token, alerts=sorted(alerts), **values)


def choose_alerts(*, token: AccessToken, alerts: Collection[str]) -> PushDevice | None:
    """Push other kinds to the program of this token; None where it has no device."""
    PushDevice.objects.filter(token=token).update(alerts=sorted(alerts))
    return device_of_token(token)


def drop_device(*, by: Person, device_id: int) -> None:
    """Push to one of somebody's own devices no longer."""
    PushDevice.objects.filter(person=by, pk=device_id).delete()


def drop_program(*, token: AccessToken) -> None:
    """Push to the program of this token no longer."""
    PushDevice.objects.filter(token=token).delete()


@transaction.atomic
def _put(*, person: Person, session: Session | None, token: AccessToken | None, **values: object) -> PushDevice:
    endpoint = str(values["endpoint"])
    digest = hashlib.sha256(endpoint.encode()).hexdigest()
    # A shared machine: the browser's endpoint belongs to who signed in last, and never tells two people.
    PushDevice.objects.filter(endpoint_digest=digest).delete()
    of_session = PushDevice.objects.filter(session=session) if session else PushDevice.objects.filter(token=token)
    of_session.delete()
    return PushDevice.objects.create(
        person=person, session=session, token=token, endpoint_digest=digest, created_at=clock.now(), **values
    )


def _checked(endpoint: str, p256dh: str, auth: str) -> dict[str, str]:
    """Return what the device gave; raise Invalid for what no push service would take, or leads where none is."""
    check_service(endpoint)
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(p256dh))
        if len(decoded(auth)) != _AUTH_BYTES:
            raise ValueError(auth)
    except (ValueError, UnicodeError) as error:
        raise Invalid(_("These are not the keys of a push subscription.")) from error
    return {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}


def check_service(endpoint: str) -> None:
    """Raise Invalid unless the endpoint is one of a push service that this installation allows.

    The browser names the address to which this server then sends: without a list anybody could make it call anywhere.
    """
    host = urlsplit(endpoint).hostname if _is_plain(endpoint) else None
    if host is None or not any(fnmatch(host, pattern.lower()) for pattern in settings.PUSH_SERVICES):
        raise Invalid(_("Your company allows no pushes through this browser's push service."))
    try:
        place_of(endpoint, public_only=host not in settings.PUSH_SERVICES)
    except Forbidden as error:
        raise Invalid(_("Your company allows no pushes through this browser's push service.")) from error


def _is_plain(endpoint: str) -> bool:
    if not endpoint.isascii() or not endpoint.isprintable() or len(endpoint) > LONGEST_ENDPOINT:
        return False
    try:
        urlsplit(endpoint)
    except ValueError:
        return False
    return True


def decoded(text: str) -> bytes:
    """Return the bytes of base64url, with or without its padding."""
    if not text.isascii() or len(text) > 200:
        raise ValueError(text)
    text = text.rstrip("=")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
