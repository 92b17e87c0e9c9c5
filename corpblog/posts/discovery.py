"""Ways to what one does not know of yet: what came meanwhile, topics, what many talk about; as one may see it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef

from corpblog.kernel import clock
from corpblog.kernel.folding import fold
from corpblog.kernel.ids import first_id_at
from corpblog.people.models import Person
from corpblog.posts.models import Bookmark, Folder, FollowedTag, Post, PostTag, SavedSearch
from corpblog.posts.search import narrow, read
from corpblog.posts.selectors import PAGE, Page, page_of
from corpblog.posts.timelines import unread_ids
from corpblog.teams.models import Channel
from corpblog.teams.selectors import ChannelEntry

# Fewer, and a list of what is talked about would tell what one person said.
LEAST_PEOPLE: Final = 3
TRENDS_OF: Final = timedelta(days=7)
MOST_TRENDS: Final = 8
MOST_MISSED: Final = 5
MOST_NEW: Final = 20  # pages say "20+"; counting on would read for nothing


@dataclass(frozen=True)
class Missed:
    """What came in one channel since somebody read there: the newest few, oldest first, and how many there are."""

    entry: ChannelEntry
    posts: list[Post] = field(default_factory=list)

    @property
    def more(self) -> int:
        return max(0, self.entry.unread - len(self.posts))


@dataclass(frozen=True)
class KeptSearch:
    """A search that somebody keeps; `new`: what came since they last looked, at most one more than pages count."""

    search: SavedSearch
    new: int


@dataclass(frozen=True)
class Trend:
    """A hashtag, how many people used it, and in how many posts."""

    tag: str
    people: int
    posts: int


def missed(person: Person, channels: Iterable[ChannelEntry]) -> list[Missed]:
    """Return what came since one left, the newest of each channel; one query, whatever the number of channels.

    channels: the reader's navigation, which counts what is unread.
    """
    unread = [entry for entry in channels if entry.unread]
    if not unread:
        return []
    ids = unread_ids(person, [entry.channel.pk for entry in unread], MOST_MISSED)
    by_channel: dict[int, list[Post]] = {}
    # Asked before their cards, see `selectors.page_of`.
    found = list(Post.objects.visible_to(person).filter(pk__in=ids).values_list("pk", flat=True))
    for post in Post.objects.filter(pk__in=found).for_cards().order_by("pk"):
        by_channel.setdefault(post.channel_id, []).append(post)
    shown = [Missed(entry, by_channel.get(entry.channel.pk, [])) for entry in unread]
    return [each for each in shown if each.posts]


def topics_page(person: Person, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return posts with a hashtag that somebody follows."""
    followed = FollowedTag.objects.filter(person=person).values("tag")
    tagged = PostTag.objects.filter(tag__in=followed).values("post")
    return page_of(Post.objects.visible_to(person).alive().filter(pk__in=tagged), cursor, limit)


def followed_tags(person: Person) -> list[str]:
    return list(FollowedTag.objects.filter(person=person).order_by("tag").values_list("tag", flat=True))


def follows_tag(person: Person, tag: str) -> bool:
    return FollowedTag.objects.filter(person=person, tag=fold(tag)).exists()


def kept_searches(person: Person) -> list[KeptSearch]:
    """Return the searches that somebody keeps, each with what came since they last looked; a query for each.

    Asked of what they may read now, and of what others wrote.
    """
    seen = Post.objects.visible_to(person).alive().exclude(author=person)
    return [
        KeptSearch(kept, narrow(seen.filter(pk__gt=kept.seen), read(kept.query), person)[: MOST_NEW + 1].count())
        for kept in saved_searches(person)
    ]


def saved_searches(person: Person) -> list[SavedSearch]:
    return list(SavedSearch.objects.filter(person=person).order_by("query"))


def folders(person: Person) -> list[Folder]:
    return list(Folder.objects.filter(person=person).order_by("name"))


def folder_of(person: Person, post: Post) -> str | None:
    """Return the folder of somebody's bookmark; an empty name for none, nothing where it is not bookmarked."""
    kept = Bookmark.objects.filter(person=person, post=post).select_related("folder").first()
    if kept is None:
        return None
    return kept.folder.name if kept.folder else ""


def trending() -> list[Trend]:
    """Return the hashtags of the last week that at least three people used in open channels; one query.

    The same for everybody: closed channels do not count, so that no count tells of what is said there.
    """
    since = first_id_at(clock.now() - TRENDS_OF)
    rows = PostTag.objects.filter(
        post__gte=since, post__deleted_at__isnull=True, post__channel__is_private=False
    ).exclude(post__channel__kind=Channel.Kind.DIRECT)
    counted = rows.values("tag").annotate(people=Count("post__author", distinct=True), posts=Count("post"))
    top = counted.filter(people__gte=LEAST_PEOPLE).order_by("-people", "-posts", "tag")[:MOST_TRENDS]
    return [Trend(row["tag"], row["people"], row["posts"]) for row in top]


def tags_like(person: Person, beginning: str, limit: int = 5) -> list[str]:
    """Return hashtags that begin so, of posts that the person may read, the most used first; one query."""
    folded = fold(beginning.replace("\x00", "").removeprefix("#").strip())
    if not folded or " " in folded:
        return []
    # Asked of each post with such a tag, and not the other way: few posts have one, and a person may read most of them.
    seen = Exists(Post.objects.visible_to(person).alive().filter(pk=OuterRef("post")))
    rows = PostTag.objects.filter(seen, tag__startswith=folded).values("tag").annotate(posts=Count("post"))
    return [row["tag"] for row in rows.order_by("-posts", "tag")[:limit]]
