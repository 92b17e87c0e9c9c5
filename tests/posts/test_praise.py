"""Praise: for people who may read it, told to them, and on their page for everybody who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from corpblog.kernel.errors import Invalid
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.posts import parts
from corpblog.posts.models import Post, PraisedPerson
from corpblog.posts.praise import praise_of
from corpblog.posts.rendering import render_card
from corpblog.posts.services import delete, publish
from corpblog.teams.models import Channel
from corpblog.teams.services import invite
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db
Capture = Callable[..., Any]


def typed(*people: str, reason: str = "thanks") -> dict[str, list[str]]:
    return {"kind": ["praise"], "praise": [reason], "person": list(people)}


def praise(say: Say, by: Person, *people: str, **changes: Any) -> Post:
    return say("Without you nothing would run", by=by, part=parts.read(typed(*people), by), **changes)


def test_people_are_named_by_username_or_whole_name(say: Say, alice: Person, bruno: Person, chloe: Person) -> None:
    post = praise(say, alice, "@Bruno", "", "Chloé Dubois", "bruno")
    assert post.part == {
        "for": "thanks",
        "people": [
            {"username": "bruno", "name": "Bruno Lefèvre"},
            {"username": "chloe", "name": "Chloé Dubois"},
        ],
    }
    assert set(PraisedPerson.objects.values_list("person__username", flat=True)) == {"bruno", "chloe"}
    html = render_card(post, "en")
    assert "Thank you" in html
    assert 'href="/@chloe/"' in html
    assert "#praise-thanks" in html


@pytest.mark.parametrize(
    ("people", "reason", "why"),
    [
        (["bruno"], "", "Choose what"),
        (["bruno"], "money", "Choose what"),
        ([" ", "@"], "done", "at least one"),
        (["nobody-here"], "done", "nobody called nobody-here"),
        (["zoe"], "done", "nobody called zoe"),
        (["bru\x00no"], "done", "nobody called"),
        (["alice"], "done", "named yourself"),
        (["bruno"] * 21, "done", "at most 20"),
    ],
)
def test_praise_that_cannot_be_given_says_why(
    people: list[str], reason: str, why: str, alice: Person, bruno: Person, zoe: Person
) -> None:
    with pytest.raises(Invalid, match=why):
        parts.read(typed(*people, reason=reason), alice)


def test_nobody_is_praised_where_they_cannot_read_it(secret: Channel, alice: Person, bruno: Person, say: Say) -> None:
    with pytest.raises(Invalid, match="Bruno Lefèvre cannot read this channel"):
        praise(say, alice, "bruno", channel=secret)
    invite(by=alice, channel=secret, person=bruno)
    assert praise(say, alice, "bruno", channel=secret).kind == "praise"


def test_who_is_praised_is_told_once_also_if_they_are_named(
    engineering: Channel, alice: Person, bruno: Person, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        part = parts.read(typed("bruno"), alice)
        publish(by=alice, channel=engineering, text="Thank you @bruno", part=part)
    notice = Notice.objects.get(person=bruno)
    assert (notice.kind, notice.sentence) == ("praise", "Alice Martin praises you.")


def test_their_page_has_what_its_reader_may_see(
    secret: Channel, alice: Person, bruno: Person, chloe: Person, say: Say
) -> None:
    open_one = praise(say, alice, "bruno")
    invite(by=alice, channel=secret, person=bruno)
    closed_one = praise(say, alice, "bruno", channel=secret)
    assert praise_of(bruno, bruno).newest == [closed_one, open_one]
    assert praise_of(chloe, bruno).newest == [open_one]
    assert praise_of(chloe, bruno).count == 1
    delete(by=alice, post_id=open_one.pk)
    assert praise_of(chloe, bruno).count == 0


def test_the_database_praises_somebody_once(alice: Person, bruno: Person, say: Say) -> None:
    post = praise(say, alice, "bruno")
    with pytest.raises(IntegrityError), transaction.atomic():
        PraisedPerson.objects.create(post=post, person=bruno)
