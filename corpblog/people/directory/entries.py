"""People and groups as the directory has them, free of LDAP's ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import ldap.dn

from corpblog.kernel import clock
from corpblog.people.directory.flavours import Flavour, first, is_disabled, read_identity
from corpblog.people.models import normal_username

Attributes = Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class GroupEntry:
    """One group; `members` are the names of people and groups directly in it."""

    dn: str
    identity: str
    name: str
    members: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PersonEntry:
    """One person; `groups` holds those they are in directly or through other groups."""

    dn: str
    identity: str
    username: str
    display_name: str
    email: str = ""
    department: str = ""
    title: str = ""
    manager_dn: str = ""
    is_disabled: bool = False
    groups: frozenset[GroupEntry] = frozenset()

    @property
    def group_names(self) -> frozenset[str]:
        """The names of the groups."""
        return frozenset(group.name for group in self.groups)


@lru_cache(maxsize=65536)
def normal_dn(dn: str) -> str:
    """One spelling for each distinguished name: `UID=Alice, ou=People` and `uid=alice,ou=people` are one entry."""
    if not dn:
        return ""
    try:
        rdns = ldap.dn.str2dn(dn)
    except ldap.DECODING_ERROR:
        return dn.lower()
    return ",".join(
        "+".join(sorted(f"{attr.lower()}={ldap.dn.escape_dn_chars(value.lower())}" for attr, value, _ in rdn))
        for rdn in rdns
    )


def read_person(dn: str, attributes: Attributes, flavour: Flavour) -> PersonEntry | None:
    """The person of an entry; nothing if it lacks a username or an id that can be trusted for ever."""
    identity, username = read_identity(flavour, attributes), normal_username(first(attributes, flavour.username))
    if not identity or not username or len(username) > 150:
        return None
    name = first(attributes, flavour.display_name) or first(attributes, "cn") or username
    return PersonEntry(
        dn=normal_dn(dn),
        identity=identity,
        username=username,
        display_name=name[:150],
        email=first(attributes, "mail")[:254],
        department=first(attributes, flavour.department)[:150],
        title=first(attributes, "title")[:150],
        manager_dn=normal_dn(first(attributes, "manager")),
        is_disabled=is_disabled(attributes, clock.now()),
    )


def read_group(dn: str, attributes: Attributes, flavour: Flavour) -> GroupEntry | None:
    """The group of an entry; nothing if it has no name or id."""
    identity, name = read_identity(flavour, attributes), first(attributes, "cn")
    if not identity or not name or len(name) > 150:
        return None
    members = (
        member.decode() if isinstance(member, bytes) else member for member in attributes.get(flavour.member, ())
    )
    return GroupEntry(normal_dn(dn), identity, name, frozenset(normal_dn(member) for member in members))
