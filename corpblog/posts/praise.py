"""The praise that somebody got, as far as the reader may see it."""

from dataclasses import dataclass

from corpblog.people.models import Person
from corpblog.posts.models import Post

MOST_SHOWN = 6


@dataclass(frozen=True)
class Praised:
    """How often, and the newest."""

    count: int
    newest: list[Post]


def praise_of(person: Person, praised: Person) -> Praised:
    """Return the praise of somebody; two queries."""
    rows = Post.objects.visible_to(person).alive().filter(praised__person=praised)
    newest = list(rows.for_cards().newest_first()[:MOST_SHOWN])
    return Praised(rows.count() if len(newest) == MOST_SHOWN else len(newest), newest)
