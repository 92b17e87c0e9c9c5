"""Read many posts of the past, for counting: everybody's, streamed, and each with whether the reader may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.teams.models import Channel

MOST = 500_000
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class PastPost:
    """What a simulation needs of a post. Show it only where `may_read` says so: it comes from any channel."""

    post_id: int
    created_at: datetime
    author_id: int
    author_name: str
    text: str
    may_read: bool


def texts_since(*, since: datetime, person: Person | None = None, most: int = MOST) -> Iterator[PastPost]:
    """Yield the living posts since then, newest first; without a person none may be shown."""
    readable = set(Channel.objects.visible_to(person).values_list("pk", flat=True)) if person else set()
    # Ids sort by time, so that this is one walk along the primary key.
    rows = Post.objects.alive().filter(pk__gte=new_id(since), created_at__gte=since).newest_first()
    names = ("pk", "created_at", "author_id", "author__display_name", "text", "channel_id")
    for pk, created_at, author_id, author, text, channel_id in rows.values_list(*names)[:most].iterator(_CHUNK):
        yield PastPost(pk, created_at, author_id, author, text, channel_id in readable)
