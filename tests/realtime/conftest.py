"""A hub with a database of the test's own, and sockets whose other end the test holds."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from corpblog.people.models import Person
from corpblog.realtime.frames import Parcel, frame, parcel
from corpblog.realtime.hub import Hub
from corpblog.realtime.limits import CloseCode
from corpblog.realtime.outlets import NOTHING, Waiting
from corpblog.realtime.source import Reading
from corpblog.realtime.topics import Socket
from corpblog.realtime.wakeups import Wakeup
from tests.realtime.wire import Company
from tests.servers.daphne import Daphne, Database, daphne, database


class Ledger:
    """A database made of dictionaries; counts what is asked of it, and fails or waits where a test wants it to."""

    def __init__(self) -> None:
        self.events: dict[int, list[int]] = {}
        self.members: dict[int, set[int]] = {}
        self.sessions: dict[str, int] = {}
        self.fresh: list[Wakeup] = []
        self.asked: list[tuple[Any, ...]] = []
        self.is_broken = False
        self.knows_rights = True
        self.is_drawable = True
        self.may_read = threading.Event()
        self.may_read.set()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.page = 100

    def post(self, channel_id: int, times: int = 1) -> int:
        numbers = self.events.setdefault(channel_id, [])
        for _ in range(times):
            numbers.append(len(numbers) + 1)
        return numbers[-1]

    def _ask(self, *what: Any) -> None:
        self.asked.append(what)
        if self.is_broken:
            raise ConnectionError("the database is away")

    def epoch(self) -> str:
        return "one"

    def opening(self, person: Person, channel_ids: Collection[int]) -> Mapping[int, int]:
        self._ask("opening", person.pk)
        mine = {number for number in channel_ids if person.pk in self.members.get(number, ())}
        found = {number: len(self.events.get(number, ())) for number in mine}
        assert self.may_answer.wait(10)
        return found

    def read(self, channel_id: int, after: int, upto: int | None, languages: Iterable[str]) -> Reading:
        self._ask("read", channel_id, after, upto, tuple(sorted(languages)))
        assert self.may_read.wait(10)
        if not self.is_drawable:
            raise LookupError("a template is missing")
        numbers = [n for n in self.events[channel_id] if n > after and (upto is None or n <= upto)][: self.page]
        frames = {
            each: [(n, frame({"t": "post", "c": channel_id, "s": n, "l": each})) for n in numbers] for each in languages
        }
        return Reading(numbers[-1] if numbers else after, frames)

    def heads(self, channel_ids: Collection[int]) -> Mapping[int, int]:
        self._ask("heads")
        return {number: len(self.events.get(number, ())) for number in channel_ids}

    def readers(self, wanted: Mapping[int, Collection[int]]) -> Mapping[int, Collection[int]]:
        self._ask("readers")
        if not self.knows_rights:
            raise ConnectionError("the database is away")
        return {number: set(people) & self.members.get(number, set()) for number, people in wanted.items()}

    def live_sessions(self, keys: Collection[str]) -> Mapping[str, int]:
        self._ask("sessions")
        return {key: person for key, person in self.sessions.items() if key in keys}

    def notice(self, person: Person, notice_id: int, languages: Iterable[str]) -> Mapping[str, Parcel]:
        self._ask("notice", person.pk, notice_id)
        return {each: parcel([frame({"t": "notice", "id": notice_id, "l": each})]) for each in languages}

    def unread(self, person: Person) -> Parcel:
        self._ask("unread", person.pk)
        return parcel([frame({"t": "read", "unread": {"7": 3}, "notices": 1})])

    def share(self, share_id: int, person_ids: Collection[int]) -> Mapping[int, Parcel]:
        self._ask("share", share_id)
        return {number: parcel([frame({"t": "share", "id": share_id})]) for number in person_ids}

    def news(self, person_ids: Collection[int]) -> Iterable[Wakeup]:
        self._ask("news")
        found, self.fresh = self.fresh, []
        return found


class Page:
    """The outlet of a socket, and what arrived at its page."""

    name = "page"

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.closed: CloseCode | None = None
        self.backlog: Waiting = NOTHING
        self.parcels: list[Parcel] = []

    def write(self, parcel: Parcel) -> None:
        if self.closed is None:
            self.parcels.append(parcel)
            self.got += [json.loads(each.text) for each in parcel.frames]

    def waiting(self) -> Waiting:
        return self.backlog

    def close(self, why: CloseCode) -> None:
        self.closed = self.closed or why

    def posts(self, channel_id: int) -> list[int]:
        return [each["s"] for each in self.got if each["t"] == "post" and each["c"] == channel_id]


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until something holds; fail where it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


class Desk:
    """A hub, its database, and a way to open pages."""

    def __init__(self, hub: Hub, ledger: Ledger) -> None:
        self.hub = hub
        self.ledger = ledger

    async def open(
        self,
        person_id: int,
        *channels: int,
        after: Mapping[int, int] | None = None,
        language: str = "en",
        key: str = "",
    ) -> tuple[Socket, Page]:
        key = key or f"session-{person_id}"
        self.ledger.sessions[key] = person_id
        page = Page()
        socket = Socket(Person(pk=person_id), key, language, page)
        self.hub.add(socket)
        await self.hub.follow(socket, channels, after or {})
        return socket, page


@pytest.fixture
def ledger() -> Ledger:
    made = Ledger()
    made.members = {1: {1, 2, 3}, 2: {1}}
    made.events = {1: [], 2: []}
    return made


@pytest_asyncio.fixture
async def desk(ledger: Ledger) -> AsyncIterator[Desk]:
    hub = Hub(ledger)
    yield Desk(hub, ledger)
    ledger.may_read.set()
    ledger.may_answer.set()
    await hub.stop()


# Real processes -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def base(django_db_setup: None) -> Iterator[Database]:
    """One migrated database for all tests with real processes; each test makes its own channels in it."""
    with database() as made:
        yield made


@pytest.fixture
def company(base: Database, django_db_blocker: Any) -> Iterator[Company]:
    """The company in that database, from the test's own process, as a worker would reach it."""
    with django_db_blocker.unblock(), base.opened():
        yield Company()


@pytest.fixture(scope="session")
def web(base: Database) -> Iterator[Daphne]:
    """One web process for all tests that leave it as it was."""
    with daphne(base) as process:
        yield process
