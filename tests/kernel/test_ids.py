"""Identifiers sort by time, whatever the clock does."""

from datetime import UTC, datetime, timedelta

import time_machine

from corpblog.kernel.ids import new_id


def test_ids_grow_even_within_one_millisecond_and_when_the_clock_jumps_back() -> None:
    start = datetime(2027, 5, 1, 12, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        ids = [new_id() for _ in range(1000)]
    with time_machine.travel(start - timedelta(hours=1), tick=False):
        ids += [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))


def test_an_id_made_for_a_past_instant_sorts_before_one_made_a_millisecond_later() -> None:
    past = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert new_id(past) < new_id(past + timedelta(milliseconds=1)) < 2**63


def test_ids_fit_a_signed_64_bit_column_until_2088() -> None:
    assert new_id(datetime(2088, 1, 1, tzinfo=UTC)) < 2**63
