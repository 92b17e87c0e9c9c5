"""Put posts at the head of their channel, and take them down."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.errors import TooManyPins
from corpblog.posts.models import ChannelEvent, Pin, Post
from corpblog.posts.selectors import post_for
from corpblog.posts.services.log import log
from corpblog.teams.models import Channel

MOST_PINS: Final = 10


@transaction.atomic
def pin(*, by: Person, post_id: int) -> Post:
    """Pin a post; pinning twice is pinning. Raises TooManyPins where ten are pinned."""
    post = _mine_to_pin(by, post_id)
    # One at a time per channel, so that two owners cannot pin an eleventh together.
    Channel.objects.select_for_update(of=("self",), no_key=True).get(pk=post.channel_id)
    if Pin.objects.filter(post=post).exists():
        return post
    if Pin.objects.filter(channel=post.channel_id).count() >= MOST_PINS:
        raise TooManyPins(MOST_PINS)
    Pin.objects.create(post=post, channel=post.channel, by=by)
    record(action="post.pinned", actor_id=by.pk, subject=f"post:{post.pk}")
    log((ChannelEvent.Kind.PINNED, post), by=by)
    return post


@transaction.atomic
def unpin(*, by: Person, post_id: int) -> Post:
    """Take a pinned post down."""
    post = _mine_to_pin(by, post_id)
    if Pin.objects.filter(post=post).delete()[0]:
        record(action="post.unpinned", actor_id=by.pk, subject=f"post:{post.pk}")
        log((ChannelEvent.Kind.PINNED, post), by=by)
    return post


def _mine_to_pin(by: Person, post_id: int) -> Post:
    post = post_for(by, post_id)
    if not access.can_pin(by, post):
        raise NotAllowed(_("Only who looks after the channel pins posts."), post=post.pk)
    return post
