"""Keep what people wrote for as long as the company says: propose a schedule, agree to it, and carry it out."""

from collections import defaultdict
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access, due
from corpblog.desk.models import Schedule
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.posts import services as posts
from corpblog.posts.models import Post
from corpblog.teams.models import Channel

log = structlog.get_logger(__name__)

AT_ONCE: Final = 50  # posts in one transaction, which takes a quarter of a second: what others wait for at most
IN_A_ROUND: Final = 2_000
Kind = Schedule.Kind


def preview_schedule(*, by: Person, kind: str, channel: str, days: int | None) -> due.Foreseen:
    """Return what a schedule would remove if it were in force now; nothing is stored."""
    access.check_may_act(by)
    return due.foreseen(_checked(kind, channel, days))


@transaction.atomic
def propose_schedule(*, by: Person, kind: str, channel: str, days: int | None) -> Schedule:
    """Propose that what is so many days old goes, or without days that a channel keeps all; another officer agrees.

    channel: its address; empty for wherever no schedule of its own stands.
    """
    access.check_may_act(by)
    schedule = _checked(kind, channel, days)
    schedule.proposed_by, schedule.proposed_at = by, clock.now()
    schedule.foreseen = due.foreseen(schedule).goes
    schedule.save(force_insert=True)
    record(
        action="retention.proposed",
        actor_id=by.pk,
        subject=schedule.subject,
        kind=kind,
        channel=schedule.channel_id,
        days=days,
        foreseen=schedule.foreseen,
    )
    return schedule


@transaction.atomic
def agree_to_schedule(*, by: Person, schedule_id: int) -> Schedule:
    """Put it in force as a second officer, in place of the one that stood there."""
    schedule = _open(by, schedule_id)
    if schedule.agreed_at is not None:
        raise Conflict(_("This schedule is in force already."))
    access.check_is_second(by, schedule.proposed_by_id)
    before = Schedule.objects.in_force().filter(kind=schedule.kind, channel=schedule.channel_id)
    before.update(ended_by=by, ended_at=clock.now())
    schedule.agreed_by, schedule.agreed_at = by, clock.now()
    schedule.save(update_fields=["agreed_by", "agreed_at"])
    record(
        action="retention.put_in_force", actor_id=by.pk, subject=schedule.subject, proposed_by=schedule.proposed_by_id
    )
    return schedule


@transaction.atomic
def end_schedule(*, by: Person, schedule_id: int) -> Schedule:
    """Take a proposal back, or end what is in force: what is there from now on stays, which one officer may decide.

    What a channel keeps for good is protection, so ending that takes a proposal that replaces it.
    """
    schedule = _open(by, schedule_id)
    if schedule.is_in_force and schedule.days is None:
        raise Conflict(_("Propose another schedule for this channel; it takes the place of this one."))
    schedule.ended_by, schedule.ended_at = by, clock.now()
    schedule.save(update_fields=["ended_by", "ended_at"])
    record(action="retention.ended", actor_id=by.pk, subject=schedule.subject)
    return schedule


def retain() -> int:
    """Remove what is due under the schedules in force, in small batches; return how much. The worker calls this."""
    left = IN_A_ROUND
    for schedule in Schedule.objects.in_force().exclude(days=None).order_by("pk"):
        while left > 0 and (done := _batch(schedule.pk, min(left, AT_ONCE))):
            left -= done
    return IN_A_ROUND - left


@transaction.atomic
def _batch(schedule_id: int, most: int) -> int:
    # Locked: whoever ends it meanwhile waits for this batch, and there is no next one.
    schedule = Schedule.objects.in_force().select_for_update(no_key=True).filter(pk=schedule_id).first()
    if schedule is None:
        return 0
    found = list(due.due(schedule).values_list("pk", flat=True)[:most])
    if not found:
        return 0
    if schedule.kind == Kind.NOTICES:
        Notice.objects.filter(pk__in=found).delete()
    elif schedule.kind == Kind.PAST:
        due.remove_past(schedule, found)
    else:
        _by_channel(schedule, found)
    Schedule.objects.filter(pk=schedule.pk).update(removed=F("removed") + len(found))
    record(action="retention.removed", actor_id=None, subject=schedule.subject, kind=schedule.kind, count=len(found))
    log.info("retention_removed", schedule=schedule.pk, kind=schedule.kind, count=len(found))
    return len(found)


def _by_channel(schedule: Schedule, post_ids: list[int]) -> None:
    channels: dict[int, list[int]] = defaultdict(list)
    for pk, channel_id in Post.objects.filter(pk__in=post_ids).order_by("pk").values_list("pk", "channel_id"):
        channels[channel_id].append(pk)
    remove = posts.remove_files if schedule.kind == Kind.FILES else posts.remove
    for channel_id in sorted(channels):
        remove(channel_id=channel_id, post_ids=channels[channel_id])


def _open(by: Person, schedule_id: int) -> Schedule:
    access.check_may_act(by)
    schedule: Schedule | None = Schedule.objects.select_for_update(no_key=True).filter(pk=schedule_id).first()
    if schedule is None:
        raise NotFound(_("There is no such schedule."))
    if schedule.ended_at is not None:
        raise Conflict(_("This schedule was ended."))
    return schedule


def _checked(kind: str, channel: str, days: int | None) -> Schedule:
    if kind not in Kind.values:
        raise Invalid(_("Choose what the schedule is about."))
    if days is not None and not Schedule.FEWEST_DAYS <= days <= Schedule.MOST_DAYS:
        raise Invalid(_("Keep it for a week at least, and for a hundred years at most."))
    slug = channel.strip().removeprefix("#").replace("\x00", "").lower()
    found = Channel.objects.filter(slug=slug).first() if slug else None
    if slug and found is None:
        raise Invalid(_("No channel has the address %(name)s.") % {"name": slug})
    if found is not None and (kind not in Schedule.OF_A_CHANNEL or found.is_direct):
        raise Invalid(_("Only posts, their files and what was deleted have schedules by channel."))
    if found is None and days is None:
        raise Invalid(_("Say after how many days. Only of one channel you can say that it keeps all."))
    return Schedule(kind=kind, channel=found, days=days)
