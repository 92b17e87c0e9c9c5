"""Tell people, and let them say that they know."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from corpblog.kernel import clock
from corpblog.notifications.events import NoticeMade, NoticesRead, notice_made, notices_read
from corpblog.notifications.models import Notice, Reach
from corpblog.notifications.selectors import unread_count
from corpblog.notifications.wishes import how_far, plan
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.teams.models import Channel


@transaction.atomic
def notify(
    *,
    person: Person,
    kind: Notice.Kind | str,
    actor: Person | None = None,
    post: Post | None = None,
    channel: Channel | None = None,
    facts: Mapping[str, Any] | None = None,
    url: str = "",
) -> Notice | None:
    """Tell somebody something, unless they left, did it themselves or do not wish to hear of such things.

    facts: ids and states that name the thing; never words that somebody wrote, for they may be held.
    """
    if not person.is_active or (actor is not None and actor.pk == person.pk):
        return None
    if how_far(person, kind) == Reach.How.OFF:
        return None
    made: Notice = Notice.objects.create(
        person=person, kind=kind, actor=actor, post=post, channel=channel, facts=dict(facts or {}), url=url
    )
    plan(made)
    notice_made.publish(NoticeMade(person.pk, made.pk))
    return made


@transaction.atomic
def mark_read(*, by: Person, notice_ids: Collection[int] | None = None, upto: int | None = None) -> int:
    """Note that somebody saw these notices, those up to a number, or all; return how many are unread now."""
    unread = Notice.objects.of(by).unread()
    if notice_ids is not None:
        unread = unread.filter(pk__in=list(notice_ids))
    if upto is not None:
        unread = unread.filter(pk__lte=upto)
    changed = unread.update(read_at=clock.now())
    left = unread_count(by)
    if changed:
        notices_read.publish(NoticesRead(by.pk, left))
    return left
