"""How somebody wants a post to leave: in which words, and when."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid

LATEST: Final = timedelta(days=366)
LONGEST_WORDS: Final = 10_000
_NINE: Final = time(9)


@dataclass(frozen=True)
class Wish:
    """words: for this destination, empty for the post's own; zone: in which `send_at` was chosen."""

    words: str = ""
    send_at: datetime | None = None
    zone: str = ""


AS_POSTED: Final = Wish()


def instant(day: date, at: time, zone: str) -> datetime:
    """Return the instant of a wall clock's time in a time zone; of an hour that comes twice, the first.

    Raises Invalid for a time that the clocks skip, for one that is over, and for one more than a year ahead.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("There is no time zone of that name. Write it as Europe/Paris.")) from error
    chosen = datetime.combine(day, at, place)
    # Subtraction within one zone ignores its offsets, so the way there and back goes through UTC.
    if datetime.fromtimestamp(chosen.timestamp(), place).replace(tzinfo=None) != chosen.replace(tzinfo=None):
        raise Invalid(_("The clocks go forward then: this time does not exist in %(zone)s.") % {"zone": zone})
    now = clock.now()
    if chosen <= now:
        raise Invalid(_("This time is over. Choose a later one."))
    if chosen > now + LATEST:
        raise Invalid(_("Choose a time within a year from now."))
    # In UTC: a time of an hour that comes twice compares unequal to every time of another zone (PEP 495).
    return chosen.astimezone(UTC)


def moved_to(wish: Wish, day: str) -> Wish:
    """Return the wish for another day, at the same time of that day; at nine where it had none. Raises Invalid."""
    zone = wish.zone or get_default_timezone_name()
    at = wish.send_at.astimezone(ZoneInfo(zone)).time() if wish.send_at else _NINE
    try:
        chosen = date.fromisoformat(day)
    except ValueError as error:
        raise Invalid(_("Choose a day.")) from error
    return replace(wish, send_at=instant(chosen, at, zone), zone=zone)


def checked_words(words: str, own: str) -> str:
    """Return the words for a destination as they are kept; empty where they are those of the post."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > LONGEST_WORDS or "\0" in words:
        raise Invalid(_("These words are too long or contain characters that are not text."))
    return "" if words == own.strip() else words
