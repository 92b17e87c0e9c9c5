"""Notices: what one should know, where it leads, and what is new; and the numbers in the navigation."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.notifications.models import Notice
from corpblog.notifications.services import notify
from corpblog.people.models import Person
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


@pytest.fixture
def mention(say: Say, alice: Person, bruno: Person) -> Notice:
    notify(person=bruno, kind="mention", actor=alice, post=say("Ask @bruno"))
    return Notice.objects.get(person=bruno, kind="mention")


def test_a_notice_leads_to_its_post_and_is_then_read(mention: Notice, bruno: Person, browser_of: Browser) -> None:
    client = browser_of(bruno)
    assert "Alice Martin mentioned you." in client.get("/notices/").text
    answer = client.get(f"/notices/{mention.pk}/")
    assert answer["Location"] == f"/p/{mention.post_id}/#p{mention.post_id}"
    mention.refresh_from_db()
    assert mention.read_at


def test_nobody_opens_what_others_are_told(mention: Notice, omar: Person, browser_of: Browser) -> None:
    client = browser_of(omar)
    assert client.get(f"/notices/{mention.pk}/").status_code == 404
    assert "mentioned you" not in client.get("/notices/").text


def test_all_are_read_up_to_what_the_page_showed(
    mention: Notice, say: Say, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    notify(person=bruno, kind="reply", actor=alice, post=say("While the page was open"))
    browser_of(bruno).post("/notices/read/", {"upto": str(mention.pk)})
    assert list(Notice.objects.filter(person=bruno, read_at__isnull=True).values_list("kind", flat=True)) == ["reply"]


def test_the_numbers_of_the_navigation_are_told(mention: Notice, bruno: Person, script_of: Browser) -> None:
    assert script_of(bruno).get("/counts/").json() == {"desk": "", "notices": "1"}


def test_single_keys_can_be_switched_off(bruno: Person, script_of: Browser) -> None:
    client = script_of(bruno)
    assert client.post("/settings/keys/", {"single_keys": "off"}).status_code == 204
    assert 'data-keys="off"' in client.get("/").text
