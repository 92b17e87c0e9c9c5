"""Bringing everybody up to date with the directory, in two steps: plan, then apply."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import ldap
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.people.directory.entries import PersonEntry
from corpblog.people.directory.listing import Listing, read_listing
from corpblog.people.directory.settings import DirectorySettings, current_directory
from corpblog.people.events import journal
from corpblog.people.models import DirectoryGroup, Person, SyncRun
from corpblog.people.services.cut_off import cut_off
from corpblog.people.services.directory_people import (
    RESERVED,
    Belonging,
    belonging,
    changed_fields,
    may_return,
    store_belonging,
    store_group,
    store_person,
)

BRAKE_SHARE = 0.05
KEPT_RUNS, REPORT_LINES = 50, 200
# Below these numbers nothing is a mass: in a company of ten, one person leaving is a tenth.
FEW_PEOPLE, FEW_ROLES, FEW_MEMBERSHIPS = 1, 3, 10


class MassChangeError(Exception):
    """The plan takes away so much at once that a broken directory is likelier than a broken company."""


@dataclass
class Step:
    """What happens to one person."""

    entry: PersonEntry
    person: Person | None
    wanted: Belonging
    fields: dict[str, str] = field(default_factory=dict)
    held_roles: frozenset[str] = frozenset()
    held_groups: frozenset[str] = frozenset()

    @property
    def wanted_groups(self) -> frozenset[str]:
        """Names of the mirrored groups they should be in."""
        return frozenset(group.name for group in self.wanted.mirrored)

    @property
    def returns(self) -> bool:
        """Whether they were cut off and come back."""
        return self.person is not None and not self.person.is_active

    def lines(self) -> Iterator[str]:
        """What changes, a line each, `+` for new, `~` for changed, `-` for taken away."""
        name = self.entry.username
        if self.person is None:
            yield f"+ {name}: new person ({self.entry.display_name})"
        if self.returns:
            yield f"+ {name}: may sign in again"
        for key, value in self.fields.items() if self.person else ():
            yield f"~ {name}: {key} {getattr(self.person, key)!r} -> {value!r}"
        yield from (f"+ {name}: role {role}" for role in sorted(self.wanted.roles - self.held_roles))
        yield from (f"- {name}: role {role}" for role in sorted(self.held_roles - self.wanted.roles))
        yield from (f"+ {name}: group {group}" for group in sorted(self.wanted_groups - self.held_groups))
        yield from (f"- {name}: group {group}" for group in sorted(self.held_groups - self.wanted_groups))
        if (self.person.is_leader if self.person else False) != self.wanted.is_leader:
            yield f"{'+' if self.wanted.is_leader else '-'} {name}: leader"


@dataclass
class Plan:
    """All that a sync would do, and what it starts from."""

    steps: list[Step] = field(default_factory=list)
    cut_offs: list[tuple[Person, Person.Inactive]] = field(default_factory=list)
    releases: list[Person] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    active_before: int = 0
    listing: Listing = field(default_factory=lambda: Listing({}, {}))
    report: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The plan for people to read. It compares with people as they are, so before anything is applied."""
        lines = [f"- {person.username}: cut off ({reason.label})" for person, reason in self.cut_offs]
        lines += [f"~ {person.username}: left, becomes {former_name(person)}" for person in self.releases]
        lines += [line for step in self.steps for line in step.lines()]
        return lines + [f"! {conflict}" for conflict in self.conflicts]

    def check_brake(self) -> None:
        """Raise MassChangeError where more than a twentieth of people, roles or memberships would go."""
        kept = [step for step in self.steps if step.person is not None]
        masses = (
            (_("%(lost)s of %(held)s people would be taken away"), len(self.cut_offs), self.active_before, FEW_PEOPLE),
            (
                _("%(lost)s of %(held)s roles would be taken away"),
                *_losses((step.held_roles, step.wanted.roles) for step in kept),
                FEW_ROLES,
            ),
            (
                _("%(lost)s of %(held)s group memberships would be taken away"),
                *_losses((step.held_groups, step.wanted_groups) for step in kept),
                FEW_MEMBERSHIPS,
            ),
        )
        for words, lost, held, few in masses:
            if lost > few and lost > held * BRAKE_SHARE:
                raise MassChangeError(words % {"lost": lost, "held": held})


def _losses(pairs: Iterator[tuple[frozenset[str], frozenset[str]]]) -> tuple[int, int]:
    both = list(pairs)
    return sum(len(held - wanted) for held, wanted in both), sum(len(held) for held, _ in both)


def make_plan(listing: Listing, directory: DirectorySettings) -> Plan:
    """Compare the directory with our people; changes nothing."""
    people = Person.objects.get_queryset().filter(source=Person.Source.DIRECTORY)
    known = {person.directory_id: person for person in people.prefetch_related("roles", "directory_groups")}
    plan = Plan(listing=listing, active_before=sum(person.is_active for person in known.values()))
    plan.conflicts += [f"{dn}: no username or no unchanging id; left out" for dn in listing.unreadable]
    holders = {person.username: person for person in Person.objects.get_queryset()}
    for identity, entry in sorted(listing.people.items(), key=lambda item: item[1].username):
        person = known.get(identity)
        if entry.is_disabled or (person and not may_return(person)):
            if person and person.is_active:
                plan.cut_offs.append((person, Person.Inactive.DISABLED))
            continue
        holder = holders.get(entry.username)
        if holder and holder.directory_id != identity and has_left(holder, listing):
            plan.releases.append(holder)
            holder = None
        if (holder and holder.directory_id != identity) or (person is None and entry.username in RESERVED):
            plan.conflicts.append(f"{entry.username}: the name is taken by another account or reserved; left out")
        else:
            plan.steps.append(_step(person, entry, directory))
    gone = (person for identity, person in known.items() if identity not in listing.people)
    plan.cut_offs += [(person, Person.Inactive.MISSING) for person in gone if person.is_active]
    plan.report = tuple(plan.lines())
    return plan


def has_left(person: Person, listing: Listing) -> bool:
    """Whether a former sync found this person gone, and they still are: then their name may serve somebody new."""
    gone = person.source == Person.Source.DIRECTORY and person.directory_id not in listing.people
    return gone and not person.is_active


def former_name(person: Person) -> str:
    """The name under which somebody who left is kept, so that what they wrote stays theirs."""
    return f"{person.username[:120]}-{person.pk}"


def _step(person: Person | None, entry: PersonEntry, directory: DirectorySettings) -> Step:
    wanted = belonging(entry, directory)
    if person is None:
        return Step(entry, None, wanted)
    from_directory = (grant.role for grant in person.roles.all() if grant.source == Person.Source.DIRECTORY)
    by_hand = frozenset(grant.role for grant in person.roles.all() if grant.source == Person.Source.LOCAL)
    return Step(
        entry,
        person,
        Belonging(wanted.roles - by_hand, wanted.is_leader, wanted.mirrored),
        changed_fields(person, entry),
        frozenset(from_directory),
        frozenset(group.name for group in person.directory_groups.all()),
    )


def apply_plan(plan: Plan, directory: DirectorySettings) -> None:
    """Carry the plan out, first what takes away. One transaction a person: a crash leaves nobody half changed."""
    for person, reason in plan.cut_offs:
        cut_off(person=person, reason=reason)
    for person in plan.releases:
        _release_name(person)
    _store_groups(plan, directory)
    rows = dict(DirectoryGroup.objects.values_list("directory_id", "pk"))
    for step in plan.steps:
        # Most people stay as they are, round after round: they must cost nothing.
        if any(step.lines()):
            with transaction.atomic():
                store_belonging(store_person(step.person, step.entry), step.wanted, rows)
    _store_managers(plan)


@transaction.atomic
def _release_name(person: Person) -> None:
    journal.record(action="person.name_released", actor_id=None, subject=f"person:{person.pk}")
    person.username = former_name(person)
    person.save(update_fields=["username"])


def _store_groups(plan: Plan, directory: DirectorySettings) -> None:
    """Rows for mirrored groups. A group that was founded anew under its old name goes on as the same row, but only
    here, where the whole listing proves that the old one is gone."""
    for group in plan.listing.groups.values():
        if not directory.mirrors(group.name):
            continue
        orphans = DirectoryGroup.objects.filter(name=group.name).exclude(directory_id__in=plan.listing.groups)
        if not DirectoryGroup.objects.filter(directory_id=group.identity).exists():
            orphans.update(directory_id=group.identity)
        store_group(group)


def _store_managers(plan: Plan) -> None:
    people = Person.objects.get_queryset().filter(source=Person.Source.DIRECTORY)
    by_identity = {person.directory_id: person for person in people}
    by_dn = {entry.dn: by_identity.get(identity) for identity, entry in plan.listing.people.items()}
    changed = []
    for identity, entry in plan.listing.people.items():
        person, manager = by_identity.get(identity), by_dn.get(entry.manager_dn)
        if person and person != manager and person.manager_id != (manager.pk if manager else None):
            person.manager = manager
            changed.append(person)
    Person.objects.get_queryset().bulk_update(changed, ["manager"], batch_size=500)


def sync_directory(*, dry_run: bool = False, force: bool = False, by: Person | None = None) -> Plan:
    """Read the directory, plan, and apply unless it is a dry run.

    by: who pressed the button; nobody for the worker and the command.

    Raises ldap.LDAPError where it cannot be read whole, and MassChangeError (recorded) where the plan takes away too
    much and nobody said `force`; both change nothing.
    """
    directory = current_directory()
    try:
        plan = make_plan(read_listing(directory), directory)
    except ldap.LDAPError as error:
        if not dry_run:
            _remember(SyncRun.Outcome.UNREADABLE, [str(error)])
        raise
    if dry_run:
        return plan
    actor_id = by.pk if by else None
    try:
        plan.check_brake()
    except MassChangeError as error:
        action = "directory.brake_overridden" if force else "directory.brake"
        with transaction.atomic():
            journal.record(action=action, actor_id=actor_id, subject="directory", reason=str(error))
        if not force:
            _remember(SyncRun.Outcome.BRAKED, [str(error)], plan)
            raise
    apply_plan(plan, directory)
    _remember(SyncRun.Outcome.DONE, list(plan.report), plan)
    return plan


@transaction.atomic
def _remember(outcome: SyncRun.Outcome, report: list[str], plan: Plan | None = None) -> None:
    people = len(plan.listing.people) if plan else 0
    SyncRun.objects.create(at=clock.now(), outcome=outcome, people=people, report=report[:REPORT_LINES])
    kept = SyncRun.objects.order_by("-at").values_list("pk", flat=True)[:KEPT_RUNS]
    SyncRun.objects.exclude(pk__in=list(kept)).delete()


def keep_up() -> None:
    """One round of the worker. What stops it (an unreadable directory, the brake) is logged there and tried again."""
    if settings.DIRECTORY is not None:
        sync_directory()
