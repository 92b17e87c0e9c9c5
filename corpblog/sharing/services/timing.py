"""When destinations are reached: their quiet times and their slots."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.sharing import access, timetables
from corpblog.sharing.models import Destination, Share, Timetable
from corpblog.sharing.services import locks
from corpblog.sharing.wishes import Wish

MOST_SLOTS = 50


@dataclass(frozen=True)
class Times:
    """days: numbers from 0, Monday; slots: day and time, in any order."""

    zone: str
    quiet_days: Sequence[int] = ()
    quiet_hours: tuple[time, time] | None = None
    slots: Sequence[tuple[int, time]] = ()


@transaction.atomic
def set_times(*, by: Person, destination: Destination, times: Times) -> Timetable:
    """Say when the destination is quiet and which slots it has; what waits already minds it at once."""
    if not access.can_set_times(by):
        raise NotAllowed(_("Communications and connector admins set sending times."))
    if times.zone not in available_timezones():
        raise Invalid(_("There is no time zone of that name. Write it as Europe/Paris."))
    if len(set(times.quiet_days)) == 7:
        raise Invalid(_("On at least one day something has to be able to leave. Close the destination instead."))
    if len(times.slots) > MOST_SLOTS:
        raise Invalid(_("A week has %(most)s slots at most.") % {"most": MOST_SLOTS})
    # Held like a switch of the destination: a seal at the same instant sees the times before or after, not between.
    locks.destination(destination.pk)
    start, end = times.quiet_hours or (None, None)
    slots = [[day, f"{at:%H:%M}"] for day, at in sorted(set(times.slots))]
    values = {"zone": times.zone, "quiet_days": sorted(set(times.quiet_days)), "slots": slots}
    table, _is_new = Timetable.objects.update_or_create(
        destination=destination, defaults=values | {"quiet_from": start, "quiet_to": end}
    )
    hours = f"{start:%H:%M}-{end:%H:%M}" if start and end else ""
    subject = f"destination:{destination.pk}"
    record(action="destination.times_set", actor_id=by.pk, subject=subject, quiet_hours=hours, **values)
    return table


def in_next_slot(wish: Wish, destination: Destination) -> Wish:
    """Return the wish for the destination's next free slot; raise Conflict where it has none."""
    table = Timetable.objects.filter(destination=destination).first()
    waiting = Share.objects.filter(destination=destination, state__in=Share.OPEN, send_at__gt=clock.now())
    taken = {moment for moment in waiting.values_list("send_at", flat=True) if moment}
    slot = timetables.next_slot(table, taken, clock.now()) if table else None
    if table is None or slot is None:
        raise Conflict(_("%(name)s has no free slot. Choose a time.") % {"name": destination.name})
    return replace(wish, send_at=slot, zone=table.zone)
