"""Acknowledge an announcement, and remind who did not."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.announcements import missing
from corpblog.posts.errors import Archived, no_such_post
from corpblog.posts.events import ReminderDue, reminder_due
from corpblog.posts.models import Acknowledgement, Announcement, ChannelEvent, Post
from corpblog.posts.selectors import post_for
from corpblog.posts.services.log import log

REMINDERS: Final = Limit("reminders", 3, timedelta(days=1))
_AT_ONCE: Final = 100


@transaction.atomic
def acknowledge(*, by: Person, post_id: int) -> Post:
    """Say that one read an announcement; saying it twice is saying it."""
    seen = post_for(by, post_id)
    if not seen.channel.is_open:
        raise Archived
    if seen.kind != Post.Kind.ANNOUNCEMENT:
        raise NotFound(_("This post is no announcement."))
    if not access.can_acknowledge(by, seen):
        raise NotAllowed(_("You wrote this announcement: others acknowledge it."), post=seen.pk)
    # Locked, so that it is not deleted between the look and the row.
    post: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
    if post.is_deleted:
        raise no_such_post()
    _row, is_new = Acknowledgement.objects.get_or_create(announcement_id=post.pk, person=by)
    if is_new:
        log((ChannelEvent.Kind.CHANGED, post), by=by)
    return post


@transaction.atomic
def remind(*, by: Person, post_id: int) -> int:
    """Remind everybody who did not acknowledge, at most three times a day; return how many they are."""
    post = post_for(by, post_id)
    if post.kind != Post.Kind.ANNOUNCEMENT:
        raise NotFound(_("This post is no announcement."))
    if not access.can_follow_up(by, post):
        raise NotAllowed(_("Its author, and who looks after the channel, remind."), post=post.pk)
    REMINDERS.hit(str(post.pk))
    count = missing(post).count()
    record(action="post.reminded", actor_id=by.pk, subject=f"post:{post.pk}", people=count)
    reminder_due.publish(ReminderDue(post.pk))
    return count


def is_due() -> bool:
    """Whether a reminder's time has come."""
    return _due().exists()


def remind_due() -> None:
    """Remind where the time has come, once; the worker calls this."""
    for announcement in _due()[:_AT_ONCE]:
        with transaction.atomic():
            # Whoever writes it down first reminds.
            mine = Announcement.objects.filter(pk=announcement.pk, reminded_at__isnull=True)
            if mine.update(reminded_at=clock.now()):
                reminder_due.publish(ReminderDue(announcement.pk))


def _due() -> QuerySet[Announcement]:
    return Announcement.objects.filter(due_at__lte=clock.now(), reminded_at__isnull=True).order_by("due_at")
