"""When destinations are reached: their quiet times and periods, their slots, and who gets which slot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.sharing import access, timetables
from corpblog.sharing.models import Destination, QuietPeriod, Share, Timetable
from corpblog.sharing.models.shares import ShareQuerySet
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
    _check_may_set_times(by)
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
    _note("destination.times_set", by, destination, quiet_hours=hours, **values)
    return table


def placed(wish: Wish, destination: Destination) -> Wish:
    """Return the wish with its instant: of the next free slot where it asks for one; not in a quiet period.

    The caller holds the destination's lock until the share is written, so that nobody else gets the same slot.
    Raises Conflict where there is no free slot, Invalid for an instant in a quiet period.
    """
    if wish.in_next_slot:
        return _in_next_slot(wish, destination)
    period = QuietPeriod.objects.filter(destination=destination).around(wish.send_at).first() if wish.send_at else None
    if period is not None:
        ends = date_format(localtime(period.ends_at, ZoneInfo(period.zone)), "SHORT_DATETIME_FORMAT")
        told = {"name": destination.name, "reason": period.reason, "ends": ends, "zone": period.zone}
        raise Invalid(
            _("%(name)s is quiet at that time (%(reason)s). Choose a time from %(ends)s (%(zone)s) on.") % told
        )
    return wish


def _in_next_slot(wish: Wish, destination: Destination) -> Wish:
    table = Timetable.objects.filter(destination=destination).first()
    taken = {share.send_at for share in standing_in_line(destination) if share.send_at}
    periods = list(QuietPeriod.objects.filter(destination=destination, ends_at__gt=clock.now()))
    slot = timetables.next_slot(table, taken, clock.now(), periods) if table else None
    if table is None or slot is None:
        raise Conflict(_("%(name)s has no free slot. Choose a time.") % {"name": destination.name})
    return replace(wish, send_at=slot, zone=table.zone, in_next_slot=False)


def standing_in_line(destination: Destination) -> ShareQuerySet:
    """Return what waits for its time at a destination, the next one first."""
    waiting: ShareQuerySet = Share.objects.filter(
        destination=destination, state__in=Share.OPEN, send_at__gt=clock.now()
    )
    return waiting.order_by("send_at", "pk")


@transaction.atomic
def be_quiet(*, by: Person, destination: Destination, start: datetime, end: datetime, zone: str, reason: str) -> int:
    """Let nothing leave for the destination in that span; return how many planned shares it makes wait until its end.

    zone: in which both ends were chosen. Raises Invalid for a span that ends before it starts or is over, and without
    a reason.
    """
    _check_may_set_times(by)
    reason = " ".join(reason.split())
    if not reason or len(reason) > 120:
        raise Invalid(_("Say why, in 120 characters at most: colleagues read it in the calendar."), field="reason")
    if end <= start or end <= clock.now():
        raise Invalid(_("It has to end after it starts, and not before now."), field="until")
    locks.destination(destination.pk)
    facts = {"starts_at": start, "ends_at": end, "zone": zone, "reason": reason}
    made = QuietPeriod.objects.create(destination=destination, made_by=by, **facts)
    _note("destination.quiet_set", by, destination, period=made.pk, start=start.isoformat(), end=end.isoformat())
    return standing_in_line(destination).filter(send_at__gte=start, send_at__lt=end).count()


@transaction.atomic
def end_quiet(*, by: Person, destination: Destination, period_id: int) -> None:
    """Take a quiet period away; what waits for its end may leave at its time again."""
    _check_may_set_times(by)
    locks.destination(destination.pk)
    gone, _by_model = QuietPeriod.objects.filter(destination=destination, pk=period_id).delete()
    if gone:
        _note("destination.quiet_ended", by, destination, period=period_id)


def _check_may_set_times(by: Person) -> None:
    if not access.can_set_times(by):
        raise NotAllowed(_("Communications and connector admins set sending times."))


def _note(action: str, by: Person, destination: Destination, **facts: Any) -> None:
    record(action=action, actor_id=by.pk, subject=f"destination:{destination.pk}", **facts)
