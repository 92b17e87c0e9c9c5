"""Read many posts of the past, for counting: everybody's, streamed, and each with whether the reader may see it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from corpblog.kernel.ids import RANDOM_BITS, new_id
from corpblog.people.models import Person
from corpblog.posts.models import Post, PostQuerySet
from corpblog.teams.models import Channel

MOST = 500_000
_CHUNK = 2_000
_SAMPLED_AT_ONCE = 500
_NAMES = ("pk", "created_at", "author_id", "author__display_name", "text", "language", "channel__classification")


@dataclass(frozen=True, slots=True)
class PastPost:
    """What a simulation needs of a post. Show it only where `may_read` says so: it comes from any channel."""

    post_id: int
    created_at: datetime
    author_id: int
    author_name: str
    text: str
    language: str
    classification: str
    may_read: bool


def sample_since(*, since: datetime, person: Person, most: int) -> tuple[int, Iterator[PastPost]]:
    """Return how many living posts there are since then, and `most` of them at most in an order of pure chance.

    The chance is the low bits of an id, which are random from its birth and know nothing of words. Any beginning of
    the order is a random sample, and it is the same one at each pause in typing, so that a count moves with the rule.
    """
    found = _since(since)
    by_chance = found.annotate(chance=F("pk") % 2**RANDOM_BITS).order_by("chance", "pk")
    ids = list(by_chance.values_list("pk", flat=True)[:most])
    return len(ids) if len(ids) < most else found.count(), _one_by_one(ids, person)


def _one_by_one(ids: list[int], person: Person) -> Iterator[PastPost]:
    readable = set(Channel.objects.visible_to(person).values_list("pk", flat=True))
    for first in range(0, len(ids), _SAMPLED_AT_ONCE):
        chunk = ids[first : first + _SAMPLED_AT_ONCE]
        rows = {told["pk"]: told for told in Post.objects.filter(pk__in=chunk).values(*_NAMES, "channel_id")}
        for told in filter(None, map(rows.get, chunk)):
            yield _past_post(told, may_read=told["channel_id"] in readable)


def count_since(since: datetime, most: int = MOST) -> int:
    """Return how many posts `texts_since` would yield."""
    return _since(since)[:most].count()


def texts_of(post_ids: Iterable[int], person: Person) -> dict[int, PastPost]:
    """Return those of these posts that still are there and that the person may read, by id."""
    rows = Post.objects.alive().filter(pk__in=post_ids, channel__in=Channel.objects.visible_to(person))
    return {told["pk"]: _past_post(told, may_read=True) for told in rows.values(*_NAMES)}


def texts_since(*, since: datetime, person: Person | None = None, most: int = MOST) -> Iterator[PastPost]:
    """Yield the living posts since then, newest first; without a person none may be shown."""
    readable = set(Channel.objects.visible_to(person).values_list("pk", flat=True)) if person else set()
    for told in _since(since).newest_first().values(*_NAMES, "channel_id")[:most].iterator(_CHUNK):
        yield _past_post(told, may_read=told["channel_id"] in readable)


def _past_post(told: dict[str, Any], *, may_read: bool) -> PastPost:
    return PastPost(
        post_id=told["pk"],
        created_at=told["created_at"],
        author_id=told["author_id"],
        author_name=told["author__display_name"],
        text=told["text"],
        language=told["language"],
        classification=told["channel__classification"],
        may_read=may_read,
    )


def _since(since: datetime) -> PostQuerySet:
    # Ids sort by time, so that this is one walk along the primary key.
    return Post.objects.alive().filter(pk__gte=new_id(since), created_at__gte=since)
