"""The one form of everything that will leave. Its digest is what reviewers approve and what is sealed.

What is not in the form cannot be sent: connectors see nothing else. Every string in it that a reader outside could see
is scanned; a part that is added here is scanned without another line of code.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from corpblog.teams.models import Classification

FORM: Final = 1
# What the remote side never shows: our own routing.
_ROUTING: Final = frozenset({"form", "destination", "schedule", "corrects"})
# Judged with what leaves, and never sent itself.
INSIDE_ONLY: Final = frozenset({"quoted"})
# A file's digest, which nobody outside sees, and its kind and a channel's label, which are each one of a list.
_NO_WORDS: Final = frozenset({"sha256", "kind", "classification"})


def build(
    *,
    text: str,
    language: str,
    speaker: str,
    destination_id: int,
    kind: str,
    account: str,
    place: str = "",
    attachments: Sequence[Mapping[str, Any]] = (),
    send_at: datetime | None = None,
    zone: str = "",
    visibility: str = "public",
    thread: Sequence[str] = (),
    marks: Sequence[Mapping[str, Any]] = (),
    quoted: Mapping[str, str] | None = None,
) -> str:
    """Return the canonical JSON (sorted keys, NFC) of one outgoing message to one account.

    place: where that account is reached, where there is more than one place; the form keeps its digest.
    thread: what is posted under it, one under the other.
    marks: what of these words is more than words (`marks.as_data`).
    attachments: what leaves of each file: name, kind, sha256 of its bytes, size, alt, width, height.
    quoted: a post's words that the text is about, and their label. Judged with it, and never sent (ADR 39).
    The post's id is not part of it: the same words to the same account are the same bytes, whoever posts them again.
    """
    told = {
        "form": FORM,
        "text": _lines(text),
        "language": language,
        "speaker": speaker,
        "warning": "",
        "tags": [],
        "poll": [],
        "attachments": [dict(attachment) for attachment in attachments],
        "card": None,
        "reply_to": None,
        "quoted": dict(quoted) if quoted else None,
        "visibility": visibility,
        "destination": {"id": destination_id, "kind": kind, "account": account}
        | ({"place": _place_digest(place)} if place else {}),
        "schedule": {"at": send_at.astimezone(UTC).isoformat(), "zone": zone} if send_at else None,
    }
    # Only where there are some: the bytes of everything else stay what they were.
    below = {"thread": [_lines(part) for part in thread]} if thread else {}
    return _spelled(told | below | ({"marks": [dict(mark) for mark in marks]} if marks else {}))


def addresses(form: Mapping[str, Any]) -> list[str]:
    """Return where the named links of a form's content lead, in order."""
    return [mark["url"] for mark in form.get("marks", []) if "url" in mark]


def parts(form: Mapping[str, Any]) -> list[str]:
    """Return the posts that a form's content leaves as, one under the other: one, or those of a thread."""
    return [form["text"], *form.get("thread", [])]


def is_for(form: str, account: str, place: str) -> bool:
    """Return whether the form was made for this account at this place; one from before forms had places, for any."""
    there = read(form)["destination"]
    return bool(there["account"] == account and there.get("place") in {None, _place_digest(place)})


def correction(
    form: str,
    *,
    remote_id: str,
    text: str,
    marks: Sequence[Mapping[str, Any]] = (),
    language: str,
    send_at: datetime | None = None,
    zone: str = "",
) -> str:
    """Return the form of words that take the place of what `form` put outside, as `remote_id`: all else in it stays.

    It names what it replaces, so that an approval is for this edit of this post and for no other.
    """
    kept = {name: part for name, part in read(form).items() if name != "marks"}
    told = kept | {
        "text": text,
        "language": language,
        "schedule": {"at": send_at.astimezone(UTC).isoformat(), "zone": zone} if send_at else None,
        "corrects": {"remote_id": remote_id, "digest": digest(form)},
    }
    return _spelled(told | ({"marks": [dict(mark) for mark in marks]} if marks else {}))


def names(canonical: str) -> tuple[str, ...]:
    """Return the digests under which these words may have been ruled on: their own, and as a message of their own."""
    plain = {name: part for name, part in read(canonical).items() if name != "corrects"}
    return tuple(dict.fromkeys([digest(canonical), digest(_spelled(plain))]))


def digest(canonical: str) -> str:
    """Return the name of these bytes."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def read(canonical: str) -> dict[str, Any]:
    """Return the form as data."""
    form: dict[str, Any] = json.loads(canonical)
    return form


def label_of(form: Mapping[str, Any], label: str) -> str:
    """Return the stricter of the channel's label and that of the quoted words, which they keep when repeated."""
    # A plain word: it travels to processes that know no models.
    return Classification.strictest(label, (form.get("quoted") or {}).get("classification", label)).value


def outgoing_strings(canonical: str) -> dict[str, str]:
    """Return every string that somebody outside could read, by its place: `text`, `poll.0`, `attachments.1.alt`."""
    form = read(canonical)
    return dict(_leaves("", {name: part for name, part in form.items() if name not in _ROUTING}))


def _leaves(place: str, part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        if part:
            yield place, part
    elif isinstance(part, dict):
        for name, inner in part.items():
            if name in _NO_WORDS:
                continue
            yield from _leaves(f"{place}.{name}" if place else name, inner)
    elif isinstance(part, list):
        for index, inner in enumerate(part):
            yield from _leaves(f"{place}.{index}", inner)


def _place_digest(place: str) -> str:
    # An address may carry a key in its query, and forms are shown to reviewers and kept as evidence.
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _spelled(form: dict[str, Any]) -> str:
    plain = json.dumps(form, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", plain)
