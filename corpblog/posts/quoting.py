"""What a post shows of another one that it quotes, and who quotes it.

A card is one and the same for everybody (pages and live frames share it), so the words of what is quoted are on it only
where all readers of the place may see them. Otherwise the card says that there is a post one may not see, and the
page asks for it under its reader's own rights.
"""

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import Q

from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.models import Post, PostQuerySet
from corpblog.posts.selectors import PAGE, Page, page_of, post_for
from corpblog.teams.models import Channel, Classification


class Showing(StrEnum):
    """What of the quoted post stands on the card."""

    NOTHING = ""  # it quotes none
    WHOLE = "whole"
    HIDDEN = "hidden"
    GONE = "gone"


def showing_to_all(post: Post) -> Showing:
    """Return what everybody sees who sees the post; it came with what it quotes (`for_cards`)."""
    source = post.quotes
    if source is None:
        return Showing.NOTHING
    # Hidden first: that a post of a closed channel was deleted is nobody's business outside of it.
    if not access.shows_to_all(source, post.channel):
        return Showing.HIDDEN
    return Showing.GONE if source.is_deleted else Showing.WHOLE


def showing_to(person: Person, post: Post) -> Showing:
    """Return what one reader sees of what a post quotes that they may see."""
    source = post.quotes
    if source is None:
        return Showing.NOTHING
    if not access.can_see(person, source):
        return Showing.HIDDEN
    return Showing.GONE if source.is_deleted else Showing.WHOLE


def source_of(post: Post) -> Post:
    """Return what is quoted when somebody quotes this: a repost stands for what it shows."""
    return post.quotes if post.is_repost and post.quotes is not None else post


def quotable(person: Person, post_id: int) -> Post:
    """Return the post that somebody quotes who presses the button of this one; NotFound where they may not see it."""
    source = source_of(post_for(person, post_id))
    return post_for(person, source.pk)


def quotes_page(person: Person, post_id: int, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return who quoted or reposted a post, as far as the reader may see it."""
    post = post_for(person, post_id)
    return page_of(Post.objects.visible_to(person).alive().filter(quotes=post), cursor, limit)


def counted(post: Post) -> int:
    """Return how many quotes there are that whoever sees the post may see: others would tell of closed channels."""
    return _countable(post).count()


def _countable(post: Post) -> PostQuerySet:
    quotes: PostQuerySet = Post.objects.alive().filter(quotes=post)
    return quotes.filter(Q(channel=post.channel_id) | Q(channel__is_private=False))


def reposted(person: Person, post_ids: Iterable[int]) -> set[int]:
    """Return which of these posts somebody reposted on their storyline; one query."""
    rows = Post.objects.alive().filter(author=person, is_repost=True, quotes__in=list(post_ids))
    return set(rows.filter(channel__kind=Channel.Kind.STORYLINE).values_list("quotes_id", flat=True))


def label_of(channel: Channel, source: Post | None) -> Classification:
    """Return under which label words are judged that stand in a channel and quote something: the stricter of both."""
    return Classification.strictest(channel.label, source.channel.label if source else channel.label)
