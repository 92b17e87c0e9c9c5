"""One's own settings, from the browser's side."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import Person, Session
from corpblog.people.selectors import sessions_of
from corpblog.web.browsers import browser_name

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Person], Client]


def test_settings_show_what_is_set_and_where_one_is_signed_in(alice: Person, browser_of: BrowserOf) -> None:
    here = browser_of(alice)
    page = here.get("/settings/")
    assert page.status_code == 200
    assert "This browser" in page.content.decode()
    assert str(here.session.session_key) not in page.content.decode()


def test_settings_are_kept_with_the_person_and_in_the_browser(alice: Person, browser_of: BrowserOf) -> None:
    here = browser_of(alice)
    assert here.post("/settings/", {"language": "fr", "theme": "dark"}).status_code == 302
    alice.refresh_from_db()
    assert (alice.language, alice.theme, alice.single_keys) == ("fr", "dark", False)
    assert here.cookies["theme"].value == "dark"
    assert 'lang="fr"' in here.get("/settings/").content.decode()


def test_a_language_of_ones_own_is_given_up_again(alice: Person, browser_of: BrowserOf) -> None:
    here = browser_of(alice)
    here.post("/settings/", {"language": "fr", "theme": "system"})
    assert here.post("/settings/", {"language": "", "theme": "system"}).status_code == 302
    alice.refresh_from_db()
    assert alice.language == ""
    assert not here.cookies["language"].value
    assert 'lang="en"' in here.get("/settings/", headers={"accept-language": "en"}).content.decode()
    assert 'lang="fr"' in here.get("/settings/", headers={"accept-language": "fr"}).content.decode()


def test_saving_something_else_chooses_no_language(alice: Person, browser_of: BrowserOf) -> None:
    page = browser_of(alice).get("/settings/", headers={"accept-language": "fr"}).content.decode()
    assert re.search(r'<option value="" selected>[^<]+</option>', page.split('name="language"')[1])


def test_a_choice_that_does_not_exist_changes_nothing(alice: Person, browser_of: BrowserOf) -> None:
    here = browser_of(alice)
    assert here.post("/settings/", {"language": "tlh", "theme": "pink"}).status_code == 422
    alice.refresh_from_db()
    assert (alice.language, alice.theme) == ("", "system")


def test_one_ends_ones_other_browsers_and_nobody_elses(alice: Person, bruno: Person, browser_of: BrowserOf) -> None:
    here, there, far = browser_of(alice), browser_of(alice), browser_of(bruno)
    his = sessions_of(bruno)[0].number
    assert here.post(f"/settings/sessions/{his}/end/").status_code == 302
    assert far.get("/sign-in/").status_code == 302
    other = next(one for one in sessions_of(alice, current=str(here.session.session_key)) if not one.is_this_one)
    assert here.post(f"/settings/sessions/{other.number}/end/").status_code == 302
    assert there.get("/sign-in/").status_code == 200


def test_one_ends_all_others_at_once(alice: Person, browser_of: BrowserOf) -> None:
    here, *others = browser_of(alice), browser_of(alice), browser_of(alice)
    assert here.post("/settings/sessions/end-others/").status_code == 302
    assert Session.objects.filter(person=alice).count() == 1
    assert here.get("/sign-in/").status_code == 302
    assert all(other.get("/sign-in/").status_code == 200 for other in others)


@pytest.mark.parametrize("address", ["/settings/sessions/end-others/", "/settings/sessions/abc/end/", "/sign-out/"])
def test_what_ends_something_is_never_a_link(alice: Person, browser_of: BrowserOf, address: str) -> None:
    assert browser_of(alice).get(address).status_code == 405


WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
BROWSERS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0": "Edge on Windows",
    f"Mozilla/5.0 (Linux; Android 15) {WEBKIT} Chrome/140.0 Mobile Safari/537.36": "Chrome on Android",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {WEBKIT} Version/18.0 Safari/604.1": "Safari on iPhone",
    "curl/8.0": "curl/8.0",
    "": "Unknown browser",
}


@pytest.mark.parametrize(("user_agent", "name"), BROWSERS.items())
def test_browsers_are_called_what_people_call_them(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name
