"""Give and take back reactions. Giving twice is giving."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.posts import access, custom_emoji
from corpblog.posts.errors import Archived, BadReaction, EmojiRetired, TooManyReactions, no_such_post
from corpblog.posts.models import ChannelEvent, Post, Reaction
from corpblog.posts.reactions import MOST_KINDS, known
from corpblog.posts.selectors import post_for
from corpblog.posts.services.log import log

REACTIONS = Limit("reactions", 120, timedelta(minutes=1))


@transaction.atomic
def react(*, by: Person, post_id: int, emoji: str) -> Post:
    """Put one's emoji on a post; raise TooManyReactions where it would be one kind too many."""
    emoji, post = _known(emoji), _lock(by, post_id)
    if emoji not in post.reactions and len(post.reactions) >= MOST_KINDS:
        raise TooManyReactions(MOST_KINDS)
    _row, created = Reaction.objects.get_or_create(post=post, person=by, emoji=emoji)
    return _count(post, by) if created else post


@transaction.atomic
def unreact(*, by: Person, post_id: int, emoji: str) -> Post:
    """Take one's emoji back, a retired one of the company too."""
    emoji, post = _known(emoji, retired_too=True), _lock(by, post_id)
    gone, _rows = Reaction.objects.filter(post=post, person=by, emoji=emoji).delete()
    return _count(post, by) if gone else post


def _known(emoji: str, *, retired_too: bool = False) -> str:
    own = custom_emoji.meant(emoji)
    if own is not None and (retired_too or own.retired_at is None):
        return own.code
    if own is not None:
        raise EmojiRetired(own.code)
    found = known(emoji)
    if found is None:
        raise BadReaction
    return found


def _lock(by: Person, post_id: int) -> Post:
    """Lock the post before its reactions are counted: two who count at once would each miss the other."""
    seen = post_for(by, post_id)
    if not seen.channel.is_open:
        raise Archived
    if not access.can_react(by, seen):
        raise NotAllowed(_("You cannot react to this post."), post=seen.pk)
    REACTIONS.hit(str(by.pk))
    post: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
    if post.is_deleted:
        raise no_such_post()
    return post


def _count(post: Post, by: Person) -> Post:
    given = Reaction.objects.filter(post=post).values_list("emoji").annotate(people=Count("pk"))
    post.reactions = dict(given)
    post.save(update_fields=["reactions"])
    log((ChannelEvent.Kind.REACTED, post), by=by)
    return post
