"""What stands in a destination's queue, as one person may see it: in order, with the slots that are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.sharing import access, timetables
from corpblog.sharing.models import Destination, QuietPeriod, Share, Timetable
from corpblog.sharing.services.timing import standing_in_line

FREE_SHOWN: Final = 5


@dataclass(frozen=True)
class Place:
    """One time at which something leaves, or may.

    share: None for a free slot, and where its words are not this person's to read; number: its id all the same.
    """

    at: datetime
    share: Share | None = None
    number: int = 0
    is_free: bool = False
    may_move: bool = False
    may_stop: bool = False


def queue_of(person: Person, destination: Destination) -> list[Place]:
    """Return what waits for its time there and the next free slots, the earliest first."""
    shares = list(standing_in_line(destination).for_rows())
    return sorted(
        [*(_place(person, share) for share in shares), *_free(destination, shares)], key=lambda place: place.at
    )


def _place(person: Person, share: Share) -> Place:
    assert share.send_at is not None
    is_movable = share.state in Share.STOPPABLE
    return Place(
        share.send_at,
        # Communications order also what they may not read: whose it is and what it says stays with its author.
        share if access.can_see(person, share) else None,
        number=share.pk,
        may_move=is_movable and access.can_reorder(person, share),
        may_stop=is_movable and access.can_stop(person, share),
    )


def _free(destination: Destination, shares: Sequence[Share]) -> list[Place]:
    table = Timetable.objects.filter(destination=destination).first()
    if table is None:
        return []
    taken = {share.send_at for share in shares if share.send_at}
    periods = list(QuietPeriod.objects.filter(destination=destination, ends_at__gt=clock.now()))
    free = timetables.free_slots(table, taken, clock.now(), periods)
    return [Place(at, is_free=True) for at in islice(free, FREE_SHOWN)]


def quiet_periods(destinations: Sequence[Destination], start: datetime, end: datetime) -> list[QuietPeriod]:
    """Return the quiet periods of these destinations that touch the span, the earliest first."""
    found = QuietPeriod.objects.filter(destination__in=destinations).between(start, end)
    return list(found.select_related("destination"))


def coming_quiet(destination: Destination) -> list[QuietPeriod]:
    """Return the destination's quiet periods that are not over, the earliest first."""
    return list(QuietPeriod.objects.filter(destination=destination, ends_at__gt=clock.now()).select_related("made_by"))
