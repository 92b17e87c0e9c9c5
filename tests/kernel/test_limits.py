"""Limits are counted in the database and open again by themselves."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from corpblog.kernel import periodic
from corpblog.kernel.errors import TooMany
from corpblog.kernel.limits import Limit, forget_old_counters
from corpblog.kernel.models import LimitCounter

START = datetime(2026, 11, 2, 9, 0, 30, tzinfo=UTC)
THREE_A_MINUTE = Limit("test", times=3, per=timedelta(minutes=1))

pytestmark = pytest.mark.django_db


def test_the_hit_after_the_last_allowed_one_is_refused_and_says_how_long_to_wait() -> None:
    with time_machine.travel(START, tick=False):
        for _ in range(3):
            THREE_A_MINUTE.hit("alice")
        with pytest.raises(TooMany) as refused:
            THREE_A_MINUTE.hit("alice")
    assert refused.value.retry_after == 30


@pytest.mark.usefixtures("standing_clock")
def test_one_subject_does_not_use_up_another_ones_limit() -> None:
    for _ in range(3):
        THREE_A_MINUTE.hit("alice")
    THREE_A_MINUTE.hit("bruno")


def test_the_next_window_is_open_again() -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(3):
            THREE_A_MINUTE.hit("alice")
        clock.move_to(START + timedelta(seconds=30))
        THREE_A_MINUTE.hit("alice")


@pytest.mark.usefixtures("standing_clock")
def test_check_refuses_without_counting_and_forget_starts_afresh() -> None:
    for _ in range(3):
        THREE_A_MINUTE.check("alice")
        THREE_A_MINUTE.record("alice")
    with pytest.raises(TooMany):
        THREE_A_MINUTE.check("alice")
    THREE_A_MINUTE.forget("alice")
    THREE_A_MINUTE.check("alice")


def test_counters_of_windows_that_closed_long_ago_are_dropped_and_open_ones_stay() -> None:
    with time_machine.travel(START, tick=False):
        THREE_A_MINUTE.hit("alice")
    with time_machine.travel(START + timedelta(days=4), tick=False):
        THREE_A_MINUTE.hit("bruno")
        assert forget_old_counters() == 1
        assert list(LimitCounter.objects.values_list("subject", flat=True)) == ["bruno"]


def test_the_worker_drops_old_counters() -> None:
    assert "forget_old_counters" in periodic._tasks
    assert all(task.every <= timedelta(days=1) for task in periodic._tasks.values()), "an open window must be kept"
