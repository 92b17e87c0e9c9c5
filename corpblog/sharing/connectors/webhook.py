"""A webhook of the company's own: JSON that is signed, dated and numbered, so that the receiver can trust it once.

`docs/connectors.md` says how a receiver checks it, and a test checks it just so.
"""

import hashlib
import hmac
import urllib.parse
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock, egress
from corpblog.sharing.canonical import INSIDE_ONLY
from corpblog.sharing.connectors import http
from corpblog.sharing.connectors.base import (
    NO_FILES,
    Account,
    Arrived,
    Correction,
    Patience,
    Question,
    Refused,
    Repeat,
    Target,
    Trial,
    Unclear,
    check_carried,
)
from corpblog.sharing.marks import NONE
from corpblog.sharing.seals import SealedPayload

SHORTEST_SECRET: Final = 32
_CARRIED: Final = ("warning", "tags", "poll", "card", "reply_to")
_STAYS_HERE: Final = INSIDE_ONLY | {"form", "destination", "schedule", "attachments", "corrects"}


class Webhook:
    kind = "webhook"
    title: str | Promise = _("Webhook")
    repeat = Repeat.KEY
    correction = Correction(in_place=True, repeat=Repeat.KEY)
    # The receiver keeps our ids as long as it likes: a repetition is safe at any time. Then it is a dead letter.
    marks = NONE
    takes = NO_FILES
    trial = Trial.TAKEN_BACK
    patience = Patience(
        (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)), timedelta(days=3650)
    )
    questions: tuple[Question, ...] = (
        Question("url", _("Address"), shape="url", help=_("Where the signed JSON is posted to")),
        Question(
            "secret",
            _("Shared secret"),
            help=_("At least 32 characters. The receiver checks our signature with it."),
            is_secret=True,
        ),
    )

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return None

    def length(self, text: str) -> int:
        return len(text)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Post once. The receiver recognises a repetition by its id."""
        check_carried(payload, *_CARRIED)
        return self._told(payload, target, not_after, {"type": "post", "id": payload.key})

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Tell the receiver which of our posts says something else now, and what."""
        check_carried(payload, *_CARRIED, "corrects")
        corrects = payload.content["corrects"]["remote_id"]
        return self._told(payload, target, not_after, {"type": "corrected", "id": payload.key, "corrects": corrects})

    def _told(self, payload: SealedPayload, target: Target, not_after: float, event: Mapping[str, str]) -> Arrived:
        content = {name: part for name, part in payload.content.items() if name not in _STAYS_HERE}
        body = http.as_json({**event, **content})
        _post(target, body, payload.key, attempt=payload.attempt, publishes=True, not_after=not_after)
        return Arrived(remote_id=payload.key, url="")

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        raise Unclear("timeline")

    def delete(self, remote_id: str, target: Target) -> None:
        """Tell the receiver to take it away, under the id it came with."""
        body = http.as_json({"type": "delete", "id": remote_id})
        _post(target, body, hashlib.sha256(b"delete\n" + remote_id.encode()).hexdigest())

    def verify(self, target: Target) -> Account:
        """Say hello, signed as everything is: a receiver that cannot check the signature answers no."""
        if len(target.secrets["secret"]) < SHORTEST_SECRET:
            raise Refused("secret_too_short", for_good=True)
        hello = http.as_json({"type": "ping"})
        _post(target, hello, hashlib.sha256(str(clock.now()).encode()).hexdigest())
        parts = urllib.parse.urlsplit(target.config["url"])
        return Account(account=f"{parts.netloc}{parts.path}"[:200], name="", url="", longest=None)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return HMAC-SHA256 over the timestamp, a full stop and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _post(target: Target, body: bytes, message_id: str, *, attempt: int = 1, **more: Any) -> None:
    timestamp = str(int(clock.now().timestamp()))
    headers = {
        "Content-Type": "application/json",
        "X-Corpblog-Id": message_id,
        "X-Corpblog-Attempt": str(attempt),
        "X-Corpblog-Timestamp": timestamp,
        "X-Corpblog-Signature": f"sha256={signature(target.secrets['secret'], timestamp, body)}",
    }
    seconds = float(target.config.get("seconds", egress.TOTAL_SECONDS))
    http.ask("POST", str(target.config["url"]), headers=headers, body=body, seconds=seconds, **more)
