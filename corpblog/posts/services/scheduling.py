"""Post at a time: exactly once, with the rights that its author has then, under the policy of then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, CorpblogError, TooMany
from corpblog.kernel.instants import typed
from corpblog.people.models import Person
from corpblog.posts import parts
from corpblog.posts.cleaning import clean
from corpblog.posts.events import ScheduleReturned, schedule_returned
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Post, ScheduledPost
from corpblog.posts.scheduled import scheduled_for
from corpblog.posts.services import attaching
from corpblog.posts.services.judging import judge
from corpblog.posts.services.publishing import must_write, publish
from corpblog.teams.models import Channel

LEASE: Final = timedelta(minutes=5)
MOST: Final = 100
_AT_ONCE: Final = 50

State = ScheduledPost.State
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wanted:
    """What is to be posted, as a composer says it. at: a wall clock's time, on its author's clock."""

    channel: Channel
    text: str
    at: str
    fields: Mapping[str, Sequence[str]]
    files: Sequence[Wish] = ()
    reason: str = ""


def schedule(*, by: Person, wanted: Wanted) -> ScheduledPost:
    """Keep a post for its time; raise now what would keep it from being posted now."""
    row = ScheduledPost(author=by)
    _fill(row, wanted)
    if ScheduledPost.objects.filter(author=by).count() >= MOST:
        raise Conflict(_("You have %(limit)s scheduled posts. Take one away first.") % {"limit": MOST})
    return _store(row, wanted.files)


def reschedule(*, by: Person, number: int, wanted: Wanted) -> ScheduledPost:
    """Change a scheduled post, as long as it waits; what was returned waits again."""
    row = scheduled_for(by, number)
    _fill(row, wanted)
    return _store(row, wanted.files)


def _fill(row: ScheduledPost, wanted: Wanted) -> None:
    """Set everything on the row, checked as if it was posted now, and its part as of its time."""
    by, channel = row.author, wanted.channel
    row.send_at, row.zone = typed(wanted.at, by.zone.key), by.zone.key
    cleaned = clean(wanted.text, may_be_empty=bool(wanted.files))
    must_write(by, channel, None)
    with clock.standing_at(row.send_at):
        part = parts.read(wanted.fields, by)
        if part:
            part.check(channel)
    carried = [attachment.facts for attachment in attaching.wished(by, wanted.files)]
    beside = parts.beside(part.kind, part.facts) if part else {}
    judge(by=by, channel=channel, text=cleaned, carried=carried, beside=beside, reason=wanted.reason)
    row.channel, row.text, row.fields, row.reason = channel, cleaned, dict(wanted.fields), wanted.reason.strip()[:300]
    row.files = [[wish.file_id, wish.alt, wish.is_decorative] for wish in wanted.files]
    row.state, row.why = State.WAITING, ""


@transaction.atomic
def _store(row: ScheduledPost, files: Sequence[Wish]) -> ScheduledPost:
    if row._state.adding:
        row.save(force_insert=True)
    else:
        # A worker that took it meanwhile posts what it read: two versions of one post must not both appear.
        if not _free(row.pk).select_for_update().exists():
            raise Conflict(_("This post is being posted right now. Look at it there, and edit it."))
        row.leased_at = None
        row.save(force_update=True)
    mine = Attachment.objects.filter(owner=row.author_id, post__isnull=True)
    mine.filter(pk__in=[wish.file_id for wish in files]).update(place=place_of(row), removed_at=None)
    return row


def place_of(row: ScheduledPost) -> str:
    """Return the composer's place of a scheduled post: its files lie there."""
    return f"scheduled:{row.pk}"


@transaction.atomic
def cancel(*, by: Person, number: int) -> None:
    """Take a scheduled post away, with its files."""
    row = scheduled_for(by, number)
    if not _free(row.pk).select_for_update().exists():
        raise Conflict(_("This post is being posted right now. Look at it there, and delete it."))
    Attachment.objects.filter(owner=by, post__isnull=True, place=place_of(row)).delete()
    row.delete()


def post_now(*, by: Person, number: int) -> Post:
    """Post a scheduled post at once; raise what keeps it from being posted, and it waits as before."""
    row = scheduled_for(by, number)
    before = (row.state, row.why)
    if not _take(_free(row.pk)):
        raise Conflict(_("This post is being posted right now."))
    try:
        return _post(row)
    except CorpblogError:
        ScheduledPost.objects.filter(pk=row.pk).update(state=before[0], why=before[1], leased_at=None)
        raise


def is_due() -> bool:
    """Whether a scheduled post's time has come."""
    return _due().exists()


def post_due() -> None:
    """Post what is due; the worker calls this. One that fails keeps no other back."""
    for row in _due().select_related("author", "channel__person").order_by("send_at")[:_AT_ONCE]:
        if not _take(_due().filter(pk=row.pk)):
            continue
        try:
            with translation.override(row.author.spoken_language):
                _try(row)
        except Exception:
            log.exception("scheduled_post_failed", scheduled=row.pk)


def _try(row: ScheduledPost) -> None:
    mine = ScheduledPost.objects.filter(pk=row.pk)
    try:
        _post(row)
    except TooMany as error:
        later = clock.now() + timedelta(seconds=error.retry_after)
        mine.update(state=State.WAITING, send_at=later, leased_at=None)
    except CorpblogError as error:
        with transaction.atomic():
            mine.update(state=State.RETURNED, why=error.message, leased_at=None)
            schedule_returned.publish(ScheduleReturned(row.author_id))


def _post(row: ScheduledPost) -> Post:
    """Post it. The key makes it once: a worker that died after posting is answered with the post that is there."""
    post = publish(
        by=row.author,
        channel=row.channel,
        text=row.text,
        idempotency_key=f"scheduled:{row.pk}",
        reason=row.reason,
        files=[Wish(number, alt, is_decorative=bare) for number, alt, bare in row.files],
        part=parts.read(row.fields, row.author),
    )
    ScheduledPost.objects.filter(pk=row.pk).delete()
    return post


def _take(rows: QuerySet[ScheduledPost]) -> bool:
    """Lease the one row; whoever changes it first has it."""
    return bool(rows.update(state=State.POSTING, leased_at=clock.now()))


def _free(number: int) -> QuerySet[ScheduledPost]:
    return ScheduledPost.objects.filter(_not_leased(), pk=number)


def _due() -> QuerySet[ScheduledPost]:
    rows = ScheduledPost.objects.filter(_not_leased(), send_at__lte=clock.now())
    return rows.exclude(state=State.RETURNED)


def _not_leased() -> Q:
    return ~Q(state=State.POSTING) | Q(leased_at__lt=clock.now() - LEASE)
