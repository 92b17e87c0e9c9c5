"""The clock stands only where it is told to."""

from datetime import UTC, datetime

from corpblog.kernel import clock
from corpblog.kernel.ids import new_id

PAST = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_the_clock_stands_inside_the_block_and_runs_after_it() -> None:
    with clock.standing_at(PAST):
        assert clock.now() == PAST
    assert clock.now() > PAST


def test_the_clock_runs_again_after_a_failure() -> None:
    try:
        with clock.standing_at(PAST):
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert clock.standing() is None


def test_ids_made_while_the_clock_stands_are_as_old_as_it_says() -> None:
    with clock.standing_at(PAST):
        then = new_id()
    assert then >> 22 == new_id(PAST) >> 22
    assert new_id() > then
