"""Words of closed channels, known again wherever somebody pastes them, by hashes that are kept as posts come.

Closed is a channel that is private, or confidential and more. Which ones are is asked when words are looked up, so that
a label that changes counts at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Q

from corpblog.policy.engine.fingerprints import Fingerprint, KnownText, fingerprint, hashes_in
from corpblog.policy.engine.model import CHANNEL_LABELS, PRIVATE
from corpblog.posts.models import ChannelToRead, Passage, Post
from corpblog.teams.events import ChannelChanged
from corpblog.teams.models import Channel, Classification

# The hashes are no secret from whoever has the database, where the words themselves are: one salt for all finds them.
_SALT: Final = 0
_LEAST: Final = 4  # hashes in common, below which no passage is one (`Fingerprint.passages`)
_MOST_POSTS: Final = 20  # a find names no post: the twenty that share most are enough to hold
_AT_ONCE: Final = 500


def note(post: Post) -> None:
    """Note the passages of a post of a closed channel; those of its earlier versions stay, for they were read."""
    if _label(post.channel):
        _note([post])


def forget(post: Post) -> None:
    """Drop what is known of a deleted post."""
    Passage.objects.filter(post=post).delete()


def known_texts(texts: Sequence[str], channel: Channel | None) -> tuple[KnownText, ...]:
    """Return the posts of channels more closed than this one that have words of these texts.

    texts: what is posted or would leave; channel: where it stands, whose own words are no secret there.
    """
    shared: dict[int, set[int]] = defaultdict(set)
    for post_id, value in _noted(hashes for text in texts if (hashes := hashes_in(text, _SALT))):
        shared[post_id].add(value)
    likely = sorted((item for item in shared.items() if len(item[1]) >= _LEAST), key=lambda item: -len(item[1]))
    posts = Post.objects.select_related("channel").in_bulk([post_id for post_id, _values in likely[: _MOST_POSTS * 5]])
    found = [
        KnownText(_label(posts[post_id].channel), Fingerprint(_SALT, frozenset(values)))
        for post_id, values in likely
        if post_id in posts and _is_more_closed(posts[post_id].channel, channel)
    ]
    return tuple(found[:_MOST_POSTS])


def follow_channel(change: ChannelChanged) -> None:
    """Have the posts read of a channel that may have been closed just now."""
    if _label(Channel.objects.get(pk=change.channel_id)):
        ChannelToRead.objects.get_or_create(channel_id=change.channel_id)


def is_asked_for() -> bool:
    """Whether a closed channel has posts that nobody noted."""
    return ChannelToRead.objects.exists()


def read_channels() -> None:
    """Note the posts of channels that were closed after they were written."""
    while (task := ChannelToRead.objects.select_related("channel").first()) is not None:
        posts = Post.objects.alive().filter(channel=task.channel, pk__gt=task.after).order_by("pk")[:_AT_ONCE]
        with transaction.atomic():
            batch = list(posts)
            Passage.objects.filter(post__in=batch).delete()
            _note(batch)
            ChannelToRead.objects.filter(pk=task.pk).update(after=batch[-1].pk if batch else task.after)
            if len(batch) < _AT_ONCE:
                task.delete()


def _note(posts: Iterable[Post]) -> None:
    rows = [Passage(post=post, value=value) for post in posts for value in sorted(fingerprint(post.text, _SALT).hashes)]
    Passage.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _noted(wanted: Iterable[frozenset[int]]) -> Iterable[tuple[int, int]]:
    values = sorted(frozenset().union(*wanted))
    for start in range(0, len(values), _AT_ONCE):
        rows = Passage.objects.filter(value__in=values[start : start + _AT_ONCE])
        closed = Q(post__channel__is_private=True) | Q(post__channel__classification__in=CHANNEL_LABELS)
        yield from rows.filter(closed).values_list("post_id", "value")


def _label(channel: Channel) -> str:
    """Return the label under which the channel's words are known elsewhere; empty for an open one."""
    if channel.classification in CHANNEL_LABELS:
        return str(channel.classification)
    return PRIVATE if channel.is_private else ""


def _is_more_closed(there: Channel, here: Channel | None) -> bool:
    if here is None:
        return True
    if there.pk == here.pk:
        return False
    ranks = [Classification(channel.classification).rank for channel in (there, here)]
    return ranks[0] > ranks[1] or (there.is_private and not here.is_private)
