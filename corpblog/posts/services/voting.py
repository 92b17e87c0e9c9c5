"""Vote in a poll, once and for good, and end it when its time has come."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.errors import Archived
from corpblog.posts.events import PollClosed, poll_closed
from corpblog.posts.models import Ballot, BallotChoice, ChannelEvent, Poll, Post
from corpblog.posts.selectors import post_for
from corpblog.posts.services.log import log

VOTES: Final = Limit("votes", 60, timedelta(minutes=1))
_AT_ONCE: Final = 100


@transaction.atomic
def vote(*, by: Person, post_id: int, choices: Collection[int]) -> Post:
    """Choose answers of a poll by their place, from 0; the same vote again is the same vote, another one is refused."""
    seen = post_for(by, post_id)
    if not seen.channel.is_open:
        raise Archived
    if not access.can_vote(by, seen):
        raise NotFound(_("This post is no poll."))
    VOTES.hit(str(by.pk))
    # Locked before the votes are counted: two who count at once would each miss the other.
    post: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
    poll = Poll.objects.filter(post=post).first()
    if poll is None:
        raise NotFound(_("This post is no poll."))
    chosen = _checked(poll, choices)
    earlier = Ballot.objects.filter(poll=poll, person=by).first()
    if earlier is not None:
        if set(earlier.choices.values_list("option__position", flat=True)) == chosen:
            return post
        raise Conflict(_("You voted already. A vote cannot be changed."))
    if poll.closed_at or poll.ends_at <= clock.now():
        raise Conflict(_("This poll is over."))
    _cast(poll, by, chosen)
    return _count(post, poll, by)


def _checked(poll: Poll, choices: Collection[int]) -> set[int]:
    chosen = set(choices)
    if not chosen or not chosen <= set(poll.options.values_list("position", flat=True)):
        raise Invalid(_("Choose an answer, then vote."))
    if len(chosen) > 1 and not poll.is_multiple:
        raise Invalid(_("This poll takes one answer."))
    return chosen


def _cast(poll: Poll, by: Person, chosen: set[int]) -> None:
    try:
        with transaction.atomic():
            ballot = Ballot.objects.create(poll=poll, person=by)
    except IntegrityError as error:
        raise Conflict(_("You voted already. A vote cannot be changed.")) from error
    BallotChoice.objects.bulk_create(
        BallotChoice(ballot=ballot, option=option, is_only=not poll.is_multiple)
        for option in poll.options.filter(position__in=chosen)
    )


def _count(post: Post, poll: Poll, by: Person) -> Post:
    rows = BallotChoice.objects.filter(ballot__poll=poll).values_list("option__position")
    votes = dict(rows.annotate(people=Count("pk")))
    options = [option | {"votes": votes.get(place, 0)} for place, option in enumerate(post.part["options"])]
    post.part = post.part | {"options": options, "voters": poll.ballots.count()}
    post.save(update_fields=["part"])
    log((ChannelEvent.Kind.CHANGED, post), by=by)
    return post


def is_due() -> bool:
    """Whether a poll's time has come."""
    return Poll.objects.filter(closed_at__isnull=True, ends_at__lte=clock.now()).exists()


def close_due() -> None:
    """End the polls whose time has come; the worker calls this."""
    due = Poll.objects.filter(closed_at__isnull=True, ends_at__lte=clock.now())
    for post_id in due.order_by("ends_at").values_list("pk", flat=True)[:_AT_ONCE]:
        _close(post_id)


@transaction.atomic
def _close(post_id: int) -> None:
    post: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=post_id)
    if not Poll.objects.filter(pk=post_id, closed_at__isnull=True).update(closed_at=clock.now()):
        return
    post.part = post.part | {"is_closed": True}
    post.save(update_fields=["part"])
    poll_closed.publish(PollClosed(post.pk))
    log((ChannelEvent.Kind.CHANGED, post), by=post.author)
