"""Keep what somebody typed and did not post yet, so that another device or a crash loses nothing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.posts.draft_fields import holds_words
from corpblog.posts.errors import BadDraft, NoOtherDraft
from corpblog.posts.models import Attachment, Draft

_PLACE = re.compile(r"new|channel:\d{1,19}|reply:\d{1,19}|edit:\d{1,19}|quote:\d{1,19}|scheduled:\d{1,19}")
_BROKEN = re.compile(r"[\x00\ud800-\udfff]")
# A draft may be too long to post: what was typed is kept, not judged. The bound only keeps the database safe.
_ROOM = 20
_MOST = 200
_MOST_OTHERS = 5


@dataclass(frozen=True)
class Other:
    """What another device wrote into a draft; `beside`: whether more than its text differs."""

    text: str
    beside: bool


@transaction.atomic
def save_draft(
    *, by: Person, place: str, text: str, fields: Mapping[str, Sequence[str]] | None = None, seen: str | None = None
) -> tuple[Draft | None, Other | None]:
    """Keep a text for `new`, `channel:`, `reply:`, `edit:`, `quote:` or `scheduled:<id>`; an empty one drops the draft.

    fields: what was typed beside it (`posts.draft_fields.draft_of`); a kind, a time or a file need no text.
    seen: the state that the device knows (`stamp_of`). Where another one wrote since what would be lost, the last one
        to write wins, is told, and may have the other version back (`swap_draft`).
    """
    check_place(place)
    kept = _BROKEN.sub("", text)
    if len(kept) > settings.POST_LIMIT * _ROOM:
        raise BadDraft(_("This draft is too long to keep. Save it somewhere else."))
    typed = {name: [_BROKEN.sub("", value) for value in values] for name, values in (fields or {}).items()}
    is_empty = not kept.strip() and not holds_words(typed)
    there = Draft.objects.select_for_update().filter(person=by, place=place).first()
    others = [*there.others] if there else []
    other = None
    if there is not None and seen is not None and stamp_of(there) != seen:
        before = _version(there.text, there.fields)
        if not _says_all(before, kept, typed):
            other = Other(there.text, beside=not _has_all(there.fields, typed))
            others.append(before)
    if is_empty:
        if other is None:
            discard_draft(by=by, place=place)
        # A device that emptied its own text knows nothing of the other one's: that stays.
        return (there, other) if other else (None, None)
    values = {"text": kept, "fields": typed}
    values["others"] = [each for each in others if not _says_all(each, kept, typed)][-_MOST_OTHERS:]
    draft, _created = Draft.objects.update_or_create(person=by, place=place, defaults=values)
    forget_removed(by, place)
    _forget_the_oldest(by)
    return draft, other


@transaction.atomic
def swap_draft(*, by: Person, place: str) -> Draft:
    """Show what was written over last, and keep what stands in the draft instead; doing it again goes round.

    The files are those of the version that is shown: what it had comes back, what came since waits with the other one.
    """
    draft = Draft.objects.select_for_update().filter(person=by, place=place).first()
    if draft is None or not draft.others:
        raise NoOtherDraft(_("There is no other version of this draft any more."))
    *rest, last = draft.others
    draft.others = [_version(draft.text, draft.fields), *rest]
    here = Attachment.objects.filter(owner=by, place=place, post__isnull=True)
    here.filter(pk__in=_files(draft.fields), removed_at__isnull=True).update(removed_at=clock.now())
    here.filter(pk__in=_files(last["fields"])).update(removed_at=None)
    draft.text, draft.fields = last["text"], last["fields"]
    draft.save(update_fields=["text", "fields", "others", "updated_at"])
    return draft


def forget_removed(by: Person, place: str) -> None:
    """Drop the files that were removed from a draft and that none of its versions has."""
    removed = Attachment.objects.filter(owner=by, place=place, post__isnull=True, removed_at__isnull=False)
    if not removed.exists():
        return
    draft = Draft.objects.filter(person=by, place=place).first()
    versions = [draft.fields, *(other["fields"] for other in draft.others)] if draft else []
    removed.exclude(pk__in={file for fields in versions for file in _files(fields)}).delete()


def _files(fields: Mapping[str, Any]) -> set[int]:
    return {int(key) for key in fields.get("file", ())}


def stamp_of(draft: Draft | None) -> str:
    """Return what names a state of a draft; empty for none."""
    return draft.updated_at.isoformat() if draft else ""


def _version(text: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": text, "fields": dict(fields)}


def _says_all(version: Mapping[str, Any], text: str, fields: Mapping[str, Any]) -> bool:
    """Whether nothing of a version is lost where this stands in its place."""
    return version["text"].strip() in text and _has_all(version["fields"], fields)


def _has_all(before: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    return all(fields.get(name) == values for name, values in before.items())


def check_place(place: str) -> None:
    """Raise BadDraft for what names no composer."""
    if not _PLACE.fullmatch(place):
        raise BadDraft(_("A draft belongs to a channel, a reply, a quote or an edit."))


def discard_draft(*, by: Person, place: str) -> None:
    """Forget the draft of a place, as after posting it."""
    Draft.objects.filter(person=by, place=place).delete()
    forget_removed(by, place)


def _forget_the_oldest(by: Person) -> None:
    surplus = Draft.objects.filter(person=by).order_by("-updated_at", "-pk").values_list("pk", flat=True)[_MOST:]
    Draft.objects.filter(pk__in=list(surplus)).delete()
