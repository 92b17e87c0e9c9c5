"""Carrying what the directory says of a person into Corpblog, without letting anybody become somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from django.db import transaction

from corpblog.people.directory.entries import GroupEntry, PersonEntry
from corpblog.people.directory.settings import DirectorySettings, current_directory
from corpblog.people.events import GroupsChanged, directory_groups_changed, journal
from corpblog.people.models import DirectoryGroup, Person, Role, RoleGrant

LEADER = "leader"
# Names that look like the system's own. Local accounts are protected whatever their name.
RESERVED = frozenset({"admin", "administrator", "root", "system", "corpblog", "everyone", "channel", "all", "here"})

log = structlog.get_logger(__name__)


class IdentityConflictError(Exception):
    """The entry bears a username that belongs to somebody else."""


@dataclass(frozen=True)
class Belonging:
    """What a person's groups give them, under the present settings."""

    roles: frozenset[str]
    is_leader: bool
    mirrored: frozenset[GroupEntry]


def belonging(entry: PersonEntry, directory: DirectorySettings) -> Belonging:
    """Roles and mirrored groups of an entry. Only groups named in the settings count: nobody can bring a role along by
    founding a group of a clever name, unless the settings already give that name a role."""
    roles = directory.roles_of(entry.group_names)
    mirrored = frozenset(group for group in entry.groups if directory.mirrors(group.name))
    return Belonging(roles & set(Role.values), LEADER in roles, mirrored)


@transaction.atomic
def admit(*, entry: PersonEntry) -> Person | None:
    """The person who has just proved to be this entry, brought up to date; nobody if they may not come in."""
    try:
        person = find_person(entry)
    except IdentityConflictError as conflict:
        log.warning("sign_in_conflict", reason=str(conflict))
        journal.record(action="sign_in.takeover_refused", actor_id=None, subject="directory", identity=entry.identity)
        return None
    if entry.is_disabled or (person and not may_return(person)):
        return None
    person = store_person(person, entry)
    store_belonging(person, belonging(entry, current_directory()))
    return person


def find_person(entry: PersonEntry) -> Person | None:
    """Who this entry is to us, by the id that never changes; the name alone proves nothing.

    Without this, the directory's `admin` signs in as our local `admin` (measured with the library as it comes).
    """
    person = Person.objects.filter(directory_id=entry.identity).first()
    namesake = Person.objects.filter(username=entry.username).exclude(directory_id=entry.identity).first()
    if namesake is not None:
        raise IdentityConflictError(f"{entry.username} is already {namesake.source} account {namesake.pk}")
    if person is None and entry.username in RESERVED:
        raise IdentityConflictError(f"{entry.username} is a reserved name")
    return person


def may_return(person: Person) -> bool:
    """Whether the directory may let this person in: it can give back what it took, not what an administrator took."""
    return person.is_active or person.inactive_because != Person.Inactive.ADMIN


def changed_fields(person: Person, entry: PersonEntry) -> dict[str, str]:
    """What of the person differs from the entry, with the new values."""
    wanted = {
        "username": entry.username,
        "display_name": entry.display_name,
        "email": entry.email,
        "department": entry.department,
        "title": entry.title,
    }
    return {name: value for name, value in wanted.items() if getattr(person, name) != value}


def store_person(person: Person | None, entry: PersonEntry) -> Person:
    """Make or update the person of an enabled entry; writes nothing where nothing changed."""
    if person is None:
        person = Person(source=Person.Source.DIRECTORY, directory_id=entry.identity)
        # The password never comes here; this one fits nothing.
        person.set_unusable_password()
    changes: dict[str, object] = dict(changed_fields(person, entry))
    if not person.is_active:
        changes |= {"is_active": True, "inactive_because": ""}
    if changes or person.pk is None:
        for name, value in changes.items():
            setattr(person, name, value)
        person.save()
    return person


def store_belonging(person: Person, wanted: Belonging, rows: Mapping[str, int] | None = None) -> None:
    """Make roles and mirrored groups what the directory says; grants made by hand stay.

    rows: numbers of stored groups by their ids, where the caller has stored them all; else each is looked up.
    """
    if person.is_leader != wanted.is_leader:
        person.is_leader = wanted.is_leader
        person.save(update_fields=["is_leader"])
    _store_roles(person, wanted.roles)
    _store_groups(person, wanted.mirrored, rows)


def _store_roles(person: Person, wanted: frozenset[str]) -> None:
    held = dict(person.roles.values_list("role", "source"))
    granted = wanted - held.keys()
    revoked = {role for role, source in held.items() if source == Person.Source.DIRECTORY} - wanted
    if not granted and not revoked:
        return
    person.roles.filter(role__in=revoked, source=Person.Source.DIRECTORY).delete()
    RoleGrant.objects.bulk_create(RoleGrant(person=person, role=role) for role in sorted(granted))
    journal.record(
        action="person.roles_changed",
        actor_id=None,
        subject=f"person:{person.pk}",
        granted=sorted(granted),
        revoked=sorted(revoked),
    )


def _store_groups(person: Person, wanted: frozenset[GroupEntry], rows: Mapping[str, int] | None) -> None:
    if rows is None:
        groups = frozenset(group.pk for group in map(store_group, wanted) if group is not None)
    else:
        groups = frozenset(rows[group.identity] for group in wanted if group.identity in rows)
    held = frozenset(person.directory_groups.values_list("pk", flat=True))
    joined, left = groups - held, held - groups
    if joined or left:
        person.directory_groups.add(*joined)
        person.directory_groups.remove(*left)
        directory_groups_changed.publish(GroupsChanged(person.pk, joined, left))


def store_group(entry: GroupEntry) -> DirectoryGroup | None:
    """The row of a mirrored group. A new group under a known name is not the old one: it waits for the sync."""
    group = DirectoryGroup.objects.filter(directory_id=entry.identity).first()
    namesake = DirectoryGroup.objects.filter(name=entry.name).exclude(directory_id=entry.identity)
    if namesake.exists():
        log.warning("group_name_taken", group=entry.name)
        return group
    if group is None:
        return DirectoryGroup.objects.create(directory_id=entry.identity, name=entry.name)
    if group.name != entry.name:
        group.name = entry.name
        group.save(update_fields=["name"])
    return group
