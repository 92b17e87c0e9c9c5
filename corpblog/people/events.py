"""What this package tells the layers above it."""

from dataclasses import dataclass
from typing import Any, Protocol

from corpblog.kernel.events import Event


@dataclass(frozen=True)
class GroupsChanged:
    """Somebody joined or left mirrored groups of the directory; the numbers are those of DirectoryGroup."""

    person_id: int
    joined: frozenset[int]
    left: frozenset[int]


@dataclass(frozen=True)
class SessionsEnded:
    """These sessions are over: their sockets must close now."""

    person_id: int
    keys: frozenset[str]


@dataclass(frozen=True)
class CutOff:
    """Somebody may do nothing any more: end whatever still acts in their name (sockets, tokens, schedules)."""

    person_id: int
    reason: str


directory_groups_changed: Event[GroupsChanged] = Event("directory_groups_changed")
sessions_ended: Event[SessionsEnded] = Event("sessions_ended")
person_cut_off: Event[CutOff] = Event("person_cut_off")


class Recorder(Protocol):
    """How the audited log takes an entry."""

    def __call__(self, *, action: str, actor_id: int | None, subject: str, **facts: Any) -> object: ...


class Journal:
    """Hands entries up to the audited log, which lies above this package, within the transaction that makes them true.

    Not an Event: those are told after the commit, and a listener may fail. An act without its entry must not happen.
    """

    def __init__(self) -> None:
        self._recorder: Recorder | None = None

    def write_with(self, recorder: Recorder) -> None:
        """Set where entries go; called once, when the log's package starts."""
        self._recorder = recorder

    def record(self, *, action: str, actor_id: int | None, subject: str, **facts: Any) -> None:
        """Write one entry; a failure undoes the caller's transaction."""
        if self._recorder is None:
            raise RuntimeError("No audited log has been set for the people package.")
        self._recorder(action=action, actor_id=actor_id, subject=subject, **facts)


journal = Journal()
