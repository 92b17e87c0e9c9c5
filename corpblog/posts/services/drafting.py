"""Keep what somebody typed and did not post yet, so that another device or a crash loses nothing."""

import re
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from corpblog.people.models import Person
from corpblog.posts.errors import BadDraft
from corpblog.posts.models import Draft

_PLACE = re.compile(r"new|channel:\d{1,19}|reply:\d{1,19}|edit:\d{1,19}|quote:\d{1,19}|scheduled:\d{1,19}")
_BROKEN = re.compile(r"[\x00\ud800-\udfff]")
# A draft may be too long to post: what was typed is kept, not judged. The bound only keeps the database safe.
_ROOM = 20
_MOST = 200


def save_draft(*, by: Person, place: str, text: str, fields: Mapping[str, Sequence[str]] | None = None) -> Draft | None:
    """Keep a text for `new`, `channel:`, `reply:`, `edit:`, `quote:` or `scheduled:<id>`; an empty one drops the draft.

    fields: what was typed beside it (`posts.parts.fields_of`); with them the text may be empty.
    """
    check_place(place)
    kept = _BROKEN.sub("", text)
    if len(kept) > settings.POST_LIMIT * _ROOM:
        raise BadDraft(_("This draft is too long to keep. Save it somewhere else."))
    typed = {name: [_BROKEN.sub("", value) for value in values] for name, values in (fields or {}).items()}
    if not kept.strip() and not typed:
        discard_draft(by=by, place=place)
        return None
    draft, _created = Draft.objects.update_or_create(person=by, place=place, defaults={"text": kept, "fields": typed})
    _forget_the_oldest(by)
    return draft


def stamp_of(draft: Draft | None) -> str:
    """Return what names a state of a draft; empty for none."""
    return draft.updated_at.isoformat() if draft else ""


def written_elsewhere(*, by: Person, place: str, seen: str, text: str) -> str:
    """Return what another device wrote into a draft after the state that `seen` names; empty where that says no more.

    The last one to write wins, and is told.
    """
    there = Draft.objects.filter(person=by, place=place).first()
    if there is None or stamp_of(there) == seen or there.text.strip() in text:
        return ""
    return there.text


def check_place(place: str) -> None:
    """Raise BadDraft for what names no composer."""
    if not _PLACE.fullmatch(place):
        raise BadDraft(_("A draft belongs to a channel, a reply, a quote or an edit."))


def discard_draft(*, by: Person, place: str) -> None:
    """Forget the draft of a place, as after posting it."""
    Draft.objects.filter(person=by, place=place).delete()


def _forget_the_oldest(by: Person) -> None:
    surplus = Draft.objects.filter(person=by).order_by("-updated_at", "-pk").values_list("pk", flat=True)[_MOST:]
    Draft.objects.filter(pk__in=list(surplus)).delete()
