"""What a schedule would remove now, and what keeps the rest of it: a hold, a share on its way, an open report."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from corpblog.desk.covering import held
from corpblog.desk.models import Schedule
from corpblog.kernel import clock
from corpblog.kernel.ids import first_id_at
from corpblog.notifications.models import Notice
from corpblog.posts.models import Post, PostQuerySet, PostRevision, Report
from corpblog.sharing.models import Share
from corpblog.teams.models import Channel

Kind = Schedule.Kind


@dataclass(frozen=True)
class Foreseen:
    """What a schedule would remove now, and what of that age stays: under a hold, or because it is still in use."""

    goes: int
    held: int
    in_use: int


def foreseen(schedule: Schedule) -> Foreseen:
    """Count, for a schedule in force or one that is only proposed."""
    if schedule.days is None:
        return Foreseen(0, 0, 0)
    if schedule.kind == Kind.NOTICES:
        return Foreseen(due(schedule).count(), 0, 0)
    old = _old_posts(schedule)
    is_held, is_used = old.filter(held()).count(), old.exclude(held()).filter(in_use()).count()
    return Foreseen(old.count() - is_held - is_used, is_held, is_used)


def due(schedule: Schedule) -> QuerySet[Any]:
    """Return what the schedule removes now, oldest first: notices, or posts of which something goes."""
    assert schedule.days is not None
    if schedule.kind == Kind.NOTICES:
        return Notice.objects.filter(created_at__lt=_limit(schedule)).order_by("pk")
    return _old_posts(schedule).exclude(held()).exclude(in_use()).order_by("pk")


def remove_past(schedule: Schedule, post_ids: list[int]) -> None:
    """Remove the versions of these posts that a schedule for the past is about, and what reports quote of them."""
    PostRevision.objects.filter(_is_past(_limit(schedule)), post__in=post_ids).delete()
    Report.objects.filter(post__in=post_ids, post__deleted_at__lt=_limit(schedule)).delete()


def _limit(schedule: Schedule) -> datetime:
    assert schedule.days is not None
    return clock.now() - timedelta(days=schedule.days)


def _old_posts(schedule: Schedule) -> PostQuerySet:
    limit = _limit(schedule)
    posts: PostQuerySet = Post.objects.filter(channel__in=_channels(schedule))
    if schedule.kind == Kind.PAST:
        return posts.filter(Exists(PostRevision.objects.filter(_is_past(limit), post=OuterRef("pk"))))
    # Ids sort by time: the bound on them is what an index serves.
    posts = posts.filter(pk__lt=first_id_at(limit), created_at__lt=limit)
    if schedule.kind == Kind.FILES:
        return posts.filter(Exists(PostRevision.objects.filter(post=OuterRef("pk")).exclude(files=[])))
    return posts.filter(Exists(PostRevision.objects.filter(post=OuterRef("pk"))))


def _is_past(limit: datetime) -> Q:
    """Versions that were replaced, or whose post was deleted, before the limit."""
    following = PostRevision.objects.filter(
        post=OuterRef("post"), version=OuterRef("version") + 1, created_at__lt=limit
    )
    # The last edit tells of those whose following version is gone already.
    replaced = Q(Exists(following)) | Q(post__edited_at__lt=limit)
    return (Q(version__lt=F("post__version")) & replaced) | Q(post__deleted_at__lt=limit)


def in_use() -> Q:
    """Whether somebody still decides about the post: a share that may leave, a report that waits."""
    shares = Share.objects.filter(post=OuterRef("pk"), state__in=Share.OPEN)
    reports = Report.objects.filter(post=OuterRef("pk"), closed_at__isnull=True)
    return Q(Exists(shares)) | Q(Exists(reports))


def _channels(schedule: Schedule) -> QuerySet[Channel]:
    channels = Channel.objects.all()
    if schedule.channel_id is not None:
        return channels.filter(pk=schedule.channel_id)
    if schedule.kind == Kind.CONVERSATIONS:
        return channels.filter(kind=Channel.Kind.DIRECT)
    if schedule.kind == Kind.POSTS:
        channels = channels.exclude(kind=Channel.Kind.DIRECT)
    own = Schedule.objects.in_force().filter(kind=schedule.kind, channel__isnull=False)
    return channels.exclude(pk__in=own.values("channel"))
