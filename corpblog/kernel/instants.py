"""Times that people choose, by a wall clock: made into instants, and back."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid

LATEST: Final = timedelta(days=366)


def wall_clock(day: date, at: time, zone: str) -> datetime:
    """Return the instant of a wall clock's time in a time zone, past ones too; of an hour that comes twice, the first.

    Raises Invalid for a time that the clocks skip, and for a zone that there is not.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("There is no time zone of that name. Write it as Europe/Paris.")) from error
    chosen = datetime.combine(day, at, place)
    # Subtraction within one zone ignores its offsets, so the way there and back goes through UTC.
    if datetime.fromtimestamp(chosen.timestamp(), place).replace(tzinfo=None) != chosen.replace(tzinfo=None):
        raise Invalid(_("The clocks go forward then: this time does not exist in %(zone)s.") % {"zone": zone})
    # In UTC: a time of an hour that comes twice compares unequal to every time of another zone (PEP 495).
    return chosen.astimezone(UTC)


def instant(day: date, at: time, zone: str) -> datetime:
    """Return the instant of a wall clock's time in a time zone; of an hour that comes twice, the first.

    Raises Invalid for a time that the clocks skip, for one that is over, and for one more than a year ahead.
    """
    chosen = wall_clock(day, at, zone)
    now = clock.now()
    if chosen <= now:
        raise Invalid(_("This time is over. Choose a later one."))
    if chosen > now + LATEST:
        raise Invalid(_("Choose a time within a year from now."))
    return chosen


def typed(local: str, zone: str) -> datetime:
    """Return the instant of what a field for date and time holds, as `2026-11-27T14:00`; raises Invalid."""
    try:
        chosen = datetime.fromisoformat(local)
    except ValueError as error:
        raise Invalid(_("Choose a day and a time.")) from error
    return instant(chosen.date(), chosen.time(), zone)
