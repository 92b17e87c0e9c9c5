"""How to reach the directory, and what of it is trusted. Read by the settings file, so it imports no model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

DEMO_SUFFIX = "dc=acme,dc=example"
DEMO_ROLES = (
    "it-admins=system_admin;policy-admins=policy_admin;connector-admins=connector_admin;compliance=compliance;"
    "auditors=auditor;communications=communications;executives=leader"
)


class DirectoryNotReadyError(Exception):
    """The embedded demo directory has not been started yet, so nobody knows its address."""


@dataclass(frozen=True)
class DirectorySettings:
    """One directory.

    roles: what the members of a group may do, by the group's name; groups that are not named give nothing.
    mirror: names of groups, with `*`, whose members channels may follow; other groups are never stored.
    demo: folder of the embedded demo directory, which says its own address and password.
    """

    uri: str
    start_tls: bool
    ca_file: str
    bind_dn: str
    bind_password: str = field(repr=False)
    people_base: str
    people_filter: str
    groups_base: str
    flavour: str
    roles: Mapping[str, frozenset[str]]
    mirror: tuple[str, ...]
    demo: Path | None = None

    def now(self) -> "DirectorySettings":
        """These settings with the demo directory's present address filled in, where it is the one."""
        if self.demo is None:
            return self
        try:
            uri = (self.demo / "address").read_text(encoding="ascii").strip()
            password = (self.demo / "service-password").read_text(encoding="ascii").strip()
        except OSError as error:
            raise DirectoryNotReadyError(str(error)) from error
        return replace(self, uri=uri, bind_password=password)

    @property
    def speaks_tls_first(self) -> bool:
        """Whether TLS begins with the connection (ldaps)."""
        return self.uri.lower().startswith("ldaps://")

    def mirrors(self, group: str) -> bool:
        """Whether a group of this name may be stored."""
        return any(fnmatchcase(group.lower(), pattern.lower()) for pattern in self.mirror)

    def roles_of(self, groups: Iterable[str]) -> frozenset[str]:
        """What the members of these groups may do, together."""
        wanted = {group.lower() for group in groups}
        return frozenset(role for group, roles in self.roles.items() if group.lower() in wanted for role in roles)


def current_directory() -> DirectorySettings:
    """The directory of this instance; raises DirectoryNotReadyError where none is set."""
    from django.conf import settings

    directory: DirectorySettings | None = settings.DIRECTORY
    if directory is None:
        raise DirectoryNotReadyError("no directory is set")
    return directory.now()


def read_directory(env: Mapping[str, Any], var: Path, *, embedded: bool) -> DirectorySettings | None:
    """The directory that the environment names; the demo directory in an embedded instance that names none."""
    given = DirectorySettings(
        uri=env["LDAP_URI"],
        start_tls=env["LDAP_START_TLS"],
        ca_file=env["LDAP_CA_FILE"],
        bind_dn=env["LDAP_BIND_DN"],
        bind_password=env["LDAP_BIND_PASSWORD"],
        people_base=env["LDAP_PEOPLE_BASE"],
        people_filter=env["LDAP_PEOPLE_FILTER"],
        groups_base=env["LDAP_GROUPS_BASE"],
        flavour=env["LDAP_FLAVOUR"],
        roles=read_roles(env["LDAP_ROLES"]),
        mirror=tuple(env["LDAP_MIRROR"]),
    )
    if given.uri:
        return given
    return demo_directory(var / "directory", given) if embedded else None


def demo_directory(folder: Path, like: DirectorySettings) -> DirectorySettings:
    """The embedded demo directory that keeps its files in `folder`."""
    return replace(
        like,
        start_tls=True,
        ca_file=str(folder / "ca.pem"),
        bind_dn=f"cn=corpblog,ou=services,{DEMO_SUFFIX}",
        people_base=f"ou=people,{DEMO_SUFFIX}",
        groups_base=f"ou=groups,{DEMO_SUFFIX}",
        people_filter="(uid=%(user)s)",
        flavour="openldap",
        roles=like.roles or read_roles(DEMO_ROLES),
        demo=folder,
    )


def read_roles(text: str) -> dict[str, frozenset[str]]:
    """`it-admins=policy_admin+system_admin;compliance=compliance` as a map; raises ValueError where it is not that."""
    roles: dict[str, frozenset[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        group, equals, names = part.rpartition("=")
        if not equals or not group.strip() or not names.strip():
            raise ValueError(f"{part!r} is not GROUP=ROLE+ROLE")
        roles[group.strip()] = frozenset(name.strip() for name in names.split("+"))
    return roles
