"""What somebody should know."""

from collections.abc import Collection
from dataclasses import dataclass

from corpblog.notifications.models import Notice, NoticeQuerySet
from corpblog.people.models import Person

PAGE = 30
COUNTED = 100  # pages say "99+"; counting on would read for nothing
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class NoticePage:
    """A stretch of notices, newest first."""

    items: list[Notice]
    next_cursor: int | None = None


def unread_count(person: Person) -> int:
    """Return how many notices are unread, at most 100; one query."""
    return _showable(person).unread()[:COUNTED].count()


def recent(person: Person, cursor: int | None = None, limit: int = PAGE) -> NoticePage:
    """Return somebody's notices that they still may see; one query."""
    found = _showable(person)
    if cursor is not None:
        found = found.filter(pk__lt=max(0, min(cursor, _LARGEST_ID)))
    found = found.select_related("actor", "post__author", "post__channel__person", "channel__person").order_by("-pk")
    rows = list(found[: limit + 1])
    return NoticePage(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


def notice_for(person: Person, notice_id: int) -> Notice | None:
    """Return one notice of somebody's, ready to be shown."""
    found = _showable(person).select_related("actor", "post__author", "post__channel__person", "channel__person")
    notice: Notice | None = found.filter(pk=notice_id).first()
    return notice


def newest_id() -> int:
    """Return the number of the newest notice of all."""
    return Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def made_since(person_ids: Collection[int], after: int) -> list[tuple[int, int]]:
    """Return notices of these people after a number, as (person, notice), for doors that tell each only their own."""
    rows = Notice.objects.filter(person__in=person_ids, pk__gt=after).order_by("pk")
    return list(rows.values_list("person_id", "pk")[:500])


def _showable(person: Person) -> NoticeQuerySet:
    notices: NoticeQuerySet = Notice.objects.of(person).showable(person)
    return notices
