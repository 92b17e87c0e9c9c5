"""Take away for good what is kept long enough: words, versions and files. The layers above say what, and when.

Of a post a stone is left, without words and under its number: threads, counters, live pages and the proofs of what left
the company refer to it. Nobody is named as having done it.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from corpblog.posts import search
from corpblog.posts.models import Attachment, ChannelEvent, Post, PostRevision, Report
from corpblog.posts.services import log
from corpblog.posts.services.deleting import correct_newest, shrink, silence
from corpblog.teams.services import take

Kind = ChannelEvent.Kind
Change = tuple[Kind, Post]


@transaction.atomic
def remove(*, channel_id: int, post_ids: Sequence[int]) -> None:
    """Remove posts of one channel, deleted ones too, with all that they ever said."""
    posts = _lock(channel_id, post_ids)
    changes: list[Change] = []
    roots: dict[int, Post] = {}
    for post in (posts[post_id] for post_id in post_ids if post_id in posts):
        if not post.is_deleted:
            silence(post, Post.Remover.COMPANY)
            changes.append((Kind.DELETED, post))
            if post.root_id:
                roots[post.root_id] = posts[post.root_id]
    for root in roots.values():
        shrink(root)
        changes.append((Kind.REPLIED, root))
    for rows in (PostRevision, Report, Attachment):
        rows.objects.filter(post__in=post_ids).delete()
    _write(channel_id, changes)


@transaction.atomic
def remove_files(*, channel_id: int, post_ids: Sequence[int]) -> None:
    """Remove the files of posts of one channel, and keep their words; the sweep drops bytes that nothing else needs."""
    posts = _lock(channel_id, post_ids)
    changes: list[Change] = []
    for post in (posts[post_id] for post_id in post_ids if post_id in posts):
        if post.files:
            post.files = []
            post.save(update_fields=["files"])
            search.renew(post)
            changes.append((Kind.EDITED, post))
    Attachment.objects.filter(post__in=post_ids).delete()
    PostRevision.objects.filter(post__in=post_ids).update(files=[])
    _write(channel_id, changes)


def _lock(channel_id: int, post_ids: Sequence[int]) -> dict[int, Post]:
    """Lock the posts and the first ones of their threads, by id: an answer's id is the larger one, as others lock."""
    roots = Post.objects.filter(pk__in=post_ids, root__isnull=False).values("root")
    wanted = Post.objects.filter(Q(pk__in=post_ids) | Q(pk__in=roots), channel=channel_id).for_cards()
    locked = wanted.select_for_update(of=("self",), no_key=True).order_by("pk")
    return {post.pk: post for post in locked}


def _write(channel_id: int, changes: list[Change]) -> None:
    if not changes:
        return
    taken = take(channel_id, events=len(changes))
    correct_newest(changes[0][1].channel)
    log.write(taken, changes, None)
