"""Identifiers that sort by time, so that a page of posts is one index range."""

import secrets
import threading
from datetime import UTC, datetime

from corpblog.kernel import clock

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01, which leaves room until 2089 in a signed 64-bit column
RANDOM_BITS = 22  # two processes in the same millisecond meet once in four million times


class _Sequence:
    """The last id this process gave."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def after(self, candidate: int) -> int:
        with self._lock:
            # A clock that jumps back must not hand out ids that sort before those already shown.
            self._last = max(candidate, self._last + 1)
            return self._last


_sequence = _Sequence()


def new_id(at: datetime | None = None) -> int:
    """Return a 63-bit id that is larger than every id this process gave before.

    at: the instant to encode, for rows that are older than this call (imports, the demo company); such ids are
        not made monotonic.
    """
    at = at or clock.standing()
    moment = at or datetime.now(UTC)
    candidate = (int(moment.timestamp() * 1000) - _EPOCH_MS) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
    return candidate if at else _sequence.after(candidate)


def first_id_at(moment: datetime) -> int:
    """Return the smallest id that `new_id` may give at the instant or later: times become bounds of an id index."""
    return (int(moment.timestamp() * 1000) - _EPOCH_MS) << RANDOM_BITS


def milliseconds_of(made: int) -> int:
    """Return the milliseconds since 1970 at which `new_id` gave an id."""
    return (made >> RANDOM_BITS) + _EPOCH_MS
