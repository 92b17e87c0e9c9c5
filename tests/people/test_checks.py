"""Settings of a directory that must stop the start."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpblog.kernel import env
from corpblog.people.checks import check_directory
from corpblog.people.directory.settings import DEMO_ROLES, DirectorySettings, read_directory, read_roles


@pytest.fixture
def good(tmp_path: Path) -> DirectorySettings:
    authority = tmp_path / "ca.pem"
    authority.write_text("a certificate")
    return DirectorySettings(
        uri="ldaps://directory.acme.example",
        start_tls=False,
        ca_file=str(authority),
        bind_dn="cn=corpblog,dc=acme,dc=example",
        bind_password="secret",
        people_base="ou=people,dc=acme,dc=example",
        people_filter="(&(objectClass=person)(uid=%(user)s))",
        groups_base="ou=groups,dc=acme,dc=example",
        flavour="openldap",
        roles=read_roles(DEMO_ROLES),
        mirror=("channel-*",),
    )


def problems(settings: Any, directory: DirectorySettings | None) -> list[str]:
    settings.DIRECTORY = directory
    return [str(message.id) for message in check_directory(None)]


def test_good_settings_and_none_at_all_are_fine(settings: Any, good: DirectorySettings) -> None:
    assert problems(settings, good) == []
    assert problems(settings, replace(good, uri="ldap://directory", start_tls=True)) == []
    assert problems(settings, None) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"uri": "ldap://directory", "start_tls": False}, "people.E001"),
        ({"uri": "ldapi:///", "start_tls": True}, "people.E001"),
        ({"uri": "http://directory", "start_tls": True}, "people.E001"),
        ({"ca_file": ""}, "people.E002"),
        ({"ca_file": "/no/such/file"}, "people.E002"),
        ({"bind_dn": ""}, "people.E003"),
        ({"bind_password": ""}, "people.E003"),
        ({"people_base": ""}, "people.E004"),
        ({"groups_base": ""}, "people.E004"),
        ({"people_filter": "(uid=%s)"}, "people.E005"),
        ({"people_filter": "(uid=*)"}, "people.E005"),
        ({"people_filter": "(uid=%(user)s)(mail=%(mail)s)"}, "people.E005"),
        ({"people_filter": "uid=%(user)s"}, "people.E005"),
        ({"flavour": "notes"}, "people.E006"),
        ({"roles": {"it": frozenset({"emperor"})}}, "people.E007"),
    ],
)
def test_dangerous_settings_stop_the_start(
    settings: Any, good: DirectorySettings, change: dict[str, Any], problem: str
) -> None:
    assert problems(settings, replace(good, **change)) == [problem]


def test_the_password_does_not_show_in_logs(good: DirectorySettings) -> None:
    assert "secret" not in repr(good)


@pytest.mark.parametrize("text", ["it-admins", "=auditor", "it-admins="])
def test_a_role_map_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="GROUP=ROLE"):
        read_roles(text)


def test_a_distinguished_name_may_stand_for_a_group_with_an_equals_sign() -> None:
    assert read_roles("a=b=auditor") == {"a=b": frozenset({"auditor"})}


def test_an_embedded_instance_without_a_directory_uses_the_demo_and_production_none(tmp_path: Path) -> None:
    nothing = env.read({})
    demo = read_directory(nothing, tmp_path, embedded=True)
    assert demo is not None
    assert demo.demo == tmp_path / "directory"
    assert read_directory(nothing, tmp_path, embedded=False) is None
    given = read_directory(env.read({"CORPBLOG_LDAP_URI": "ldaps://directory"}), tmp_path, embedded=True)
    assert given is not None
    assert given.demo is None
