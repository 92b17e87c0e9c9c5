"""What the doors learn about notices."""

from dataclasses import dataclass

from corpblog.kernel.events import Event


@dataclass(frozen=True)
class NoticeMade:
    """Somebody has something new to know."""

    person_id: int
    notice_id: int


@dataclass(frozen=True)
class NoticesRead:
    """Somebody read notices on one device; the others should show the same count."""

    person_id: int
    unread: int


notice_made: Event[NoticeMade] = Event("notice_made")
notices_read: Event[NoticesRead] = Event("notices_read")
