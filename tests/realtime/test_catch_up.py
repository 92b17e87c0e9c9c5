"""The HTTP side of a live page: what it missed, and what on it is its reader's own."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.kernel import epoch
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts.models import ChannelEvent, Post
from corpblog.posts.services import bookmark, judging, publish, react
from corpblog.teams.models import Channel, ChannelCounter
from corpblog.teams.services import create_channel, join
from corpblog.web.views.live import MOST_EVENTS

SignIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def policy_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "scan", lambda **_question: Verdict(Outcome.ALLOW))


@pytest.fixture
def channel(alice: Person, bruno: Person) -> Channel:
    made = create_channel(by=alice, name="Engineering")
    join(by=bruno, channel=made)
    return made


@pytest.fixture
def secret(alice: Person) -> Channel:
    return create_channel(by=alice, name="Board", is_private=True)


def since(client: Client, **query: object) -> dict[str, object]:
    answer = client.get("/live/since/", query, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.content
    found: dict[str, object] = json.loads(answer.content)
    return found


def stir(post: Post, times: int) -> None:
    last = ChannelCounter.objects.get(channel=post.channel).last_seq
    numbers = range(last + 1, last + times + 1)
    ChannelEvent.objects.bulk_create(
        ChannelEvent(channel=post.channel, seq=number, kind="reacted", post=post) for number in numbers
    )
    ChannelCounter.objects.filter(channel=post.channel).update(last_seq=last + times)


def test_a_page_gets_what_the_socket_would_have_said(
    channel: Channel, alice: Person, bruno: Person, browser_of: SignIn
) -> None:
    first = publish(by=alice, channel=channel, text="One", client_key="mine-1")
    publish(by=alice, channel=channel, text="Two")
    react(by=bruno, post_id=first.pk, emoji="🎉")
    found = since(browser_of(bruno), c=channel.pk, after=0)
    assert (found["head"], found["resync"]) == (3, False)
    posts = found["posts"]
    assert isinstance(posts, list)
    assert [(each["s"], each["kind"], each["cid"]) for each in posts] == [
        (1, "created", "mine-1"),
        (2, "created", None),
        (3, "reacted", "mine-1"),
    ]
    assert all(f'data-id="{each["id"]}"' in each["html"] or each["id"] in each["html"] for each in posts)


def test_nothing_missed_is_nothing_sent(channel: Channel, alice: Person, browser_of: SignIn) -> None:
    publish(by=alice, channel=channel, text="One")
    assert since(browser_of(alice), c=channel.pk, after=1) == {"posts": [], "head": 1, "resync": False}


def test_who_missed_too_much_loads_afresh(channel: Channel, alice: Person, browser_of: SignIn) -> None:
    post = publish(by=alice, channel=channel, text="One")
    stir(post, MOST_EVENTS)
    client = browser_of(alice)
    assert since(client, c=channel.pk, after=0) == {"posts": [], "head": MOST_EVENTS + 1, "resync": True}
    found = since(client, c=channel.pk, after=1)
    assert isinstance(found["posts"], list)
    assert len(found["posts"]) == MOST_EVENTS


def test_a_number_from_before_a_restore_loads_afresh(channel: Channel, alice: Person, browser_of: SignIn) -> None:
    publish(by=alice, channel=channel, text="One")
    client = browser_of(alice)
    assert since(client, c=channel.pk, after=7)["resync"] is True
    assert since(client, c=channel.pk, after=1, epoch=epoch.current())["resync"] is False
    epoch.renew()
    assert since(client, c=channel.pk, after=1, epoch="another")["resync"] is True


def test_what_was_deleted_since_does_not_come_back(channel: Channel, alice: Person, browser_of: SignIn) -> None:
    from corpblog.posts.services import delete, edit

    gone = publish(by=alice, channel=channel, text="Regretted words")
    kept = publish(by=alice, channel=channel, text="First words")
    delete(by=alice, post_id=gone.pk)
    edit(by=alice, post_id=kept.pk, text="Second words", version=1)
    told = json.dumps(since(browser_of(alice), c=channel.pk, after=0))
    assert "Regretted" not in told
    assert "First words" not in told
    assert "Second words" in told


def test_a_hidden_channel_answers_as_a_missing_one(secret: Channel, bruno: Person, browser_of: SignIn) -> None:
    client = browser_of(bruno)
    ask = {"Accept": "application/json", "X-Requested-With": "fetch"}
    hidden = client.get("/live/since/", {"c": secret.pk, "after": 0}, headers=ask)
    missing = client.get("/live/since/", {"c": 999_999, "after": 0}, headers=ask)
    assert (hidden.status_code, hidden.content) == (404, missing.content)


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 30, "1.0", "1_0", "%00"])
def test_what_is_no_channel_is_refused_in_words(
    given: str, channel: Channel, alice: Person, browser_of: SignIn
) -> None:
    query = {"c": given, "after": "0"}
    answer = browser_of(alice).get("/live/since/", query, headers={"X-Requested-With": "fetch"})
    assert answer.status_code in {404, 422}
    assert json.loads(answer.content)["message"]


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 30, "1_0"])
def test_no_number_is_no_error(given: str, channel: Channel, alice: Person, browser_of: SignIn) -> None:
    answer = browser_of(alice).get("/live/since/", {"c": channel.pk, "after": given})
    assert answer.status_code in {200, 422}


@pytest.mark.parametrize("path", ["/live/since/?c=1&after=0", "/live/mine/?ids=1"])
def test_a_stranger_is_sent_to_sign_in(path: str, db: None) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_a_reader_learns_what_is_their_own(channel: Channel, alice: Person, bruno: Person, browser_of: SignIn) -> None:
    one, two = (publish(by=alice, channel=channel, text=text) for text in ("One", "Two"))
    react(by=bruno, post_id=one.pk, emoji="🎉")
    react(by=alice, post_id=two.pk, emoji="👍")
    bookmark(by=bruno, post_id=two.pk)
    answer = browser_of(bruno).get("/live/mine/", {"ids": f"{one.pk},{two.pk}"})
    own = {"reacted": {str(one.pk): ["🎉"]}, "bookmarked": [str(two.pk)], "reposted": []}
    assert json.loads(answer.content) == own


def test_nobody_asks_for_everything(
    alice: Person, browser_of: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    ids = ",".join(map(str, range(1, 5000)))
    client = browser_of(alice)
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        assert client.get("/live/mine/", {"ids": ids}).status_code in {200, 422}


def test_catching_up_takes_few_queries(
    channel: Channel, alice: Person, browser_of: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    client = browser_of(alice)
    post = publish(by=alice, channel=channel, text="One")
    stir(post, 100)
    since(client, c=channel.pk, after=0)
    with django_assert_max_num_queries(6):  # type: ignore[attr-defined]
        since(client, c=channel.pk, after=0)
