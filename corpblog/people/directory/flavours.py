"""What differs between OpenLDAP (and its like) and Active Directory."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_FOR_EVER = "000001010000Z"
_ACCOUNT_DISABLED = 0x2
# Active Directory counts 100 ns from 1601; 0 and the largest number both mean "never".
_AD_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_AD_NEVER = {0, 0x7FFFFFFFFFFFFFFF}


@dataclass(frozen=True)
class Flavour:
    """The names that a kind of directory gives to what Corpblog reads."""

    identity: str
    username: str
    display_name: str
    department: str
    every_person: str
    every_group: str
    member: str = "member"

    def person_filter(self, people_filter: str, user: str = "%(user)s") -> str:
        """The filter that finds one person, or with `*` everybody: the same people either way, so that whoever may not
        sign in is not brought in by a sync, and whoever the filter leaves out from now on is cut off by one."""
        return f"(&{self.every_person}{people_filter.replace('%(user)s', user)})"

    @property
    def attributes(self) -> list[str]:
        """Everything that is asked for, the operational ones by name: `*` would leave them out."""
        own = [self.identity, self.username, self.display_name, self.department]
        return [*own, "cn", "mail", "title", "manager", *DISABLING]


DISABLING = ("pwdAccountLockedTime", "nsAccountLock", "loginDisabled", "userAccountControl", "accountExpires")

FLAVOURS = {
    "openldap": Flavour(
        identity="entryUUID",
        username="uid",
        display_name="displayName",
        department="departmentNumber",
        every_person="(objectClass=inetOrgPerson)",
        every_group="(objectClass=groupOfNames)",
    ),
    "ad": Flavour(
        identity="objectGUID",
        username="sAMAccountName",
        display_name="displayName",
        department="department",
        every_person="(&(objectCategory=person)(objectClass=user))",
        every_group="(objectCategory=group)",
    ),
}


def first(attributes: Mapping[str, Sequence[Any]], name: str) -> str:
    """The first value of an attribute as text, or nothing."""
    values = attributes.get(name) or [""]
    value = values[0]
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.replace("\0", "")  # PostgreSQL takes none in text


def read_identity(flavour: Flavour, attributes: Mapping[str, Sequence[Any]]) -> str:
    """The id that stays when somebody is renamed or moved; nothing if the directory does not show it."""
    values = attributes.get(flavour.identity)
    if not values:
        return ""
    value = values[0]
    if flavour.identity == "objectGUID":
        # The library decodes whatever happens to be UTF-8, and some of these 16 bytes do.
        raw = value.encode() if isinstance(value, str) else value
        return str(uuid.UUID(bytes_le=raw)) if len(raw) == 16 else ""
    return first(attributes, flavour.identity).lower()


def is_disabled(attributes: Mapping[str, Sequence[Any]], now: datetime) -> bool:
    """Whether the directory says, in any of the usual ways, that this account is closed. Odd values mean closed."""
    locked = first(attributes, "pwdAccountLockedTime") == _FOR_EVER
    flagged = any(first(attributes, name).lower() == "true" for name in ("nsAccountLock", "loginDisabled"))
    try:
        controlled = bool(int(first(attributes, "userAccountControl") or 0) & _ACCOUNT_DISABLED)
        expires = int(first(attributes, "accountExpires") or 0)
    except ValueError:
        return True
    expired = expires not in _AD_NEVER and expires / 10_000_000 <= (now - _AD_EPOCH).total_seconds()
    return locked or flagged or controlled or expired
