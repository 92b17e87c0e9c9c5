"""When what is released would leave, and which words outside it takes the place of."""

from dataclasses import dataclass
from datetime import datetime

from corpblog.kernel import clock
from corpblog.sharing import timetables
from corpblog.sharing.canonical import read
from corpblog.sharing.models import Share, ShareRevision, Timetable
from corpblog.sharing.services import words_outside


@dataclass(frozen=True)
class Leaving:
    """When a case's bytes would leave, were they released now.

    chosen: the instant that was asked for, in the zone of that name; None: as soon as it is released.
    quiet_until: when the destination's quiet time is over that would keep it until then, by the clock of its own zone.
    """

    chosen: datetime | None
    zone: str
    quiet_until: datetime | None
    quiet_zone: str


def leaving(share: Share) -> Leaving:
    table = Timetable.objects.filter(destination=share.destination_id).first()
    begins = max(share.send_at or clock.now(), clock.now())
    is_quiet = table is not None and timetables.is_quiet(table, begins)
    return Leaving(
        chosen=share.send_at,
        zone=share.zone,
        quiet_until=timetables.quiet_ends(table, begins) if table and is_quiet else None,
        quiet_zone=table.zone if table else "",
    )


def words_replaced(share: Share, revision: ShareRevision) -> str:
    """Return the words that a correction takes the place of; empty for what is none.

    Those that its form names by their digest. Where these bytes are gone, those that stand there now.
    """
    corrects = read(revision.canonical).get("corrects")
    if corrects is None or share.corrects is None:
        return ""
    before = ShareRevision.objects.filter(digest=corrects["digest"]).values_list("canonical", flat=True).first()
    return str(read(before)["text"]) if before else words_outside(share.corrects)
