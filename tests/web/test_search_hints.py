"""A search that names what is not there says so and offers what is near; what is hidden is as unknown as nothing."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.teams.models import Channel
from tests.posts.conftest import Say, engineering, policy_says, say, secret

__all__ = ["engineering", "policy_says", "say", "secret"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(say: Say, bruno: Person, browser_of: Callable[[Person], Client]) -> Callable[[str], tuple[str, list[str]]]:
    """Give what bruno is told of a search, and the searches that he is offered instead."""
    say("The relay is quiet")

    def search(query: str) -> tuple[str, list[str]]:
        page = browser_of(bruno).get("/search/", {"q": query}).text
        strip = "".join(re.findall(r'<div class="strip v-info mb" role="status">(.*?)</div>', page, re.DOTALL))
        links = [unescape(link) for link in re.findall(r'href="([^"]+)"', strip) if "?q=" in link]
        return re.sub(r"<[^>]+>", "", strip).strip(), [parse_qs(urlsplit(link).query)["q"][0] for link in links]

    return search


@pytest.mark.parametrize(
    ("query", "told", "offered"),
    [
        ("relay from:alcie", "Nobody is called “alcie”. Did you mean: from:alice", ["relay from:alice"]),
        ("from:mart relay", "Nobody is called “mart”. Did you mean: from:alice", ["from:alice relay"]),
        ('from:"Alice Mart" relay', "Nobody is called “Alice Mart”. Did you mean: from:alice", ["from:alice relay"]),
        ("relay from:@qqq", "Nobody is called “qqq”.", []),
        (
            "relay in:#engin",
            "There is no channel “engin” that you may know of. Did you mean: in:engineering",
            ["relay in:engineering"],
        ),
        (
            "relay in:enginering",
            "There is no channel “enginering” that you may know of. Did you mean: in:engineering",
            ["relay in:engineering"],
        ),
        ("<b> from:<i>", "Nobody is called “&lt;i&gt;”.", []),
        ("relay from:alice", "", []),
        ("absent from:alice in:engineering", "", []),
        ("absent from:me", "", []),
    ],
)
def test_a_slip_is_named_and_answered(
    query: str, told: str, offered: list[str], asked: Callable[[str], tuple[str, list[str]]]
) -> None:
    assert asked(query) == (told, offered)


def test_a_hidden_channel_is_as_unknown_as_none(
    secret: Channel,
    asked: Callable[[str], tuple[str, list[str]]],
    alice: Person,
    browser_of: Callable[[Person], Client],
) -> None:
    assert asked("in:board") == ("There is no channel “board” that you may know of.", [])
    assert asked("in:boards") == ("There is no channel “boards” that you may know of.", [])
    assert asked("in:boa") == ("There is no channel “boa” that you may know of.", [])
    assert "There is no channel" not in browser_of(alice).get("/search/?q=in:board").text
