"""Which language mail and pushes speak: the one somebody chose, or their browser asked for last, or the company's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from corpblog.notifications import devices, mail, push, wishes
from corpblog.people.models import Person
from corpblog.people.services import save_preferences
from corpblog.posts.services import publish
from corpblog.teams.models import Channel
from tests.posts.conftest import engineering, policy_says
from tests.servers.internet import internet
from tests.servers.push import Device, PushService
from tests.servers.smtp import Mailbox

__all__ = ["engineering", "policy_says"]
pytestmark = pytest.mark.django_db(transaction=True)
GREETINGS = {"en": "Alice Martin mentioned you.", "fr": "Alice Martin vous mentionne."}


@pytest.fixture
def told(mailbox: Mailbox, engineering: Channel, alice: Person, bruno: Person) -> Callable[[], str]:
    """Have alice mention bruno, and give the subject that lies in his mailbox."""
    wishes.set_reach(by=bruno, wishes={"mention": "mail"})

    def mention() -> str:
        publish(by=alice, channel=engineering, text="Ready, @bruno?")
        assert mail.send_due() == 1
        return str(mailbox.messages[-1]["Subject"])

    return mention


def test_what_the_browser_asked_for_last_is_the_language_of_the_next_mail(
    told: Callable[[], str], browser_of: Callable[[Person], Client], bruno: Person
) -> None:
    assert told() == GREETINGS["en"]
    browser = browser_of(bruno)
    for asked, language in (("fr-FR,fr;q=0.9,en;q=0.8", "fr"), ("en-GB", "en"), ("fr", "fr")):
        browser.get("/notices/", headers={"accept-language": asked})
        assert told() == GREETINGS[language]
    # A browser that asks for nothing says nothing new.
    browser.get("/notices/")
    assert told() == GREETINGS["fr"]


def test_who_never_looked_in_is_written_to_in_the_companys_language(told: Callable[[], str], settings: Any) -> None:
    settings.LANGUAGE_CODE = "fr"
    assert told() == GREETINGS["fr"]


def test_a_chosen_language_holds_whatever_a_browser_asks_for(
    told: Callable[[], str], browser_of: Callable[[Person], Client], bruno: Person, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "fr"
    save_preferences(person=bruno, language="en")
    page = browser_of(bruno).get("/notices/", headers={"accept-language": "fr"})
    assert (page.headers["Content-Language"], '<html lang="en"' in page.text) == ("en", True)
    assert told() == GREETINGS["en"]


def test_a_push_speaks_the_same_language_as_a_mail(
    browser_of: Callable[[Person], Client],
    engineering: Channel,
    alice: Person,
    bruno: Person,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.VAPID_KEY, settings.VAPID_CONTACT = push.new_key(), "mailto:it@acme.example"
    settings.PUSH_SERVICES = ["push.example"]
    service, device, browser = PushService(), Device(), browser_of(bruno)
    with internet(monkeypatch) as world:
        world.site("push.example", service.behave)
        key = str(browser.session.session_key)
        devices.add_browser(by=bruno, session_key=key, user_agent="", **device.subscription)
        browser.get("/notices/", headers={"accept-language": "fr"})
        publish(by=alice, channel=engineering, text="Ready, @bruno?")
        assert push.send_due() == 1
    said = device.open(service.taken[0])
    assert (said["body"], said["lang"]) == (GREETINGS["fr"], "fr")
