"""What the hub reads of the real database: only what may be seen, once per language, in few queries."""

import json
from collections.abc import Callable

import pytest

from corpblog.notifications.models import Notice
from corpblog.notifications.services import mark_read, notify
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts.services import judging, publish
from corpblog.realtime import recent
from corpblog.realtime.database import Database
from corpblog.realtime.recent import RecentNews
from corpblog.realtime.wakeups import Kind, Wakeup
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, invite, remove_member

Queries = Callable[[int], object]


@pytest.fixture(autouse=True)
def policy_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "scan", lambda **_question: Verdict(Outcome.ALLOW))


@pytest.fixture
def shared(alice: Person) -> Channel:
    return create_channel(by=alice, name="Shared")


@pytest.fixture
def secret(alice: Person) -> Channel:
    return create_channel(by=alice, name="Secret", is_private=True)


def test_a_person_follows_only_what_they_may_read(
    shared: Channel, secret: Channel, alice: Person, bruno: Person
) -> None:
    publish(by=alice, channel=shared, text="One")
    asked = [shared.pk, secret.pk, 999_999]
    assert Database().opening(bruno, asked) == {shared.pk: 1}
    assert Database().opening(alice, asked) == {shared.pk: 1, secret.pk: 0}


def test_a_reading_is_the_same_events_in_each_language(
    shared: Channel, alice: Person, django_assert_num_queries: Queries
) -> None:
    for text in ("One", "Two", "Three"):
        publish(by=alice, channel=shared, text=text)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        reading = Database().read(shared.pk, 1, None, ["en", "fr"])
    assert reading.last == 3
    assert [seq for seq, _ in reading.frames["en"]] == [seq for seq, _ in reading.frames["fr"]] == [2, 3]
    assert Database().read(shared.pk, 0, 2, ["en"]).last == 2
    assert Database().read(shared.pk, 3, None, ["en"]).last == 3


def test_readers_are_asked_for_many_channels_at_once(
    shared: Channel, secret: Channel, alice: Person, bruno: Person, django_assert_num_queries: Queries
) -> None:
    both = {alice.pk, bruno.pk}
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        found = Database().readers({shared.pk: both, secret.pk: both, 999_999: both})
    assert found == {shared.pk: both, secret.pk: {alice.pk}}
    invite(by=alice, channel=secret, person=bruno)
    assert Database().readers({secret.pk: both}) == {secret.pk: both}
    assert Database().readers({secret.pk: {alice.pk}}) == {secret.pk: {alice.pk}}, "only those who asked"
    remove_member(by=alice, channel=secret, person=bruno)
    assert Database().readers({secret.pk: both}) == {secret.pk: {alice.pk}}


def test_a_notice_is_told_in_words_and_escaped(alice: Person, bruno: Person) -> None:
    alice.display_name = "<b>Alice</b>"
    alice.save()
    notice = notify(person=bruno, kind=Notice.Kind.FOLLOW, actor=alice)
    assert notice
    found = Database().notice(bruno, notice.pk, ["en", "fr"])
    message = json.loads(found["en"].frames[0].text)
    assert (message["t"], message["kind"], message["unread"]) == ("notice", "follow", 1)
    assert "&lt;b&gt;Alice&lt;/b&gt;" in message["html"]
    assert set(found) == {"en", "fr"}


def test_a_notice_of_somebody_else_is_nobodys(alice: Person, bruno: Person, chloe: Person) -> None:
    notice = notify(person=bruno, kind=Notice.Kind.FOLLOW, actor=alice)
    assert notice
    assert Database().notice(chloe, notice.pk, ["en"]) == {}


def test_a_notice_about_a_lost_channel_is_not_told(secret: Channel, alice: Person, bruno: Person) -> None:
    invite(by=alice, channel=secret, person=bruno)
    notice = notify(person=bruno, kind=Notice.Kind.INVITE, actor=alice, channel=secret)
    assert notice
    assert Database().notice(bruno, notice.pk, ["en"])
    remove_member(by=alice, channel=secret, person=bruno)
    assert Database().notice(bruno, notice.pk, ["en"]) == {}


def test_an_unknown_share_is_told_to_nobody(alice: Person) -> None:
    assert Database().share(7, {alice.pk}) == {}


def test_looking_tells_each_thing_once(alice: Person, bruno: Person) -> None:
    notify(person=bruno, kind=Notice.Kind.FOLLOW, actor=alice)
    news = RecentNews()
    assert news.look({bruno.pk}) == [], "what was there before"
    made = notify(person=bruno, kind=Notice.Kind.POLICY)
    assert made
    assert news.look({bruno.pk}) == [Wakeup(Kind.NOTICE, bruno.pk, made.pk)]
    assert news.look({bruno.pk}) == []
    notify(person=alice, kind=Notice.Kind.POLICY)
    assert news.look({bruno.pk}) == [], "of people who are not here"


def test_looking_finds_what_became_visible_late(alice: Person, bruno: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row with a lower number may be committed after one with a higher number."""
    news = RecentNews()
    news.look({bruno.pk})
    late = notify(person=bruno, kind=Notice.Kind.FOLLOW, actor=alice)
    early = notify(person=bruno, kind=Notice.Kind.POLICY)
    assert late
    assert early
    Notice.objects.filter(pk=late.pk).update(person=alice)  # as if it were not there yet
    assert news.look({bruno.pk}) == [Wakeup(Kind.NOTICE, bruno.pk, early.pk)]
    Notice.objects.filter(pk=late.pk).update(person=bruno)
    assert news.look({bruno.pk}) == [Wakeup(Kind.NOTICE, bruno.pk, late.pk)]


def test_what_was_told_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    once = recent.Once()
    clock = [0.0]
    monkeypatch.setattr(recent.time, "monotonic", lambda: clock[0])
    assert once.only_new([1, 2]) == [1, 2]
    assert once.only_new([1, 2, 3]) == [3]
    clock[0] = 3 * recent.OVERLAP
    assert once.only_new([4]) == [4]
    assert once._passed.keys() == {4}


def test_reading_notices_changes_the_count(alice: Person, bruno: Person) -> None:
    for kind in (Notice.Kind.FOLLOW, Notice.Kind.POLICY):
        notify(person=bruno, kind=kind, actor=alice)
    mark_read(by=bruno)
    made = notify(person=bruno, kind=Notice.Kind.POLICY, facts={"n": 2})
    assert made
    assert json.loads(Database().notice(bruno, made.pk, ["en"])["en"].frames[0].text)["unread"] == 1
