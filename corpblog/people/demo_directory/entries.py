"""What the directory holds: entries with names and attributes, compared as LDAP compares them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import ldap.dn

Name = tuple[tuple[tuple[str, str], ...], ...]

OPERATIONAL = frozenset(
    {"entryuuid", "entrydn", "memberof", "pwdaccountlockedtime", "structuralobjectclass", "subschemasubentry"}
)
NAME_VALUED = frozenset({"member", "memberof", "manager", "entrydn", "seealso", "owner"})


class BadNameError(ValueError):
    """A distinguished name that cannot be read."""


@lru_cache(maxsize=8192)
def read_name(text: str) -> Name:
    """A distinguished name in a form that compares equal whenever LDAP says it is equal."""
    try:
        rdns = ldap.dn.str2dn(text)
    except ldap.DECODING_ERROR as error:
        raise BadNameError(text) from error
    return tuple(tuple(sorted((attr.lower(), fold(value)) for attr, value, _ in rdn)) for rdn in rdns)


def fold(value: str) -> str:
    """Text as caseIgnoreMatch sees it: case and runs of spaces do not count."""
    return " ".join(value.casefold().split())


def comparable(attribute: str, value: str) -> object:
    """The value in the form in which values of this attribute are compared."""
    if attribute.lower() not in NAME_VALUED:
        return fold(value)
    try:
        return read_name(value)
    except BadNameError:
        return None


@dataclass(frozen=True)
class Entry:
    """One entry. The password hash stands apart from the attributes, so that no search can show or test it."""

    dn: str
    attributes: dict[str, tuple[str, ...]]
    password_hash: str = ""
    locked: bool = False
    name: Name = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", read_name(self.dn))
        object.__setattr__(self, "_by_key", {key.lower(): values for key, values in self.attributes.items()})

    def values(self, attribute: str) -> tuple[str, ...]:
        """The values of an attribute, whatever its case; none if the entry does not have it."""
        by_key: dict[str, tuple[str, ...]] = self._by_key  # type: ignore[attr-defined]
        return by_key.get(attribute.lower(), ())

    def is_under(self, base: Name) -> bool:
        """Whether the entry is the base or lies anywhere below it."""
        return len(self.name) >= len(base) and self.name[len(self.name) - len(base) :] == base

    def chosen(self, wanted: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The attributes that a search asked for (RFC 4511, 4.5.1.8)."""
        names = {name.lower() for name in wanted} or {"*"}
        for key, values in self.attributes.items():
            operational = key.lower() in OPERATIONAL
            if key.lower() in names or ("+" if operational else "*") in names:
                yield key, values


class Tree:
    """All entries, in the order of the data file."""

    def __init__(self, suffix: str, entries: Iterable[Entry]) -> None:
        self.suffix = suffix
        self._entries = {entry.name: entry for entry in entries}
        self.known_attributes = frozenset(key.lower() for entry in self._entries.values() for key in entry.attributes)

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, name: Name) -> Entry | None:
        """The entry of exactly this name."""
        return self._entries.get(name)

    def in_scope(self, base: Name, scope: int) -> Iterator[Entry]:
        """Base object (0), one level (1) or whole subtree (2)."""
        for entry in self._entries.values():
            depth = len(entry.name) - len(base)
            if entry.is_under(base) and scope in (2, depth):
                yield entry
