"""The praise that somebody got, as far as the reader may see it."""

from dataclasses import dataclass

from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.posts.selectors import page_of

MOST_SHOWN = 6


@dataclass(frozen=True)
class Praised:
    """How often, and the newest."""

    count: int
    newest: list[Post]


def praise_of(person: Person, praised: Person) -> Praised:
    """Return the praise of somebody; two queries, and a third where there is more than is shown."""
    rows = Post.objects.visible_to(person).alive().filter(praised__person=praised)
    page = page_of(rows, None, MOST_SHOWN)
    return Praised(len(page.items) if page.next_cursor is None else rows.count(), page.items)
