"""The whole directory at one moment, or nothing: half a listing must never look like people who left."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from corpblog.people.directory.connection import all_values, connected, search_all
from corpblog.people.directory.entries import GroupEntry, PersonEntry, read_group, read_person
from corpblog.people.directory.flavours import FLAVOURS
from corpblog.people.directory.settings import DirectorySettings

_PAGE_SECONDS = 30


@dataclass(frozen=True)
class Listing:
    """Everybody and every group, by their unchanging ids; and the entries that could not be read, by their names."""

    people: Mapping[str, PersonEntry]
    groups: Mapping[str, GroupEntry]
    unreadable: tuple[str, ...] = ()


def read_listing(directory: DirectorySettings) -> Listing:
    """Read all of it, in pages; raises ldap.LDAPError when any part fails."""
    flavour = FLAVOURS[directory.flavour]
    everyone = flavour.person_filter(directory.people_filter, "*")
    unreadable: list[str] = []
    people, groups = [], []
    with connected(directory, _PAGE_SECONDS) as connection:
        for dn, attributes in search_all(connection, directory.people_base, everyone, flavour.attributes):
            person = read_person(dn, attributes, flavour)
            unreadable.append(dn) if person is None else people.append(person)
        wanted = [flavour.identity, "cn", flavour.member]
        for dn, attributes in list(search_all(connection, directory.groups_base, flavour.every_group, wanted)):
            attributes[flavour.member] = all_values(connection, dn, attributes, flavour.member)
            group = read_group(dn, attributes, flavour)
            unreadable.append(dn) if group is None else groups.append(group)
    return assemble(people, groups, tuple(unreadable))


def assemble(people: list[PersonEntry], groups: list[GroupEntry], unreadable: tuple[str, ...] = ()) -> Listing:
    """Give each person all their groups, through any depth of nesting."""
    parents: dict[str, list[GroupEntry]] = defaultdict(list)
    for group in groups:
        for member in group.members:
            parents[member].append(group)
    with_groups = (replace(person, groups=_above(person.dn, parents)) for person in people)
    return Listing(
        {person.identity: person for person in with_groups}, {group.identity: group for group in groups}, unreadable
    )


def _above(dn: str, parents: Mapping[str, list[GroupEntry]]) -> frozenset[GroupEntry]:
    found: dict[str, GroupEntry] = {}
    waiting = [dn]
    while waiting:
        for group in parents.get(waiting.pop(), ()):
            if group.dn not in found:  # Groups may contain each other in a circle.
                found[group.dn] = group
                waiting.append(group.dn)
    return frozenset(found.values())
