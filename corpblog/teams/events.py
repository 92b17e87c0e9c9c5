"""What the layers above learn about channels."""

from dataclasses import dataclass

from corpblog.kernel.events import Event


@dataclass(frozen=True)
class MembershipChanged:
    """Somebody became a member or is one no longer.

    actor_id: who did it: the person, an owner, or nobody where the directory did.
    """

    person_id: int
    channel_id: int
    is_member: bool
    actor_id: int | None = None


@dataclass(frozen=True)
class ChannelChanged:
    """The name, description, label or openness of a channel is another one now."""

    channel_id: int
    actor_id: int


@dataclass(frozen=True)
class ReadMarkMoved:
    """A person read on, on one device; the others should show the same count."""

    person_id: int
    channel_id: int
    unread: int


@dataclass(frozen=True)
class JoinAsked:
    """Somebody asks to be let into a closed channel."""

    person_id: int
    channel_id: int


membership_changed: Event[MembershipChanged] = Event("membership_changed")
channel_changed: Event[ChannelChanged] = Event("channel_changed")
read_mark_moved: Event[ReadMarkMoved] = Event("read_mark_moved")
join_asked: Event[JoinAsked] = Event("join_asked")
