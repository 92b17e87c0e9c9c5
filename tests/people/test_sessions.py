"""Sessions: whose they are, whether they stand, and how they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management.utils import get_random_secret_key
from django.test import Client
from django.utils import timezone

from corpblog.people.events import SessionsEnded, sessions_ended
from corpblog.people.models import Person, Session
from corpblog.people.selectors import live_sessions, person_of_session, session_is_live, sessions_of
from corpblog.people.services import cut_off, end_session, end_sessions
from corpblog.people.services.cut_off import forget_expired_sessions

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Person], Client]


@pytest.fixture
def her_browser(alice: Person, browser_of: BrowserOf) -> Client:
    return browser_of(alice)


def key_of(client: Client) -> str:
    return str(client.session.session_key)


def test_a_session_knows_its_person(her_browser: Client, alice: Person) -> None:
    assert person_of_session(key_of(her_browser)) == alice
    assert Session.objects.get().person == alice


@pytest.mark.parametrize("key", ["", None, "no such key", "x" * 500])
def test_a_key_of_nothing_is_not_live(key: str | None) -> None:
    assert not session_is_live(key)


def test_a_session_without_a_person_is_not_live() -> None:
    client = Client()
    session = client.session
    session["draft"] = "kept"
    session.save()
    assert not session_is_live(session.session_key)


def test_saving_a_session_again_keeps_when_it_began(her_browser: Client) -> None:
    session = her_browser.session
    session["_signed_in_at"] = (timezone.now() - timedelta(days=3)).isoformat()
    session.save()
    began = Session.objects.get().signed_in_at
    session["more"] = 1
    session.save()
    assert Session.objects.get().signed_in_at == began


@pytest.mark.parametrize(
    "revoke",
    [
        lambda person, key: cut_off(person=person, reason=Person.Inactive.ADMIN),
        lambda person, key: end_sessions(person=person),
        lambda person, key: end_session(person=person, number=sessions_of(person)[0].number),
        lambda person, key: Person.objects.filter(pk=person.pk).update(is_active=False),
        lambda person, key: Person.objects.filter(pk=person.pk).update(password="another"),
        lambda person, key: Session.objects.filter(session_key=key).delete(),
        lambda person, key: Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1)),
        lambda person, key: Session.objects.update(session_data="broken"),
    ],
    ids=["cut off", "all ended", "this ended", "inactive", "password", "row gone", "expired", "unreadable"],
)
def test_every_way_of_ending_ends_pages_and_sockets(
    her_browser: Client, alice: Person, revoke: Callable[[Person, str], object]
) -> None:
    key = key_of(her_browser)
    assert session_is_live(key)
    assert her_browser.get("/sign-in/").status_code == 302
    revoke(alice, key)
    assert not session_is_live(key)
    assert her_browser.get("/sign-in/").status_code == 200


def test_a_session_of_one_person_is_not_anothers(her_browser: Client, bruno: Person) -> None:
    Session.objects.update(person=bruno)
    assert not session_is_live(key_of(her_browser))


def test_a_changed_secret_key_with_the_old_one_kept_ends_nothing(her_browser: Client, settings: Any) -> None:
    key, old = key_of(her_browser), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = get_random_secret_key(), [old]
    assert session_is_live(key)
    assert Session.objects.filter(session_key=key).exists()
    assert her_browser.get("/sign-in/").status_code == 302


def test_a_changed_secret_key_without_the_old_one_ends_all(her_browser: Client, settings: Any) -> None:
    settings.SECRET_KEY = get_random_secret_key()
    assert not session_is_live(key_of(her_browser))


def test_many_sessions_are_checked_in_one_query(
    alice: Person, bruno: Person, browser_of: BrowserOf, django_assert_num_queries: Any
) -> None:
    clients = [browser_of(person) for person in (alice, bruno, alice)]
    keys = [key_of(client) for client in clients]
    with django_assert_num_queries(1):
        live = live_sessions([*keys, "nothing"])
    assert [live.get(key) for key in keys] == [alice, bruno, alice]


def test_ended_sessions_are_told_so_that_sockets_close_at_once(
    her_browser: Client, alice: Person, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[SessionsEnded] = []
    sessions_ended.subscribe(heard.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            end_sessions(person=alice)
    finally:
        sessions_ended._listeners.remove(heard.append)
    assert [news.person_id for news in heard] == [alice.pk]
    assert len(heard[0].keys) == 1


def test_one_may_keep_the_session_one_sits_at(alice: Person, browser_of: BrowserOf) -> None:
    here, there = browser_of(alice), browser_of(alice)
    assert end_sessions(person=alice, keep=key_of(here)) == 1
    assert session_is_live(key_of(here))
    assert there.get("/sign-in/").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(her_browser: Client, alice: Person, bruno: Person) -> None:
    assert not end_session(person=bruno, number=sessions_of(alice)[0].number)
    assert session_is_live(key_of(her_browser))


def test_the_list_of_sessions_shows_no_key(her_browser: Client, alice: Person) -> None:
    shown = sessions_of(alice, current=key_of(her_browser))
    assert len(shown) == 1
    assert shown[0].is_this_one
    assert key_of(her_browser) not in str(shown)


def test_who_is_cut_off_has_no_session_left_even_unused(her_browser: Client, alice: Person) -> None:
    cut_off(person=alice, reason=Person.Inactive.ADMIN)
    assert not Session.objects.filter(session_key=key_of(her_browser)).exists()


def test_cutting_off_twice_is_recorded_once(alice: Person) -> None:
    from corpblog.audit.models import AuditEntry

    cut_off(person=alice, reason=Person.Inactive.ADMIN)
    cut_off(person=alice, reason=Person.Inactive.ADMIN)
    assert AuditEntry.objects.filter(action="person.cut_off").count() == 1


def test_expired_sessions_are_forgotten_and_others_kept(
    her_browser: Client, alice: Person, browser_of: BrowserOf
) -> None:
    old = browser_of(alice)
    Session.objects.filter(session_key=key_of(old)).update(expire_date=timezone.now() - timedelta(days=1))
    assert forget_expired_sessions() == 1
    assert session_is_live(key_of(her_browser))
