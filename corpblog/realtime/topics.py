"""One process's open sockets and the channels they follow. Only data: who decides and who reads is elsewhere."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from corpblog.people.models import Person
from corpblog.realtime.frames import Parcel
from corpblog.realtime.limits import TOO_SLOW, CloseCode
from corpblog.realtime.metrics import closed
from corpblog.realtime.outlets import Outlet

Key = TypeVar("Key", int, str)


@dataclass(slots=True, eq=False)
class Socket:
    """One open page: whose it is, and how far it has read in each channel it follows."""

    person: Person
    session_key: str
    language: str
    outlet: Outlet
    at: dict[int, int] = field(default_factory=dict)
    beaten: float = field(default_factory=time.monotonic)
    is_open: bool = True

    @property
    def person_id(self) -> int:
        return self.person.pk

    def write(self, parcel: Parcel) -> None:
        """Hand frames over; a reader who lets too much wait is cut off."""
        if not self.is_open:
            return
        self.outlet.write(parcel)
        if self.outlet.waiting().is_too_much:
            self.close(TOO_SLOW)

    def close(self, why: CloseCode) -> None:
        if self.is_open:
            self.is_open = False
            closed.labels(why.reason).inc()
            self.outlet.close(why)

    def leave_quietly(self) -> None:
        """The other side has gone already."""
        self.is_open = False


@dataclass(slots=True, eq=False)
class Topic:
    """One channel that somebody here follows.

    delivered: the last sequence that every socket in it has. head: the last one known to exist.
    """

    channel_id: int
    delivered: int
    head: int
    changed: float = field(default_factory=time.monotonic)
    sockets: set[Socket] = field(default_factory=set)
    is_delivering: bool = False
    failures: int = 0

    def raise_head(self, seq: int) -> bool:
        """Learn that the channel got further; return whether that is news."""
        if seq <= self.head:
            return False
        self.head = seq
        self.changed = time.monotonic()
        return True

    def languages(self) -> set[str]:
        return {socket.language for socket in self.sockets}


class Sockets:
    """The registry: by person, by session, by channel."""

    def __init__(self) -> None:
        self.all: dict[Socket, None] = {}  # in the order of arrival
        self.topics: dict[int, Topic] = {}
        self._by_person: dict[int, set[Socket]] = {}
        self._by_session: dict[str, set[Socket]] = {}

    def __len__(self) -> int:
        return len(self.all)

    def add(self, socket: Socket) -> None:
        self.all[socket] = None
        self._by_person.setdefault(socket.person_id, set()).add(socket)
        self._by_session.setdefault(socket.session_key, set()).add(socket)

    def remove(self, socket: Socket) -> None:
        if self.all.pop(socket, self) is self:
            return
        for channel_id in list(socket.at):
            self.leave(socket, channel_id)
        _discard(self._by_person, socket.person_id, socket)
        _discard(self._by_session, socket.session_key, socket)

    def of_person(self, person_id: int) -> set[Socket]:
        return self._by_person.get(person_id, set())

    def of_session(self, session_key: str) -> set[Socket]:
        return self._by_session.get(session_key, set())

    def people(self) -> set[int]:
        return set(self._by_person)

    def sessions(self) -> set[str]:
        return set(self._by_session)

    def join(self, socket: Socket, channel_id: int, at: int, head: int) -> Topic:
        """Let a socket follow a channel from `at` on, which must not lie before what the topic has delivered."""
        topic = self.topics.get(channel_id)
        if topic is None:
            topic = self.topics[channel_id] = Topic(channel_id, delivered=at, head=at)
        topic.raise_head(head)
        socket.at[channel_id] = at
        topic.sockets.add(socket)
        return topic

    def leave(self, socket: Socket, channel_id: int) -> None:
        socket.at.pop(channel_id, None)
        topic = self.topics.get(channel_id)
        if topic is None:
            return
        topic.sockets.discard(socket)
        if not topic.sockets:
            del self.topics[channel_id]

    def drop(self, channel_id: int, person_ids: Iterable[int]) -> None:
        """These people may no longer read the channel: their sockets go on without it and are not told."""
        for person_id in person_ids:
            for socket in list(self.of_person(person_id)):
                self.leave(socket, channel_id)

    def readers(self) -> dict[int, set[int]]:
        """Who follows what here, by channel."""
        return {number: {socket.person_id for socket in topic.sockets} for number, topic in self.topics.items()}

    def slow(self) -> Iterator[Socket]:
        return (socket for socket in list(self.all) if socket.outlet.waiting().is_too_much)


def _discard(index: dict[Key, set[Socket]], key: Key, socket: Socket) -> None:
    index[key].discard(socket)
    if not index[key]:
        del index[key]
