"""Terms of a word list that rest after a moment: `Falcon | until 2027-03-01T08:00:00+01:00`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

_UNTIL: Final = re.compile(r"\s*\|\s*until\b\s*(?P<moment>.*)$", re.IGNORECASE)


def ends_of(listed: Iterable[tuple[str, datetime | None]]) -> dict[str, datetime]:
    """When each of these terms rests; one that stands there twice holds as long as either line says."""
    ends: dict[str, datetime] = {}
    lasting: set[str] = set()
    for term, until in listed:
        if until is None:
            lasting.add(term)
        else:
            ends[term] = max(until, ends.get(term, until))
    return {term: until for term, until in ends.items() if term not in lasting}


def parted(line: str) -> tuple[str, datetime | None]:
    """The term of a line and when it rests; a date alone is its first instant in UTC.

    Raises ValueError where what follows `| until` is no date, and no moment with its time zone.
    """
    found = _UNTIL.search(line) if "|" in line else None
    if found is None:
        return line, None
    moment = datetime.fromisoformat(found["moment"])
    if moment.tzinfo is None:
        if "T" in found["moment"] or " " in found["moment"] or len(found["moment"]) != len("2027-03-01"):
            raise ValueError("no time zone")
        moment = moment.replace(tzinfo=UTC)
    return line[: found.start()], moment
