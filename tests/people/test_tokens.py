"""Access tokens: made by who was just there, shown once, kept as a digest, ended by a press, by time and by leaving."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.errors import ReauthenticationNeeded
from corpblog.people.models import AccessToken, Person
from corpblog.people.services import cut_off, give_token, make_token, revoke_token, use_token
from corpblog.people.services.tokens import MOST_TOKENS, forget_expired_tokens
from corpblog.people.sessions import SIGNED_IN_AT
from tests.people.conftest import Directory

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Person], Client]
FORM = {"name": "Tusky", "scopes": ["read", "push"], "days": "30"}


def give(person: Person, *scopes: str, days: int = 30) -> str:
    return give_token(person=person, name="phone", scopes=scopes or ("read",), days=days).secret


def fresh(client: Client) -> Client:
    session = client.session
    session[SIGNED_IN_AT] = clock.now().isoformat()
    session.save()
    return client


def test_the_secret_is_not_in_the_database(alice: Person) -> None:
    secret = give(alice)
    kept = AccessToken.objects.values().get()
    assert secret not in str(kept)
    assert use_token(secret) == AccessToken.objects.get()
    assert use_token(kept["digest"]) is None


def test_a_token_ends_with_its_time_and_is_forgotten_a_month_later(alice: Person) -> None:
    secret = give(alice, days=7)
    with clock.standing_at(clock.now() + timedelta(days=6)):
        assert use_token(secret) is not None
    with clock.standing_at(clock.now() + timedelta(days=7, seconds=1)):
        assert use_token(secret) is None
        assert forget_expired_tokens() == 0
    with clock.standing_at(clock.now() + timedelta(days=38)):
        assert forget_expired_tokens() == 1


def test_it_says_when_it_was_last_used(alice: Person) -> None:
    secret = give(alice)
    assert AccessToken.objects.get().last_used_at is None
    use_token(secret)
    assert AccessToken.objects.get().last_used_at is not None


def test_whoever_leaves_has_no_tokens_even_when_they_come_back(alice: Person) -> None:
    secret = give(alice)
    cut_off(person=alice, reason=Person.Inactive.DISABLED)
    Person.objects.get_queryset().filter(pk=alice.pk).update(is_active=True)
    assert use_token(secret) is None


def test_somebody_inactive_has_no_working_token(alice: Person) -> None:
    secret = give(alice)
    Person.objects.get_queryset().filter(pk=alice.pk).update(is_active=False)
    assert use_token(secret) is None


def test_one_revokes_ones_own_tokens_only(alice: Person, bruno: Person) -> None:
    give(alice)
    mine = AccessToken.objects.get()
    assert not revoke_token(by=bruno, token_id=mine.pk)
    assert revoke_token(by=alice, token_id=mine.pk)
    assert not revoke_token(by=alice, token_id=mine.pk)
    assert list(AuditEntry.objects.order_by("number").values_list("action", flat=True)) == [
        "token.made",
        "token.revoked",
    ]


def test_a_browser_left_open_makes_no_token(alice: Person) -> None:
    for moment in (None, clock.now() - timedelta(minutes=11)):
        with pytest.raises(ReauthenticationNeeded):
            make_token(by=alice, name="x", scopes=["read"], days=7, authenticated_at=moment)
    assert not AccessToken.objects.exists()


def test_emergency_accounts_have_no_tokens(alice: Person) -> None:
    alice.source, alice.directory_id = Person.Source.LOCAL, None
    alice.save()
    with pytest.raises(NotAllowed):
        make_token(by=alice, name="x", scopes=["read"], days=7, authenticated_at=clock.now())


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [(" \x00 ", ["read"], 7), ("x" * 61, ["read"], 7), ("x", [], 7), ("x", ["admin"], 7), ("x", ["read"], 8)],
)
def test_what_makes_no_sense_makes_no_token(alice: Person, name: str, scopes: list[str], days: int) -> None:
    with pytest.raises(Invalid):
        give_token(person=alice, name=name, scopes=scopes, days=days)


def test_tokens_are_counted(alice: Person) -> None:
    for _each in range(MOST_TOKENS):
        give(alice)
    with pytest.raises(Conflict):
        give(alice)


def test_the_database_keeps_no_token_that_never_lived(alice: Person) -> None:
    give(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessToken.objects.update(expires_at=clock.now() - timedelta(days=1))


def test_the_page_shows_the_secret_once(alice: Person, browser_of: BrowserOf) -> None:
    browser = fresh(browser_of(alice))
    made = browser.post("/settings/tokens/new/", FORM)
    secret = re.search(r'value="(cb_[^"]+)"', made.text)
    assert secret
    assert made["Cache-Control"] == "private, no-store"
    token = use_token(secret[1])
    assert token is not None
    assert (token.person, token.name, token.scopes) == (alice, "Tusky", ["read", "push"])
    later = browser.get("/settings/tokens/").text
    assert "Tusky" in later
    assert secret[1] not in later


def test_the_page_asks_for_the_password_and_keeps_what_was_filled_in(
    alice: Person, browser_of: BrowserOf, directory: Directory, settings: object
) -> None:
    browser = browser_of(alice)
    asked = browser.post("/settings/tokens/new/", FORM)
    assert asked.status_code == 403
    kept = re.findall(r'<input type="hidden" name="(name|days|scopes)" value="([^"]+)"', asked.text)
    assert kept == [("name", "Tusky"), ("days", "30"), ("scopes", "read"), ("scopes", "push")]
    assert not AccessToken.objects.exists()


def test_a_form_that_is_not_filled_in_says_what_is_missing(alice: Person, browser_of: BrowserOf) -> None:
    answer = fresh(browser_of(alice)).post("/settings/tokens/new/", {"name": "Kept words", "days": "30"})
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    assert answer.text.count("field-error") == 1


def test_the_command_prints_a_token(alice: Person, zoe: Person) -> None:
    output = StringIO()
    call_command("token", "alice", "--scopes", "read write", stdout=output)
    token = use_token(output.getvalue().strip())
    assert token is not None
    assert token.scopes == ["read", "write"]
    with pytest.raises(CommandError):
        call_command("token", "nobody")
    with pytest.raises(CommandError):
        call_command("token", "zoe")
