"""When a notice is mailed: at once or with the next digest, and never in somebody's quiet hours."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from corpblog.notifications.models import Reach, Rhythm

DIGEST_AT: Final = time(8)
_MONDAY, _SATURDAY = 0, 5


def due(how: str, rhythm: Rhythm, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when a notice that reaches so far is mailed; None where it is not mailed.

    now: aware; the answer is in the person's zone.
    """
    local = now.astimezone(zone)
    if how == Reach.How.MAIL:
        return after_quiet(local, rhythm)
    if how == Reach.How.DIGEST:
        return after_quiet(_next_digest(local, rhythm), rhythm)
    return None


def after_quiet(local: datetime, rhythm: Rhythm) -> datetime:
    """Return the moment, or the end of the quiet hours that it falls into."""
    if not is_quiet(local, rhythm):
        return local
    assert rhythm.quiet_to is not None
    end = _on_the_clock(local, time(rhythm.quiet_to))
    return end if end > local else _on_the_clock(local + timedelta(days=1), time(rhythm.quiet_to))


def is_quiet(local: datetime, rhythm: Rhythm) -> bool:
    """Whether the hours are quiet then; from 22 to 7 goes over midnight, from 7 to 7 is no time at all."""
    first, last = rhythm.quiet_from, rhythm.quiet_to
    if first is None or last is None:
        return False
    if first <= last:
        return first <= local.hour < last
    return local.hour >= first or local.hour < last


def _next_digest(local: datetime, rhythm: Rhythm) -> datetime:
    day = _on_the_clock(local, DIGEST_AT)
    while day <= local or not _is_digest_day(day, rhythm):
        day = _on_the_clock(day + timedelta(days=1), DIGEST_AT)
    return day


def _is_digest_day(day: datetime, rhythm: Rhythm) -> bool:
    if rhythm.digest == Rhythm.Digest.WEEKLY:
        return day.weekday() == _MONDAY
    return day.weekday() < _SATURDAY


def _on_the_clock(day: datetime, at: time) -> datetime:
    """Return that time of that day as the wall clock shows it, also on the days when clocks are changed."""
    return datetime.combine(day.date(), at, tzinfo=day.tzinfo)
