"""Read a timetable: is it quiet now, when does that end, which slot is free next."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from corpblog.kernel.errors import Invalid
from corpblog.kernel.instants import instant
from corpblog.sharing.models import QuietPeriod, Timetable

_AHEAD: Final = 60  # days that are looked at for a free slot
_TURNS: Final = 16  # a week's quiet days and nights, one after the other


def is_quiet(table: Timetable, moment: datetime) -> bool:
    """Whether nothing leaves at that instant."""
    here = moment.astimezone(ZoneInfo(table.zone))
    return here.weekday() in table.quiet_days or _is_in_hours(table, here.time())


def quiet_ends(table: Timetable, moment: datetime) -> datetime | None:
    """Return the first instant from then on at which it is not quiet; None where every day is."""
    zone = ZoneInfo(table.zone)
    here = moment.astimezone(zone)
    for _turn in range(_TURNS):
        if here.weekday() in table.quiet_days:
            here = datetime.combine(here.date() + timedelta(days=1), time(), zone)
        elif _is_in_hours(table, here.time()):
            assert table.quiet_to is not None
            day = here.date() + timedelta(days=1 if table.quiet_to <= here.time() else 0)
            here = datetime.combine(day, table.quiet_to, zone)
        else:
            return here.astimezone(UTC)
    return None


def next_slot(
    table: Timetable, taken: Collection[datetime], after: datetime, periods: Sequence[QuietPeriod] = ()
) -> datetime | None:
    """Return the first slot after that instant that is neither taken nor quiet; None where there is none.

    periods: in which it is quiet beside the hours and days of the week.
    """
    return next(free_slots(table, taken, after, periods), None)


def free_slots(
    table: Timetable, taken: Collection[datetime], after: datetime, periods: Sequence[QuietPeriod] = ()
) -> Iterator[datetime]:
    """Yield the slots of the next weeks that are neither taken nor quiet, the next one first."""
    first = after.astimezone(ZoneInfo(table.zone)).date()
    for ahead in range(_AHEAD):
        day = first + timedelta(days=ahead)
        for weekday, at in table.slots:
            if weekday != day.weekday():
                continue
            try:
                moment = instant(day, time.fromisoformat(at), table.zone)
            except Invalid:
                # Over, or in the hour that the clocks skip.
                continue
            if moment <= after or moment in taken or is_quiet(table, moment):
                continue
            if not any(period.starts_at <= moment < period.ends_at for period in periods):
                yield moment


def _is_in_hours(table: Timetable, at: time) -> bool:
    if table.quiet_from is None or table.quiet_to is None or table.quiet_from == table.quiet_to:
        return False
    if table.quiet_from < table.quiet_to:
        return table.quiet_from <= at < table.quiet_to
    return at >= table.quiet_from or at < table.quiet_to
