"""Take a post away. Its replies stay, under a stone that says so; its words stay in the revisions, for evidence.

Its files go. The sweep drops their bytes, unless another post or what was decided about refers to them.
"""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.posts import access, passages, search
from corpblog.posts.errors import no_such_post
from corpblog.posts.models import (
    Announcement,
    Attachment,
    ChannelEvent,
    Mention,
    Pin,
    Poll,
    Post,
    PostTag,
    PraisedPerson,
    Reaction,
)
from corpblog.posts.selectors import post_for
from corpblog.posts.services import log
from corpblog.teams.models import Channel
from corpblog.teams.services import set_newest, take

Kind = ChannelEvent.Kind


@transaction.atomic
def delete(*, by: Person, post_id: int) -> Post:
    """Delete one's own post, or one in a channel that one looks after."""
    seen = post_for(by, post_id)
    if not access.can_delete(by, seen):
        raise NotAllowed(_("Only its author or an owner of the channel can delete a post."), post=seen.pk)
    root, post = _lock(seen)
    if post.is_deleted:
        raise no_such_post()
    silence(post, Post.Remover.AUTHOR if by.pk == post.author_id else Post.Remover.OWNER)
    changes = [(Kind.DELETED, post)]
    if root is not None:
        shrink(root)
        changes.append((Kind.REPLIED, root))
    if by.pk != post.author_id:
        record(action="post.deleted", actor_id=by.pk, subject=f"post:{post.pk}", author=post.author_id)
    taken = take(post.channel_id, events=len(changes))
    if not (root or post).is_listed:
        correct_newest(post.channel)
    log.write(taken, changes, by)
    return post


def _lock(seen: Post) -> tuple[Post | None, Post]:
    """Lock the thread's first post, then the post: the order that answering uses, so the two cannot deadlock."""
    root: Post | None = None
    if seen.root_id:
        root = Post.objects.select_for_update(no_key=True).get(pk=seen.root_id)
    return root, Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=seen.pk)


def silence(post: Post, remover: Post.Remover) -> None:
    """Leave a stone of a locked post: no words, no files, nothing that people did with it."""
    search.unindex(post)
    search.keep_past(post)
    post.text = post.html = post.folded = post.stems = post.kind = ""
    post.reactions, post.files, post.part, post.best, post.linked_page = {}, [], {}, None, None
    post.deleted_at, post.deleted_by = clock.now(), remover
    post.is_listed = post.is_listed and post.reply_count > 0
    said = ["text", "html", "folded", "stems", "kind", "part", "best", "linked_page", "files", "reactions"]
    post.save(update_fields=[*said, "deleted_at", "deleted_by", "is_listed"])
    # The index holds every post, also the one without words, so that its integrity check stays meaningful.
    search.index(post)
    passages.forget(post)
    for rows in (Announcement, Attachment, Mention, Pin, Poll, PostTag, PraisedPerson, Reaction):
        rows.objects.filter(post=post).delete()


def shrink(root: Post) -> None:
    """Count one reply less; a stone without replies is no longer listed."""
    alive = Post.objects.alive().filter(root=root)
    root.reply_count, root.last_reply_at = alive.count(), alive.aggregate(last=Max("created_at"))["last"]
    root.is_listed = not root.is_deleted or root.reply_count > 0
    if root.best_id and not alive.filter(pk=root.best_id).exists():
        root.best = None
    root.save(update_fields=["best", "reply_count", "last_reply_at", "is_listed"])


def correct_newest(channel: Channel) -> None:
    """Keep true what the channel says of its newest listed post. Call it with numbers taken: it needs their lock."""
    newest = Post.objects.in_channel(channel).listed().aggregate(post_id=Max("pk"), number=Max("number"))
    set_newest(channel.pk, post_id=newest["post_id"], number=newest["number"] or 0)
