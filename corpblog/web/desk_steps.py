"""What happened to a hold, a schedule or an erasure, in words, from its entries in the audit log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from corpblog.audit.models import AuditEntry
from corpblog.people.models import Person

_WORDS: Final[dict[str, Promise]] = {
    "hold.asked": gettext_lazy("Asked for; it protects from here on"),
    "hold.placed": gettext_lazy("Placed by a second officer"),
    "hold.lift_asked": gettext_lazy("Asked to lift it"),
    "hold.kept": gettext_lazy("Answered that it stands"),
    "hold.lifted": gettext_lazy("Lifted by a second officer"),
    "hold.file_read": gettext_lazy("Read a file under it"),
}


@dataclass(frozen=True)
class Step:
    """One entry: when, what in words, who, and its number in the chain."""

    at: datetime
    words: str
    who: str
    number: int


def told(steps: Iterable[tuple[AuditEntry, Person | None]]) -> list[Step]:
    """Return the entries that have words, newest first."""
    return [
        Step(entry.at, str(_WORDS[entry.action]), person.display_name if person else "", entry.number)
        for entry, person in reversed(list(steps))
        if entry.action in _WORDS
    ]
