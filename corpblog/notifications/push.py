"""Tell devices at once, encrypted for them alone (RFC 8291) and signed with the company's own key (RFC 8292).

A push says who did what and leads to the page. It quotes nobody: it lies on locked screens and passes through the push
service of a browser's maker, who sees that something came, and neither words nor names. What its person may no longer
read, or has read by then, is not sent. All is asked at the moment of sending.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import http_ece
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext
from py_vapid import Vapid02

from corpblog.kernel import clock, egress
from corpblog.kernel.errors import Invalid, TooMany
from corpblog.kernel.limits import Limit
from corpblog.notifications.devices import check_service, decoded, push_is_set_up
from corpblog.notifications.models import Notice, NoticeQuerySet, PushDevice
from corpblog.people.models import Person
from corpblog.people.selectors import live_sessions

LEASE: Final = timedelta(minutes=5)
KEPT_FOR: Final = timedelta(hours=12)  # how long a push service keeps a message for a device that is off
GIVEN_UP: Final = timedelta(hours=1)
SIGNED_FOR: Final = timedelta(hours=12)  # RFC 8292: at most 24 hours
TOGETHER: Final = 3
MOST_PEOPLE: Final = 100
MOST_FAILURES: Final = 8
SECONDS: Final = 10.0
PER_PERSON: Final = Limit("push", 30, timedelta(minutes=10))
GONE: Final = frozenset({404, 410})

Kind = Notice.Kind
# What a program hears of under which of Mastodon's names; the rest is for Corpblog's own pages.
ALERTS: Final[dict[str, str]] = {
    Kind.MENTION: "mention",
    Kind.REPLY: "mention",
    Kind.DIRECT: "mention",
    Kind.REACTION: "favourite",
    Kind.FOLLOW: "follow",
    Kind.POST: "status",
    Kind.THREAD: "status",
    Kind.KEYWORD: "status",
    Kind.POLL: "poll",
    Kind.REPORT: "admin.report",
}

log = structlog.get_logger(__name__)


def is_asked_for() -> bool:
    """Whether a push is due."""
    return push_is_set_up() and Notice.objects.filter(push_due_at__lte=clock.now()).exists()


def send_due() -> int:
    """Send what is due, and return how many messages push services took; the worker calls this."""
    if not push_is_set_up():
        return 0
    waiting = Notice.objects.filter(push_due_at__lte=clock.now()).order_by("person_id")
    people = waiting.values_list("person_id", flat=True).distinct()[:MOST_PEOPLE]
    return sum(_send_to(person) for person in Person.objects.get_queryset().filter(pk__in=list(people)))


def _send_to(person: Person) -> int:
    claimed = _claim(person)
    notices, devices = _worth_telling(person, claimed), _live_devices(person)
    taken, again = 0, False
    with translation.override(person.spoken_language):
        for device in devices:
            for message in _messages(notices, device):
                try:
                    PER_PERSON.hit(str(person.pk))
                except TooMany:
                    # The page has it all; a device that rings without end is turned off.
                    log.info("push_too_many", person=person.pk)
                    break
                outcome = _send(device, message)
                taken += outcome is True
                again |= outcome is None
    if again:
        claimed.filter(created_at__lt=clock.now() - GIVEN_UP).update(push_due_at=None)
    else:
        claimed.update(push_due_at=None)
    return taken


def _claim(person: Person) -> NoticeQuerySet:
    """Take what is due for a while, under a moment that nobody else has: another worker finds nothing left."""
    until = clock.now() + LEASE + timedelta(microseconds=secrets.randbelow(1_000_000))
    mine: NoticeQuerySet = Notice.objects.of(person)
    mine.filter(push_due_at__lte=clock.now()).update(push_due_at=until)
    return mine.filter(push_due_at=until)


def _worth_telling(person: Person, claimed: NoticeQuerySet) -> list[Notice]:
    """Return what is still unread and may still be read."""
    if not person.is_active:
        return []
    rows = claimed.unread().showable(person)
    return list(rows.select_related("actor", "post__channel__person", "channel__person").order_by("pk"))


def _live_devices(person: Person) -> list[PushDevice]:
    """Return the devices whose session or token still opens something."""
    rows = list(PushDevice.objects.filter(person=person).select_related("token"))
    live = live_sessions(row.session_id for row in rows if row.session_id)
    now = clock.now()
    return [row for row in rows if row.session_id in live or (row.token and row.token.expires_at > now)]


def _messages(notices: list[Notice], device: PushDevice) -> list[dict[str, Any]]:
    """Return what a device is told: each notice, or one line for many."""
    if device.token_id:
        notices = [notice for notice in notices if ALERTS.get(notice.kind) in device.alerts]
    if len(notices) > TOGETHER:
        words = ngettext("%(count)s notice in Corpblog", "%(count)s notices in Corpblog", len(notices))
        return [_message(words % {"count": len(notices)}, "/notices/", "many", notices[-1], device)]
    return [
        _message(notice.sentence, f"/notices/{notice.pk}/", f"notice-{notice.pk}", notice, device) for notice in notices
    ]


def _message(words: str, path: str, tag: str, notice: Notice, device: PushDevice) -> dict[str, Any]:
    language = translation.get_language()
    if device.token_id is None:
        return {"title": settings.COMPANY, "body": words, "url": path, "tag": tag, "lang": language}
    return {
        # As Mastodon writes it. The token itself is not kept here, so it cannot be repeated.
        "notification_id": str(notice.pk),
        "notification_type": ALERTS[notice.kind],
        "preferred_locale": language,
        "title": words,
        "body": "",
        "icon": "",
    }


def _send(device: PushDevice, message: dict[str, Any]) -> bool | None:
    """Hand one message over. True: taken; False: never will be; None: worth another try."""
    try:
        # Asked again: the list of services may have become shorter since.
        check_service(device.endpoint)
    except Invalid:
        device.delete()
        return False
    try:
        answer = egress.send(
            "POST",
            device.endpoint,
            headers=headers_for(device.endpoint),
            body=encrypted(device, json.dumps(message).encode()),
            seconds=SECONDS,
            largest=64 * 1024,
            follows=False,
            public_only=urlsplit(device.endpoint).hostname not in settings.PUSH_SERVICES,
        )
    except egress.EgressError as error:
        log.warning("push_not_sent", device=device.pk, error=error.reason)
        return None
    if answer.status in GONE:
        device.delete()
        return False
    if answer.status // 100 == 2:
        PushDevice.objects.filter(pk=device.pk).update(told_at=clock.now(), failures=0)
        return True
    log.warning("push_refused", device=device.pk, status=answer.status)
    if answer.status == 429 or answer.status >= 500:
        return None
    device.failures += 1
    if device.failures >= MOST_FAILURES:
        device.delete()
    else:
        PushDevice.objects.filter(pk=device.pk).update(failures=device.failures)
    return False


def encrypted(device: PushDevice, message: bytes) -> bytes:
    """Return the message as only that device can read it (RFC 8291, aes128gcm)."""
    sealed: bytes = http_ece.encrypt(
        message,
        private_key=generate_private_key(SECP256R1()),
        dh=decoded(device.p256dh),
        auth_secret=decoded(device.auth),
        version="aes128gcm",
    )
    return sealed


def headers_for(endpoint: str) -> dict[str, str]:
    """Return the headers of a push: how long it is kept, and our signature for that service (RFC 8030, 8292)."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.now() + SIGNED_FOR).timestamp()),
        "sub": settings.VAPID_CONTACT,
    }
    signed: dict[str, str] = _key().sign(claims)
    return {
        "Authorization": signed["Authorization"],
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEPT_FOR.total_seconds())),
        "Urgency": "normal",
    }


def public_key() -> str:
    """Return the key that browsers are told, so that their push service takes messages from us alone (base64url)."""
    return urlsafe_b64encode(_public_bytes(_key())).rstrip(b"=").decode()


def new_key() -> str:
    """Return a fresh private key, as CORPBLOG_VAPID_KEY takes it."""
    number = generate_private_key(SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _public_bytes(key: Vapid02) -> bytes:
    point: bytes = key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return point


def _key() -> Vapid02:
    return read_key(settings.VAPID_KEY)


@lru_cache(maxsize=4)
def read_key(text: str) -> Vapid02:
    """Return the private key that a setting holds; raises ValueError for what is none."""
    if len(decoded(text)) != 32:
        raise ValueError("a VAPID key has 32 bytes")
    return Vapid02.from_raw(text.encode())
