"""Quiet times and slots of a destination."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person, Role
from corpblog.posts.models import Post
from corpblog.sharing import services, timetables
from corpblog.sharing.models import Destination, Share, Timetable
from corpblog.sharing.services import Times
from corpblog.sharing.wishes import Wish

MONDAY = datetime(2027, 3, 22, 12, tzinfo=UTC)


def table(**values: Any) -> Timetable:
    return Timetable(**({"zone": "Europe/Paris", "quiet_days": [], "slots": []} | values))


NIGHTS = {"quiet_from": time(20), "quiet_to": time(8)}


@pytest.mark.parametrize(
    ("values", "moment", "end"),
    [
        ({}, MONDAY, MONDAY),
        (NIGHTS, MONDAY, MONDAY),
        # 21:00 in Paris on Monday, until 08:00 on Tuesday.
        (NIGHTS, datetime(2027, 3, 22, 20, tzinfo=UTC), datetime(2027, 3, 23, 7, tzinfo=UTC)),
        # Friday night, then a quiet weekend in which the clocks go forward: Monday at eight is six in UTC.
        (
            NIGHTS | {"quiet_days": [5, 6]},
            datetime(2027, 3, 26, 23, tzinfo=UTC),
            datetime(2027, 3, 29, 6, tzinfo=UTC),
        ),
        ({"quiet_from": time(12), "quiet_to": time(14)}, MONDAY, datetime(2027, 3, 22, 13, tzinfo=UTC)),
        ({"quiet_days": [0, 1, 2, 3, 4, 5, 6]}, MONDAY, None),
    ],
)
def test_quiet_ends_by_the_clock_of_the_zone(values: dict[str, Any], moment: datetime, end: datetime | None) -> None:
    assert timetables.quiet_ends(table(**values), moment) == end
    assert timetables.is_quiet(table(**values), moment) == (end != moment)


def test_the_next_slot_is_neither_taken_nor_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    slots = [[0, "09:00"], [0, "14:30"], [2, "09:00"], [5, "09:00"]]
    there = table(slots=slots, quiet_days=[2])
    first = timetables.next_slot(there, [], MONDAY)
    assert first == datetime(2027, 3, 22, 13, 30, tzinfo=UTC)
    # Wednesday is quiet, so the next is Saturday.
    assert timetables.next_slot(there, [first], MONDAY) == datetime(2027, 3, 27, 8, 0, tzinfo=UTC)
    assert timetables.next_slot(table(), [], MONDAY) is None
    # On the day on which the clocks skip it, a slot does not exist.
    skipped = table(slots=[[6, "02:30"]])
    assert timetables.next_slot(skipped, [], MONDAY) == datetime(2027, 4, 4, 0, 30, tzinfo=UTC)


@pytest.fixture
def clara(bruno: Person) -> Person:
    """Somebody of communications."""
    bruno.roles.create(role=Role.COMMUNICATIONS)
    return bruno


@pytest.mark.gate("G27")
def test_nothing_leaves_while_it_is_quiet_and_it_goes_when_that_ends(
    clara: Person, alice: Person, press: Destination, write: Callable[..., Post], work: Callable[[], int], travel: Any
) -> None:
    now = clock.now()
    hours = ((now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time())
    services.set_times(by=clara, destination=press, times=Times("UTC", quiet_hours=hours))
    share = services.request_share(by=alice, post=write("Hello"), destination=press)
    work()
    share.refresh_from_db()
    assert (share.state, share.note) == ("cleared", "quiet")
    travel(hours=1, minutes=5)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"


def test_shares_take_one_slot_after_the_other(
    clara: Person, alice: Person, press: Destination, write: Callable[..., Post]
) -> None:
    every_day = [(day, time(9)) for day in range(7)]
    services.set_times(by=clara, destination=press, times=Times("UTC", slots=every_day))
    sent_at = []
    for text in ("One", "Two"):
        wish = Wish(in_next_slot=True)
        share = services.request_share(by=alice, post=write(text), destination=press, wish=wish)
        sent_at.append(share.send_at)
    assert sent_at[1] - sent_at[0] == timedelta(days=1)


def test_only_communications_and_connector_admins_set_times(
    alice: Person, omar: Person, clara: Person, press: Destination, write: Callable[..., Post]
) -> None:
    for person in (alice, omar):
        with pytest.raises(NotAllowed):
            services.set_times(by=person, destination=press, times=Times("UTC"))
    with pytest.raises(Invalid):
        services.set_times(by=clara, destination=press, times=Times("UTC", quiet_days=range(7)))
    with pytest.raises(Invalid):
        services.set_times(by=clara, destination=press, times=Times("Mars/Olympus"))
    with pytest.raises(Conflict, match="no free slot"):
        services.request_share(by=alice, post=write("Hello"), destination=press, wish=Wish(in_next_slot=True))
    services.set_times(by=clara, destination=press, times=Times("Europe/Paris", quiet_days=[6]))
    assert AuditEntry.objects.filter(action="destination.times_set", actor_id=clara.pk).count() == 1


def test_times_are_set_on_a_page_that_keeps_what_was_typed(
    clara: Person, press: Destination, browser_of: Callable[[Person], Client]
) -> None:
    client, path = browser_of(clara), "/shares/calendar/press/times/"
    fields = {"zone": "Europe/Paris", "quiet_days": ["5", "6"], "quiet_from": "20:00", "quiet_to": "08:00"}
    answer = client.post(path, fields | {"slots": "1 09:00\n8 10:00"})
    assert answer.status_code == 422
    assert "Line 2: write the day as a number" in answer.content.decode()
    assert "8 10:00" in answer.content.decode()
    assert client.post(path, fields | {"slots": "1 9:00, 14:30\n3 09:00"}).status_code == 302
    found = Timetable.objects.get()
    assert found.slots == [[0, "09:00"], [0, "14:30"], [2, "09:00"]]
    assert (found.quiet_days, found.quiet_from, found.quiet_to) == ([5, 6], time(20), time(8))
    page = client.get(path).content.decode()
    assert "1 09:00 14:30\n3 09:00" in page
