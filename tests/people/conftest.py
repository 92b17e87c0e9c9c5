"""The embedded directory and a real OpenLDAP behind one face; every test of signing in runs against each."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from ruamel.yaml import YAML

from corpblog.people.demo_directory.certificates import Certificates
from corpblog.people.demo_directory.company import DATA_FILE, Company
from corpblog.people.directory import backend
from corpblog.people.directory.gate import DirectoryGate
from corpblog.people.directory.settings import DEMO_ROLES, DEMO_SUFFIX, DirectorySettings, read_roles
from tests.servers.demo_directory import DemoDirectory
from tests.servers.slapd import SERVICE_PASSWORD, Slapd, running_slapd

ACME: dict[str, Any] = YAML(typ="safe", pure=True).load(DATA_FILE.read_text(encoding="utf-8"))


class Directory:
    """A directory whose company a test may change: edit `data`, then `publish()`."""

    def __init__(self, server: DemoDirectory | Slapd) -> None:
        self.server = server
        self.data = copy.deepcopy(ACME)
        self._published = ACME

    @property
    def certificates(self) -> Certificates:
        return self.server.certificates

    def reset(self) -> None:
        self.data = copy.deepcopy(ACME)
        self.publish()

    def publish(self) -> None:
        if self.data == self._published:
            return
        if isinstance(self.server, DemoDirectory):
            self.server.write(self.data)
        else:
            self.server.publish(company(self.data))
        self._published = copy.deepcopy(self.data)

    def person(self, uid: str) -> dict[str, Any]:
        return next(person for person in self.data["people"] if person["uid"] == uid)

    def remove(self, *uids: str) -> None:
        gone = set(uids)
        self.data["people"] = [person for person in self.data["people"] if person["uid"] not in gone]
        for person in self.data["people"]:
            if person.get("manager") in gone:
                del person["manager"]
        for name, members in self.data["groups"].items():
            self.data["groups"][name] = [member for member in members if member not in gone]

    def settings(self, transport: str = "starttls", **changes: Any) -> DirectorySettings:
        """How Corpblog would be set to use this directory."""
        server, tls = self.server, transport == "ldaps"
        if isinstance(server, DemoDirectory):
            port, password = server.port, server.service_password
        else:
            port, password = (server.tls_port if tls else server.plain_port), SERVICE_PASSWORD
        made = DirectorySettings(
            uri=f"{'ldaps' if tls else 'ldap'}://127.0.0.1:{port}",
            start_tls=not tls,
            ca_file=str(self.certificates.authority),
            bind_dn=f"cn=corpblog,ou=services,{DEMO_SUFFIX}",
            bind_password=password,
            people_base=f"ou=people,{DEMO_SUFFIX}",
            people_filter="(uid=%(user)s)",
            groups_base=f"ou=groups,{DEMO_SUFFIX}",
            flavour="openldap",
            roles=read_roles(DEMO_ROLES),
            mirror=("channel-*",),
        )
        return replace(made, **changes)


def company(data: dict[str, Any]) -> Company:
    """The data of a company file as the company."""
    return Company(
        suffix=data["suffix"],
        mail_domain=data["mail_domain"],
        password_hash=data["password_hash"],
        people=tuple(data["people"]),
        groups={name: tuple(members) for name, members in data["groups"].items()},
        services=data["services"],
    )


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    server = DemoDirectory(tmp_path_factory.mktemp("directory"), ACME)
    server.start()
    yield Directory(server)
    server.stop()


@pytest.fixture(scope="session")
def openldap() -> Iterator[Directory]:
    with running_slapd(company(ACME)) as server:
        yield Directory(server)


@pytest.fixture(params=["embedded", "openldap"])
def directory(request: pytest.FixtureRequest, settings: Any, fresh_gate: DirectoryGate) -> Iterator[Directory]:
    """Each of the two directories in turn, with the company as it is in the demo, and Corpblog set to use it."""
    one: Directory = request.getfixturevalue(request.param)
    settings.DIRECTORY = one.settings()
    yield one
    one.reset()


@pytest.fixture
def fresh_gate(monkeypatch: pytest.MonkeyPatch) -> DirectoryGate:
    """A gate that has seen no failures yet. A short patience for waiting keeps tests of silent servers short."""
    gate = DirectoryGate(seconds=2)
    monkeypatch.setattr(backend, "gate", gate)
    return gate


SignIn = Callable[..., Any]


@pytest.fixture
def signing_in(db: None) -> SignIn:
    """Send the sign-in form, as a browser would."""

    def send(username: str, password: str = "corpblog", client: Client | None = None, **headers: Any) -> Any:
        return (client or Client()).post("/sign-in/", {"username": username, "password": password}, **headers)

    return send


@pytest.fixture
def make_certificates_in(tmp_path: Path) -> Callable[..., Certificates]:
    from corpblog.people.demo_directory.certificates import make_certificates

    def make(name: str = "other", **options: Any) -> Certificates:
        return make_certificates(tmp_path / name, **options)

    return make
