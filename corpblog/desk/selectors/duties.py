"""Whether what takes two people took two, and who had roles that should be apart; see the roles in docs/admin/roles.md.

The database refuses most of it, so every number of acts by one person is 0 as long as nobody reached around Corpblog.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Model, Q, QuerySet

from corpblog.audit.models import AuditEntry
from corpblog.desk.models import Appeal, Erasure, Hold, Schedule, Unmasking
from corpblog.people.models import Person, Role, RoleGrant
from corpblog.policy.models import PolicyVersion
from corpblog.sharing.models import Decision, Hand, TargetChange

Period = tuple[datetime, datetime]

_MAKES: Final = (Role.POLICY_ADMIN, Role.CONNECTOR_ADMIN, Role.SYSTEM_ADMIN)
# Who decides and who makes what is decided by, or where it goes; who decides and who asks for the company; who looks
# over everybody's shoulder and who acts.
APART: Final[tuple[tuple[Role, Role], ...]] = (
    *((Role.COMPLIANCE, role) for role in (*_MAKES, Role.COMMUNICATIONS)),
    *((Role.AUDITOR, role) for role in (Role.COMPLIANCE, *_MAKES)),
    (Role.POLICY_ADMIN, Role.CONNECTOR_ADMIN),
)


@dataclass(frozen=True)
class Overlap:
    """Somebody who had two roles in the period that should be apart. is_over: at least one of them went since."""

    person: str
    roles: tuple[Role, Role]
    is_over: bool


@dataclass(frozen=True)
class Duty:
    """What takes two people: how often it was done in the period, and how often by one and the same."""

    name: str
    acts: int
    by_one: int


def overlaps(period: Period) -> list[Overlap]:
    """Return the overlaps of roles in the period, by name; a role that went in the period, or after it, counts."""
    held, had = _held(period[1]), _gone(period)
    people = Person.objects.in_bulk({pk for pk, _role in held | had})
    found = [
        Overlap(people[pk].display_name, pair, is_over=any((pk, role) not in held for role in pair))
        for pk in people
        for pair in APART
        if all((pk, role) in held | had for role in pair)
    ]
    return sorted(found, key=lambda each: (each.person.casefold(), APART.index(each.roles)))


def _held(until: datetime) -> set[tuple[int, Role]]:
    grants = RoleGrant.objects.filter(granted_at__lte=until, person__is_active=True)
    return {(person, Role(role)) for person, role in grants.values_list("person", "role")}


def _gone(period: Period) -> set[tuple[int, Role]]:
    """Return the roles that somebody had in the period and has no more, by what the audit log says."""
    since, until = period
    entries = AuditEntry.objects.filter(action="person.roles_changed", at__gte=since).select_related("payload")
    gone: set[tuple[int, Role]] = set()
    later: set[tuple[int, str]] = set()
    for entry in entries.order_by("number").iterator(1_000):
        payload = getattr(entry, "payload", None)
        facts = payload.facts if payload else {}
        person = int(entry.subject.partition(":")[2])
        if entry.at > until:
            later |= {(person, role) for role in facts.get("granted", ())}
        # One that came after the period and went again was not there in it.
        gone |= {(person, Role(role)) for role in facts.get("revoked", ()) if (person, role) not in later}
    return gone


def duties(period: Period) -> list[Duty]:
    """Return every act of the period that takes two people, in the order of the gate's forbidden pairs."""
    rulings = Decision.objects.filter(decided_at__range=period, undone_at__isnull=True)
    ruled = rulings.count()
    return [
        *(Duty(part, ruled, _by_hands(rulings, part)) for part in Hand.Part.values),
        _duty("policy", PolicyVersion.objects.filter(in_force_at__range=period), "proposed_by", "approved_by"),
        _duty("target", TargetChange.objects.filter(decided_at__range=period), "asked_by", "decided_by"),
        _duty("unmasking", Unmasking.objects.filter(agreed_at__range=period), "asked_by", "agreed_by"),
        _duty("appeal", Appeal.objects.filter(answered_at__range=period), "decision__reviewer", "answered_by"),
        _duty("hold", Hold.objects.filter(agreed_at__range=period), "asked_by", "agreed_by"),
        _duty("lifted", Hold.objects.filter(lifted_at__range=period), "lift_asked_by", "lifted_by"),
        _duty("schedule", Schedule.objects.filter(agreed_at__range=period), "proposed_by", "agreed_by"),
        _duty("erasure", Erasure.objects.filter(agreed_at__range=period), "asked_by", "agreed_by"),
    ]


def _duty(name: str, acts: "QuerySet[Model]", first: str, second: str) -> Duty:
    # An act that needed no second person has none, as where a proposal was taken back.
    done = acts.filter(**{f"{first}__isnull": False, f"{second}__isnull": False})
    counted = done.aggregate(acts=Count("pk"), by_one=Count("pk", filter=Q(**{first: F(second)})))
    return Duty(name, counted["acts"], counted["by_one"])


def _by_hands(rulings: "QuerySet[Decision]", part: str) -> int:
    """Return how many rulings were made by somebody who had this part in the share."""
    return rulings.filter(revision__share__hands__part=part, revision__share__hands__person=F("reviewer")).count()
