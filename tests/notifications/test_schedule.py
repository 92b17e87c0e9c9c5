"""When a notice is mailed: digests, quiet hours, and the clocks of people elsewhere."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from corpblog.notifications.models import Rhythm
from corpblog.notifications.schedule import due, is_quiet

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
AT_NIGHT = Rhythm(quiet_from=22, quiet_to=7)


def at(words: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("how", "rhythm", "now", "expected"),
    [
        ("mail", Rhythm(), "2026-11-25 23:30", "2026-11-25 23:30"),
        ("mail", AT_NIGHT, "2026-11-25 21:59", "2026-11-25 21:59"),
        ("mail", AT_NIGHT, "2026-11-25 22:00", "2026-11-26 07:00"),
        ("mail", AT_NIGHT, "2026-11-26 06:59", "2026-11-26 07:00"),
        ("mail", AT_NIGHT, "2026-11-26 07:00", "2026-11-26 07:00"),
        # The night in which the clocks go back: seven on the wall clock is eight hours after midnight.
        ("mail", AT_NIGHT, "2026-10-24 23:00", "2026-10-25 07:00"),
        # 25 November 2026 is a Wednesday.
        ("digest", Rhythm(), "2026-11-25 07:59", "2026-11-25 08:00"),
        ("digest", Rhythm(), "2026-11-25 08:00", "2026-11-26 08:00"),
        ("digest", Rhythm(), "2026-11-27 09:00", "2026-11-30 08:00"),
        ("digest", Rhythm(digest="weekly"), "2026-11-25 07:00", "2026-11-30 08:00"),
        ("digest", Rhythm(digest="weekly"), "2026-11-30 08:00", "2026-12-07 08:00"),
        ("digest", Rhythm(quiet_from=20, quiet_to=10), "2026-11-25 07:00", "2026-11-25 10:00"),
    ],
)
def test_when_it_is_mailed(how: str, rhythm: Rhythm, now: str, expected: str) -> None:
    assert due(how, rhythm, PARIS, at(now)) == at(expected)


@pytest.mark.parametrize("how", ["off", "page"])
def test_what_stays_on_the_page_is_never_due(how: str) -> None:
    assert due(how, Rhythm(), PARIS, at("2026-11-25 12:00")) is None


def test_quiet_hours_are_those_of_the_persons_own_clock() -> None:
    # Half past three in Paris is half past nine in New York.
    assert due("mail", AT_NIGHT, NEW_YORK, at("2026-11-25 03:30")) == at("2026-11-24 21:30", NEW_YORK)
    assert due("mail", AT_NIGHT, NEW_YORK, at("2026-11-25 05:00")) == at("2026-11-25 07:00", NEW_YORK)


def test_hours_that_begin_where_they_end_are_none() -> None:
    assert not any(is_quiet(at(f"2026-11-25 {hour:02}:00"), Rhythm(quiet_from=7, quiet_to=7)) for hour in range(24))
