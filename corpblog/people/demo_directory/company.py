"""Turns the data file of the demo company into directory entries."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from .entries import Entry, Tree
from .passwords import hash_password

DATA_FILE = Path(__file__).with_name("acme.yaml")

# entryUUID is made from the employee number, so a renamed person stays the same person to Corpblog.
_IDENTITIES = uuid.UUID("6f1d1c0a-8a3e-4a35-9d0e-0b9a5f7c2e11")
_LOCKED_FOR_EVER = "000001010000Z"
_PERSON_CLASSES = ("top", "person", "organizationalPerson", "inetOrgPerson")


class BadCompanyError(ValueError):
    """The data file cannot be read, or does not fit together. The text says where."""


@dataclass(frozen=True)
class Company:
    """The data file, as it was read."""

    suffix: str
    mail_domain: str
    password_hash: str
    people: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[str, ...]]
    services: Mapping[str, str]

    @classmethod
    def read(cls, path: Path = DATA_FILE) -> "Company":
        """Reads a data file; raises BadCompanyError with the place of the mistake."""
        try:
            data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
            company = cls(
                suffix=data["suffix"],
                mail_domain=data["mail_domain"],
                password_hash=data["password_hash"],
                people=tuple(data["people"]),
                groups={str(name): tuple(members or ()) for name, members in data["groups"].items()},
                services=data.get("services") or {},
            )
            company.check()
        except (YAMLError, OSError, UnicodeDecodeError, AttributeError, TypeError) as error:
            raise BadCompanyError(f"{path.name}: {error}") from error
        except KeyError as error:
            raise BadCompanyError(f"{path.name}: {error} is missing") from error
        return company

    def check(self) -> None:
        """Names used twice, or members and managers that do not exist, raise BadCompanyError."""
        uids, numbers = ([person[key] for person in self.people] for key in ("uid", "number"))
        for values in (uids, numbers):
            if len(set(values)) != len(values):
                raise BadCompanyError(f"used twice: {sorted({v for v in values if values.count(v) > 1})}")
        known = set(uids) | {f"group:{name}" for name in self.groups}
        named = {member for members in self.groups.values() for member in members}
        named |= {person["manager"] for person in self.people if person.get("manager")}
        if missing := named - known:
            raise BadCompanyError(f"not in the company: {sorted(missing)}")

    def person_dn(self, uid: str) -> str:
        """The name of a person's entry."""
        return f"uid={uid},ou=people,{self.suffix}"

    def group_dn(self, name: str) -> str:
        """The name of a group's entry."""
        return f"cn={name},ou=groups,{self.suffix}"

    def service_dn(self, name: str) -> str:
        """The name of a program's account."""
        return f"cn={name},ou=services,{self.suffix}"

    def member_dn(self, member: str) -> str:
        """The name of a group's member, which is a person or a group."""
        return self.group_dn(member[6:]) if member.startswith("group:") else self.person_dn(member)


def build_tree(company: Company, service_password: str) -> Tree:
    """The whole directory. Service accounts get the password given here; the file holds none for them."""
    return Tree(company.suffix, _entries(company, service_password))


def _entries(company: Company, service_password: str) -> Iterator[Entry]:
    member_of = _member_of(company)
    yield Entry(company.suffix, {"objectClass": ("top", "dcObject", "organization"), "dc": ("acme",), "o": ("Acme",)})
    for unit in ("people", "groups", "services"):
        yield Entry(f"ou={unit},{company.suffix}", {"objectClass": ("top", "organizationalUnit"), "ou": (unit,)})
    service_hash = hash_password(service_password)
    for name, description in company.services.items():
        yield _service(company.service_dn(name), name, description, service_hash)
    for person in company.people:
        dn = company.person_dn(person["uid"])
        yield Entry(
            dn,
            person_attributes(company, person) | _kept({"entryDN": (dn,), "memberOf": tuple(member_of[dn])}),
            password_hash=person.get("password_hash", company.password_hash),
            locked=bool(person.get("disabled")),
        )
    for name in company.groups:
        dn = company.group_dn(name)
        yield Entry(dn, group_attributes(company, name) | _kept({"entryDN": (dn,), "memberOf": tuple(member_of[dn])}))


def _member_of(company: Company) -> dict[str, list[str]]:
    """The groups that name each entry directly, as OpenLDAP's memberof overlay gives them."""
    member_of: dict[str, list[str]] = defaultdict(list)
    for name, members in company.groups.items():
        for member in members:
            member_of[company.member_dn(member)].append(company.group_dn(name))
    return member_of


def _service(dn: str, name: str, description: str, password_hash: str) -> Entry:
    attributes = {
        "objectClass": ("top", "organizationalRole", "simpleSecurityObject"),
        "cn": (name,),
        "description": (description,),
    }
    return Entry(dn, attributes, password_hash=password_hash)


def person_attributes(company: Company, person: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the directory says of a person, without the password."""
    given, _, family = person["name"].partition(" ")
    manager = person.get("manager")
    return _kept(
        {
            "objectClass": _PERSON_CLASSES,
            "uid": (person["uid"],),
            "cn": (person["name"],),
            "displayName": (person["name"],),
            "givenName": (given,),
            "sn": (family or given,),
            "mail": (f"{person['uid']}@{company.mail_domain}",),
            "title": (person.get("title"),),
            "departmentNumber": (person.get("department"),),
            "employeeNumber": (str(person["number"]),),
            "preferredLanguage": (person.get("language"),),
            "l": (person.get("city"),),
            "manager": (company.person_dn(manager),) if manager else (),
            "entryUUID": (str(uuid.uuid5(_IDENTITIES, f"person {person['number']}")),),
            "pwdAccountLockedTime": (_LOCKED_FOR_EVER,) if person.get("disabled") else (),
        }
        # Anything else that a test or a curious person adds to the file, such as nsAccountLock.
        | {key: (str(value),) for key, value in (person.get("extra") or {}).items()}
    )


def group_attributes(company: Company, name: str) -> dict[str, tuple[str, ...]]:
    """What the directory says of a group."""
    return _kept(
        {
            "objectClass": ("top", "groupOfNames"),
            "cn": (name,),
            "member": tuple(company.member_dn(member) for member in company.groups[name]),
            "entryUUID": (str(uuid.uuid5(_IDENTITIES, f"group {name}")),),
        }
    )


def _kept(attributes: Mapping[str, tuple[str | None, ...]]) -> dict[str, tuple[str, ...]]:
    """LDAP has no empty attributes: one without values is not there."""
    kept = {key: tuple(value for value in values if value) for key, values in attributes.items()}
    return {key: values for key, values in kept.items() if values}
