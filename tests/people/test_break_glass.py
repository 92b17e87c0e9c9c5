"""The account for the day the directory is gone."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from corpblog.audit.models import AuditEntry, AuditPayload
from corpblog.kernel.errors import Invalid
from corpblog.people.access import has_role
from corpblog.people.directory.gate import DirectoryGate
from corpblog.people.models import Person, Role, Session
from corpblog.people.selectors import session_is_live
from corpblog.people.services.break_glass import make_break_glass
from tests.people.conftest import Directory, SignIn

pytestmark = pytest.mark.django_db


def make(*options: str, username: str = "emergency") -> str:
    output = StringIO()
    call_command("break_glass", username, *options, stdout=output)
    found = re.search(r"^Password: (\S+)$", output.getvalue(), re.MULTILINE)
    assert found
    return found[1]


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_it_opens_the_door_without_a_directory(directory: Directory, settings: Any, signing_in: SignIn) -> None:
    password = make()
    settings.DIRECTORY = directory.settings(uri="ldap://127.0.0.1:1")
    client = Client()
    assert signing_in("emergency", password, client=client).status_code == 302
    assert session_is_live(client.session.session_key)
    assert has_role(Person.objects.get(username="emergency"), Role.SYSTEM_ADMIN)


def test_it_opens_the_door_where_no_directory_is_set(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    assert signing_in("emergency", make()).status_code == 302


def test_it_opens_the_door_once(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    password = make()
    assert signing_in("emergency", password).status_code == 302
    assert signing_in("emergency", password).status_code == 422


def test_its_session_ends_with_its_time(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    client = Client()
    signing_in("emergency", make("--hours", "1"), client=client)
    key = client.session.session_key
    assert client.get("/sign-in/").status_code == 302
    Person.objects.filter(username="emergency").update(local_until=timezone.now() - timedelta(seconds=1))
    assert client.get("/sign-in/").status_code == 200
    assert not session_is_live(key)


def test_after_its_time_it_opens_nothing(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    password = make()
    Person.objects.filter(username="emergency").update(local_until=timezone.now() - timedelta(seconds=1))
    assert signing_in("emergency", password).status_code == 422


def test_every_use_is_on_record_and_the_password_is_not(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    password = make()
    signing_in("emergency", "guessed")
    signing_in("emergency", password)
    assert actions() == ["break_glass.made", "break_glass.refused", "break_glass.used"]
    assert not any(password in str(payload.body) for payload in AuditPayload.objects.all())
    assert password not in Person.objects.get(username="emergency").password


def test_a_new_password_ends_what_the_old_one_opened(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    client = Client()
    signing_in("emergency", make(), client=client)
    make()
    assert not Session.objects.filter(person__username="emergency").exists()
    assert client.get("/sign-in/").status_code == 200


def test_it_never_takes_a_person_of_the_directory(alice: Person) -> None:
    with pytest.raises(CommandError, match="person of the directory"):
        make(username="Alice")
    alice.refresh_from_db()
    assert alice.source == Person.Source.DIRECTORY


def test_its_password_is_never_sent_to_the_directory(
    embedded: Directory, settings: Any, fresh_gate: DirectoryGate, monkeypatch: pytest.MonkeyPatch, signing_in: SignIn
) -> None:
    settings.DIRECTORY = embedded.settings()
    asked: list[object] = []
    monkeypatch.setattr(fresh_gate, "ask", asked.append)
    make()
    assert signing_in("emergency", "mistyped").status_code == 422
    assert signing_in("somebody else", "password").status_code == 422
    assert len(asked) == 1


def test_it_can_be_given_other_roles() -> None:
    make("--role", "policy_admin", "--role", "auditor")
    person = Person.objects.get(username="emergency")
    assert set(person.roles.values_list("role", flat=True)) == {"policy_admin", "auditor"}


def test_it_never_decides_on_shares() -> None:
    with pytest.raises(CommandError):
        make("--role", "compliance")
    with pytest.raises(Invalid):
        make_break_glass(username="emergency", life=timedelta(hours=1), roles=frozenset({Role.COMPLIANCE}))
    assert not Person.objects.filter(username="emergency").exists()
