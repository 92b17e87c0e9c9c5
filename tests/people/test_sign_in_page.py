"""The sign-in form, from the browser's side."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from corpblog.people.directory.gate import DirectoryGate
from corpblog.people.models import Person, Session
from tests.people.conftest import Directory, SignIn

pytestmark = pytest.mark.django_db


def test_the_page_needs_no_sign_in_and_everything_else_does() -> None:
    client = Client()
    assert client.get("/sign-in/").status_code == 200
    answer = client.get("/settings/")
    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in/?next=/settings/"


def test_a_sign_in_opens_a_session_of_that_person(directory: Directory, signing_in: SignIn) -> None:
    client = Client(headers={"user-agent": "Test browser"})
    answer = signing_in("alice", client=client)
    assert answer.status_code == 302
    session = Session.objects.get()
    assert session.person == Person.objects.get(username="alice")
    assert session.user_agent == "Test browser"
    assert client.get("/sign-in/").status_code == 302


def test_a_session_planted_before_the_sign_in_is_worth_nothing(directory: Directory, signing_in: SignIn) -> None:
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    signing_in("alice", client=client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(("username", "password"), [("alice", "wrong"), ("nobody", "corpblog"), ("zoe", "corpblog")])
def test_every_refusal_says_the_same(directory: Directory, signing_in: SignIn, username: str, password: str) -> None:
    answer = signing_in(username, password)
    assert answer.status_code == 422
    assert "Username and password do not fit together, or the account is closed. Try again" in answer.content.decode()
    assert f'value="{username}"' in answer.content.decode()
    assert (
        password not in answer.content.decode().replace("corpblog</span>", "").replace("corpblog/", "")
        or password == "corpblog"
    )


def test_a_directory_that_is_down_is_named_as_such(directory: Directory, settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = directory.settings(uri="ldap://127.0.0.1:1")
    answer = signing_in("alice")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "The company directory does not answer" in answer.content.decode()
    french = signing_in("alice", headers={"accept-language": "fr"})
    assert french.status_code == 503


def test_open_sessions_go_on_while_the_directory_is_down(
    directory: Directory, settings: Any, signing_in: SignIn
) -> None:
    client = Client()
    signing_in("alice", client=client)
    settings.DIRECTORY = directory.settings(uri="ldap://127.0.0.1:1")
    assert client.get("/sign-in/").status_code == 302


@pytest.mark.usefixtures("standing_clock")
def test_the_sixth_failure_of_a_name_waits_even_with_the_right_password(
    directory: Directory, signing_in: SignIn
) -> None:
    for _attempt in range(5):
        assert signing_in("alice", "wrong").status_code == 422
    answer = signing_in(" ALICE ")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 1800
    assert signing_in("bruno").status_code == 302


def test_a_success_forgets_the_failures(directory: Directory, signing_in: SignIn) -> None:
    for _round in range(2):
        for _attempt in range(4):
            assert signing_in("alice", "wrong").status_code == 422
        assert signing_in("alice").status_code == 302


@pytest.mark.usefixtures("standing_clock")
def test_one_address_gets_25_failures_in_five_minutes(settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = None
    for number in range(25):
        assert signing_in(f"guess{number}").status_code == 422
    assert signing_in("guess26").status_code == 429
    assert signing_in("guess26", REMOTE_ADDR="192.0.2.7").status_code == 422


def test_an_unreachable_directory_counts_against_nobody(
    directory: Directory, settings: Any, signing_in: SignIn, fresh_gate: DirectoryGate
) -> None:
    there = settings.DIRECTORY
    settings.DIRECTORY = directory.settings(uri="ldap://127.0.0.1:1")
    for _attempt in range(6):
        assert signing_in("alice").status_code == 503
    fresh_gate._closed_until = 0
    settings.DIRECTORY = there
    assert signing_in("alice").status_code == 302


def test_nobody_is_sent_to_another_site(directory: Directory) -> None:
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"):
        answer = Client().post("/sign-in/", {"username": "alice", "password": "corpblog", "next": wanted})
        assert answer["Location"] == "/"
    answer = Client().post("/sign-in/", {"username": "alice", "password": "corpblog", "next": "/c/engineering/"})
    assert answer["Location"] == "/c/engineering/"


def test_the_form_refuses_a_foreign_page(directory: Directory) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/", {"username": "alice", "password": "corpblog"}).status_code == 403


def test_signing_out_ends_this_session_only(directory: Directory, signing_in: SignIn) -> None:
    here, there = Client(), Client()
    signing_in("alice", client=here)
    signing_in("alice", client=there)
    assert here.post("/sign-out/").status_code == 302
    assert Session.objects.filter(expire_date__gt=timezone.now() + timedelta(days=1), person__isnull=False).count() == 1
    assert here.get("/sign-in/").status_code == 200
    assert there.get("/sign-in/").status_code == 302


def test_a_language_that_was_chosen_on_the_page_stays_for_who_chose_none(
    directory: Directory, signing_in: SignIn
) -> None:
    client = Client()
    client.post("/language/", {"language": "fr"})
    signing_in("alice", client=client)
    assert client.cookies["language"].value == "fr"


def test_colours_and_language_follow_the_person_to_another_browser(directory: Directory, signing_in: SignIn) -> None:
    signing_in("alice")
    Person.objects.filter(username="alice").update(language="fr", theme="dark")
    client = Client()
    signing_in("alice", client=client)
    assert client.cookies["language"].value == "fr"
    assert client.cookies["theme"].value == "dark"
