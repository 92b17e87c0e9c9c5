"""An announcement as it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.kernel.instants import typed
from corpblog.people.models import Person
from corpblog.posts.access import can_announce
from corpblog.posts.models import Announcement, Post
from corpblog.posts.parts.fields import first
from corpblog.teams.models import Channel


@dataclass(frozen=True)
class AnnouncementPart:
    """An announcement that may be posted."""

    by: Person
    due_at: datetime | None
    kind: Post.Kind = Post.Kind.ANNOUNCEMENT

    @property
    def facts(self) -> dict[str, Any]:
        return {"due_at": self.due_at.isoformat() if self.due_at else ""}

    def check(self, channel: Channel) -> None:
        """Raise where its author may not ask everybody, or its reminder comes before it."""
        if not can_announce(self.by, channel):
            raise NotAllowed(_("Who looks after a channel makes announcements in it. Post a message instead."))
        if self.due_at and self.due_at <= clock.now():
            raise Invalid(_("The time of the reminder is over. Choose a later one."))

    def store(self, post: Post) -> None:
        Announcement.objects.create(post=post, due_at=self.due_at)


def read(fields: Mapping[str, Sequence[str]], by: Person) -> AnnouncementPart:
    """Return the announcement that was typed; without a time nobody is reminded but by hand."""
    due = first(fields, "due")
    return AnnouncementPart(by, typed(due, by.zone.key) if due else None)
