"""What the hub needs from the packages below, as plain functions that a pool of threads runs.

Everything here reads; what a socket may see is asked from `teams` and `people` each time.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from corpblog.people.models import Person
from corpblog.realtime.frames import Frame, Parcel, parcel
from corpblog.realtime.wakeups import Wakeup

Language = str


@dataclass
class Reading:
    """One channel's events, in each language that was asked for, in order."""

    last: int
    frames: dict[Language, list[tuple[int, Frame]]] = field(default_factory=dict)
    _parcels: dict[Language, Parcel] = field(default_factory=dict)

    def parcel(self, language: Language) -> Parcel:
        """Everything that was read, put together once for all sockets of this language."""
        if language not in self._parcels:
            self._parcels[language] = parcel(each for _, each in self.frames[language])
        return self._parcels[language]

    def parcel_after(self, language: Language, seq: int) -> Parcel:
        """Only what came after `seq`, for a socket that already has the rest."""
        return parcel(each for number, each in self.frames[language] if number > seq)

    def add(self, other: "Reading") -> None:
        """Take the languages of another reading of the same events."""
        self.frames.update(other.frames)


class Source(Protocol):
    """The database, as the hub sees it. Every method is called on a thread and may raise."""

    def epoch(self) -> str: ...

    def opening(self, person: Person, channel_ids: Collection[int]) -> Mapping[int, int]: ...

    def read(self, channel_id: int, after: int, upto: int | None, languages: Iterable[Language]) -> Reading: ...

    def heads(self, channel_ids: Collection[int]) -> Mapping[int, int]: ...

    def readers(self, wanted: Mapping[int, Collection[int]]) -> Mapping[int, Collection[int]]: ...

    def live_sessions(self, keys: Collection[str]) -> Mapping[str, int]: ...

    def notice(self, person: Person, notice_id: int, languages: Iterable[Language]) -> Mapping[Language, Parcel]: ...

    def unread(self, person: Person) -> Parcel: ...

    def share(self, share_id: int, person_ids: Collection[int]) -> Mapping[int, Parcel]: ...

    def news(self, person_ids: Collection[int]) -> Iterable[Wakeup]: ...
