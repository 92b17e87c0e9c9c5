"""Holds as officers and auditors read them: what each covers, in numbers, and what became of it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import trail
from corpblog.desk import access
from corpblog.desk.covering import covered_by
from corpblog.desk.models import Erasure, Hold, Schedule
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.posts.models import PostRevision
from corpblog.sharing.models import Share


@dataclass(frozen=True)
class Covered:
    """How much a hold covers: posts (deleted ones among them), all their versions, files, and shares made of them."""

    posts: int
    deleted: int
    versions: int
    files: int
    shares: int


@dataclass(frozen=True)
class HeldThing:
    """A hold with what it covers, and what the reader may do with it.

    covered: None while the number alone would tell one officer who wrote the words that they see under a pseudonym.
    steps: its entries in the audit log, each with who it was.
    """

    hold: Hold
    covered: Covered | None
    may_rule: bool
    steps: list[tuple[AuditEntry, Person | None]]


def holds(reader: Person) -> list[HeldThing]:
    """Return the holds that stand and then those that were lifted, newest first."""
    access.check_may_read(reader)
    rows = sorted(Hold.objects.for_pages().order_by("-pk"), key=lambda hold: not hold.is_standing)
    return [_thing(reader, hold, []) for hold in rows]


def hold_of(reader: Person, hold_id: int) -> HeldThing:
    """Return one hold with its audit trail."""
    access.check_may_read(reader)
    hold = Hold.objects.for_pages().filter(pk=hold_id).first()
    if hold is None:
        raise NotFound(_("There is no such hold."))
    entries = trail(hold.subject)
    people = Person.objects.get_queryset().in_bulk({entry.actor_id for entry in entries if entry.actor_id})
    return _thing(reader, hold, [(entry, people.get(entry.actor_id or 0)) for entry in entries])


def waiting_for_second(reader: Person) -> int:
    """Return how many holds, schedules and erasures wait for a second officer who may be the reader; one query.

    The page asked for access already.
    """
    asked = Q(agreed_at__isnull=True) & ~Q(asked_by=reader)
    lifts = Q(lift_asked_at__isnull=False) & ~Q(lift_asked_by=reader)
    waiting = Hold.objects.standing().filter(asked | lifts).exclude(person=reader)
    schedules = Schedule.objects.proposed().exclude(proposed_by=reader)
    erasures = Erasure.objects.filter(agreed_at__isnull=True, dropped_at__isnull=True).exclude(asked_by=reader)
    return int(waiting.values("pk").union(schedules.values("pk"), erasures.values("pk"), all=True).count())


def _thing(reader: Person, hold: Hold, steps: list[tuple[AuditEntry, Person | None]]) -> HeldThing:
    may_rule = access.can_review(reader) and access.may_rule_on_hold(reader, hold)
    return HeldThing(hold, None if _tells_a_name(hold) else covered(hold), may_rule, steps)


def _tells_a_name(hold: Hold) -> bool:
    """Whether it names somebody, if by their storyline, where the desk has pseudonyms and no second officer agreed."""
    channel = hold.channel
    names = hold.person_id is not None or (channel is not None and (channel.is_storyline or channel.is_direct))
    return names and settings.DESK_PSEUDONYMS and hold.agreed_at is None


def covered(hold: Hold) -> Covered:
    """Count what a hold covers."""
    posts = covered_by(hold)
    numbers = posts.aggregate(posts=Count("pk"), deleted=Count("pk", filter=Q(deleted_at__isnull=False)))
    versions = PostRevision.objects.filter(post__in=posts)
    carried = versions.exclude(files=[]).values_list("files", flat=True)
    files = {file["sha256"] for carrying in carried for file in carrying}
    shares = Share.objects.filter(post__in=posts).count()
    return Covered(numbers["posts"], numbers["deleted"], versions.count(), len(files), shares)
