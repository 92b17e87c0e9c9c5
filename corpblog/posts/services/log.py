"""Write the channel's log, which live pages follow, and tell the layers above once it is committed."""

from collections.abc import Sequence

from corpblog.people.models import Person
from corpblog.posts.events import PostChanged, post_changed
from corpblog.posts.models import ChannelEvent, Post
from corpblog.teams.services import Taken, take

Kind = ChannelEvent.Kind


def log(*changes: tuple[Kind, Post], by: Person | None) -> None:
    """Number and write the changes, which all are of one channel; the last thing before the commit."""
    write(take(changes[0][1].channel_id, events=len(changes)), changes, by)


def write(taken: Taken, changes: Sequence[tuple[Kind, Post]], by: Person | None) -> None:
    """Write the changes under numbers that were taken in this transaction; `by` nobody where their time was over."""
    actor_id = by.pk if by else None
    first = taken.seq - len(changes) + 1
    rows = [
        ChannelEvent(channel_id=post.channel_id, seq=seq, kind=kind, post_id=post.pk, actor_id=actor_id)
        for seq, (kind, post) in enumerate(changes, first)
    ]
    ChannelEvent.objects.bulk_create(rows)
    for row, (kind, post) in zip(rows, changes, strict=True):
        key = post.client_key if kind == Kind.CREATED else ""
        post_changed.publish(PostChanged(post.channel_id, row.seq, post.pk, post.root_id, str(kind), actor_id, key))
