"""How often rules spoke, what they would have said from the shadow, and how officers ruled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from corpblog.desk.rule_figures import rule_figures
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.posts.errors import PostBlocked
from corpblog.posts.models import PostRevision
from corpblog.posts.services import publish
from corpblog.sharing.models import Decision, Destination, ShareRevision
from corpblog.sharing.services import decide, request_share
from corpblog.teams.models import Channel
from tests.sharing.conftest import channel, press, put_in_force

__all__ = ["channel", "press"]
pytestmark = pytest.mark.django_db

POLICY = """\
policy: 1
name: Acme
rules:
  - id: names
    audience: external
    detect: [{keywords: {terms: [Falcon]}}]
    outcome: hold
  - id: watcher
    detect: [{keywords: {terms: [lunch]}}]
    outcome: hold
    shadow: true
  - id: never
    audience: internal
    detect: [{keywords: {terms: [Osprey]}}]
    outcome: block
  - id: idle
    detect: [{keywords: {terms: [Kestrel]}}]
    outcome: hold
"""


@pytest.fixture
def month(alice: Person, omar: Person, channel: Channel, press: Destination) -> None:
    """Two shares of the name, one rejected and one approved; a lunch posted and shared; a refused post."""
    put_in_force(POLICY)
    for words, ruling in (("Falcon flies", "approve"), ("Falcon falls", "reject")):
        share = request_share(by=alice, post=publish(by=alice, channel=channel, text=words), destination=press)
        decide(
            by=omar,
            share_id=share.pk,
            revision_digest=share.digest,
            ruling=ruling,
            reason="As discussed.",
            authenticated_at=timezone.now(),
        )
    request_share(by=alice, post=publish(by=alice, channel=channel, text="What a lunch"), destination=press)
    with pytest.raises(PostBlocked):
        publish(by=alice, channel=channel, text="Osprey and Osprey")


@pytest.mark.usefixtures("month")
def test_each_rule_has_its_figures(irene: Person) -> None:
    figures = rule_figures(irene)
    names, watcher, never = figures["names"], figures["watcher"], figures["never"]
    assert (names.spoke, names.would_have, names.judged.right, names.judged.wrong, names.judged.precision) == (
        2,
        0,
        1,
        1,
        50,
    )
    # Once as a post inside, once as a share; its outcome is what it would have been.
    assert (watcher.spoke, watcher.would_have, dict(watcher.outcomes)) == (0, 2, {"hold": 2})
    assert (never.spoke, never.judged.precision) == (1, None)
    assert "idle" not in figures
    assert sum(names.by_day.values()) == 2


@pytest.mark.usefixtures("month")
def test_what_is_older_than_the_period_does_not_count(irene: Person) -> None:
    PostRevision.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert rule_figures(irene)["watcher"].would_have == 1


def test_figures_are_not_for_everybody(alice: Person) -> None:
    with pytest.raises(NotAllowed):
        rule_figures(alice)


@pytest.mark.usefixtures("month")
def test_the_cards_say_what_the_rules_did(irene: Person, browser_of: Callable[[Person], Client]) -> None:
    page: Any = browser_of(irene).get("/policies/").content.decode()
    for words in (
        "Spoke 2 times in 30 days · right in 50 % of 2 judged finds",
        "Would have held 2 in 30 days",
        "Spoke 1 time in 30 days",
        "Met nothing in 30 days",
    ):
        assert words in page
    assert page.count('class="spark"') == 3


@pytest.mark.parametrize(
    ("model", "moment", "index"),
    [
        (PostRevision, "created_at", "version_by_time"),
        (ShareRevision, "created_at", "share_revision_by_time"),
        (Decision, "decided_at", "decision_by_time"),
    ],
)
def test_a_month_is_found_without_reading_the_years_before_it(db: None, model: Any, moment: str, index: str) -> None:
    now = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # It reads a table of three rows whole, whatever there is to find them by.
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert index in model.objects.filter(**{f"{moment}__range": (now - timedelta(days=30), now)}).explain()
