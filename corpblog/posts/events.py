"""What the layers above learn about posts."""

from dataclasses import dataclass

from corpblog.kernel.events import Event


@dataclass(frozen=True)
class PostChanged:
    """One event of a channel, as numbered in its log; told once it is committed."""

    channel_id: int
    seq: int
    post_id: int
    root_id: int | None
    kind: str
    actor_id: int | None
    client_key: str = ""


@dataclass(frozen=True)
class PostReported:
    """Somebody asks compliance to look at a post."""

    report_id: int


@dataclass(frozen=True)
class PollClosed:
    """A poll came to its end."""

    post_id: int


@dataclass(frozen=True)
class BestChosen:
    """Somebody called a reply the best answer."""

    post_id: int
    actor_id: int


@dataclass(frozen=True)
class ReminderDue:
    """Who did not acknowledge an announcement is to be reminded."""

    post_id: int


@dataclass(frozen=True)
class ScheduleReturned:
    """A scheduled post could not be posted, and waits for its author."""

    person_id: int


post_changed: Event[PostChanged] = Event("post_changed")
post_reported: Event[PostReported] = Event("post_reported")
poll_closed: Event[PollClosed] = Event("poll_closed")
best_chosen: Event[BestChosen] = Event("best_chosen")
reminder_due: Event[ReminderDue] = Event("reminder_due")
schedule_returned: Event[ScheduleReturned] = Event("schedule_returned")
