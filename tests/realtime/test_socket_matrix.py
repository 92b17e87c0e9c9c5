"""Every message of the socket against every role. A message that is not listed here fails, so nobody adds one unseen.

Each role has a page open that asks for both channels, the open one and the private one, whether it may have them or
not. Then things happen, and what each page heard is held against the rows.
"""

import ast
import asyncio
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import corpblog
from corpblog.people.models import Person
from corpblog.posts import services as posts
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, ChannelEvent, LinkedPage, Post
from corpblog.posts.parts.polls import PollPart
from corpblog.realtime.pulse import beat
from corpblog.realtime.wakeups import Kind
from corpblog.sharing import services as gate
from corpblog.sharing.models import Destination
from corpblog.teams import services as teams
from tests.realtime.conftest import Desk, until
from tests.realtime.wire import Company, Page, channel_head, open_page, press
from tests.servers.daphne import Daphne

# One worker runs them all: they share their web processes.
pytestmark = pytest.mark.xdist_group("sockets")

CANARY = "zanzibar"
SECRET = f"The {CANARY} plan"

SIGNED_IN = frozenset({"owner", "member", "left", "outsider", "officer", "auditor", "admin"})
REFUSED = frozenset({"nobody", "disabled"})
ROLES = SIGNED_IN | REFUSED
INSIDE = frozenset({"owner", "member"})

# What the server may say, and who hears it when it is about the private channel, one share, one person.
SAYS: dict[str, frozenset[str]] = {
    "hello": SIGNED_IN,
    "pong": SIGNED_IN,
    "bye": REFUSED,
    "post": INSIDE,
    "resync": INSIDE,
    "beat": INSIDE,
    "notice": frozenset({"member"}),
    "read": frozenset({"member"}),
    "share": frozenset({"owner"}),
    "desk": frozenset({"officer"}),
}
# What a page may say, and whom it is answered.
ASKS: dict[str, frozenset[str]] = {"ping": SIGNED_IN, "sub": SIGNED_IN}
# What makes the server look, and the messages that come of it.
WAKES: dict[str, frozenset[str]] = {
    "post": frozenset({"post"}),
    "rights": frozenset({"bye"}),
    "channel": frozenset(),
    "notice": frozenset({"notice"}),
    "read": frozenset({"read"}),
    "share": frozenset({"share", "desk"}),
}
EVENTS = frozenset({"changed", "created", "edited", "deleted", "pinned", "reacted", "replied"})
# What a card says beside its text, each with a word that stands nowhere else.
BESIDE = {
    "file name": "obsidian",
    "description": "heliotrope",
    "poll answer": "tamarind",
    "quoted words": "kumquat",
    "title of a link": "bergamot",
    "answer": "jacaranda",
}


def _dictionaries(folder: str) -> Iterator[ast.Dict]:
    for path in sorted((Path(corpblog.__file__).parent / folder).rglob("*.py")):
        yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Dict))


def _said_in_the_code() -> set[str]:
    """The type of every message that any package above the kernel writes down."""
    found = set()
    for folder in ("realtime", "posts", "notifications", "sharing", "desk", "teams", "web"):
        for node in _dictionaries(folder):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "t" and isinstance(value, ast.Constant):
                    found.add(str(value.value))
    return found


def _asked_in_the_code() -> set[str]:
    tree = ast.parse((Path(corpblog.__file__).parent / "realtime" / "messages.py").read_text())
    found = set()
    for pattern in (node for node in ast.walk(tree) if isinstance(node, ast.MatchMapping)):
        for key, value in zip(pattern.keys, pattern.patterns, strict=True):
            if isinstance(key, ast.Constant) and key.value == "t" and isinstance(value, ast.MatchValue):
                assert isinstance(value.value, ast.Constant)
                found.add(str(value.value.value))
    return found


def test_every_message_has_a_row() -> None:
    assert _said_in_the_code() == set(SAYS)
    assert _asked_in_the_code() == set(ASKS)
    assert {str(kind) for kind in Kind} == set(WAKES)
    assert set(ChannelEvent.Kind.values) == EVENTS
    assert frozenset().union(*WAKES.values()) <= set(SAYS)


class Audience:
    """One page for each role, all of them asking for the same two channels."""

    def __init__(self, web: Daphne, company: Company) -> None:
        self.company = company
        self.people: dict[str, Person] = {
            "owner": company.newcomer(),
            "member": company.newcomer(),
            "left": company.newcomer(),
            "disabled": company.newcomer(),
            "outsider": company.newcomer(),
            "officer": company.person("omar"),
            "auditor": company.person("victor"),
            "admin": company.person("irene"),
        }
        owner, member, left = (self.people[role] for role in ("owner", "member", "left"))
        self.shared = company.channel(owner, member)
        self.private = company.channel(owner, member, left, self.people["disabled"], is_private=True)
        self.first = company.post(owner, self.private, SECRET)
        cookies = {role: company.cookie(person) for role, person in self.people.items()}
        teams.remove_member(by=owner, channel=self.private, person=left)
        Person.objects.get_queryset().filter(pk=self.people["disabled"].pk).update(is_active=False)
        self.pages: dict[str, Page] = {
            role: open_page(web, cookies.get(role, ""), Accept_Language="en") for role in sorted(ROLES)
        }

    def close(self) -> None:
        for page in self.pages.values():
            page.connection.close()

    def ask(self) -> None:
        """Everybody asks for everything, from the first event on."""
        for role in SIGNED_IN:
            self.pages[role].next("hello")
            self.pages[role].follow(self.shared, self.private, after={self.shared.pk: 0, self.private.pk: 0})

    def fence(self) -> None:
        """Wait until every page heard something said now, so that what was said before has arrived or never will."""
        self.company.post(self.people["owner"], self.shared)
        for role in SIGNED_IN:
            head = channel_head(self.shared)
            page = self.pages[role]
            if head not in page.posts(self.shared):
                page.until(lambda said, head=head: (said.get("c"), said.get("s")) == (self.shared.pk, head))
            page.say(t="ping")
            page.next("pong")

    def who_heard(self, wanted: Callable[[dict[str, Any]], bool]) -> frozenset[str]:
        return frozenset(role for role in SIGNED_IN if any(map(wanted, self.pages[role].heard)))


@pytest.fixture
def audience(web: Daphne, company: Company) -> Iterator[Audience]:
    made = Audience(web, company)
    yield made
    made.close()


def test_who_is_not_signed_in_hears_goodbye_and_nothing_else(audience: Audience) -> None:
    for role in REFUSED:
        page = audience.pages[role]
        assert page.close_code() == 4401, role
        assert {message["t"] for message in page.heard} == {"bye"}, role
    audience.ask()
    audience.fence()
    assert audience.who_heard(lambda said: said["t"] == "hello") == SAYS["hello"]
    assert audience.who_heard(lambda said: said["t"] == "pong") == SAYS["pong"]
    assert not audience.who_heard(lambda said: said["t"] == "bye")


def test_every_event_of_a_private_channel_reaches_its_members_and_nobody_else(audience: Audience) -> None:
    owner, member = audience.people["owner"], audience.people["member"]
    audience.ask()
    posts.edit(by=owner, post_id=audience.first.pk, text=f"{SECRET}, again", version=1)
    posts.react(by=member, post_id=audience.first.pk, emoji="🎉")
    posts.publish(by=member, channel=audience.private, text=f"{SECRET}: yes", answers=audience.first)
    asked = PollPart((f"{SECRET}, or", "Not"), is_multiple=False, ends_at=timezone.now() + timedelta(days=1))
    poll = posts.publish(by=owner, channel=audience.private, text=f"{SECRET}?", part=asked)
    posts.vote(by=member, post_id=poll.pk, choices=[0])
    posts.pin(by=owner, post_id=poll.pk)
    second = audience.company.post(owner, audience.private, f"{SECRET}, part two")
    posts.delete(by=owner, post_id=second.pk)
    last = channel_head(audience.private)
    for role in SAYS["post"]:
        audience.pages[role].until(lambda said: (said.get("c"), said.get("s")) == (audience.private.pk, last))
    audience.fence()
    for event in EVENTS:
        heard = audience.who_heard(
            lambda said, event=event: said.get("c") == audience.private.pk and said.get("kind") == event
        )
        assert heard == SAYS["post"], event
    assert audience.who_heard(lambda said: said.get("c") == audience.shared.pk) == SIGNED_IN
    # Whatever the kind of message: neither the words nor the channel's number.
    for role in SIGNED_IN - INSIDE:
        everything = " ".join(map(str, audience.pages[role].heard))
        assert CANARY not in everything, role
        assert str({"c": audience.private.pk})[1:-1] not in everything, role


def test_no_words_beside_the_text_reach_who_may_not_read(audience: Audience) -> None:
    owner, room = audience.people["owner"], audience.private
    audience.ask()
    drawn = {"kind": "image/png", "size": 1, "width": 9, "height": 9, "sha256": "0" * 64, "thumbnail": "0" * 64}
    picture = Attachment.objects.create(owner=owner, place="new", name=f"{BESIDE['file name']}.png", **drawn)
    posts.publish(by=owner, channel=room, text="", files=[Wish(picture.pk, alt=BESIDE["description"])])
    asked = PollPart((BESIDE["poll answer"], "Not"), is_multiple=False, ends_at=timezone.now() + timedelta(days=1))
    posts.publish(by=owner, channel=room, text="Which?", part=asked)
    source = posts.publish(by=owner, channel=room, text=BESIDE["quoted words"])
    posts.publish(by=owner, channel=room, text="This", quotes=source)
    posts.publish(by=owner, channel=room, text=BESIDE["answer"], answers=source)
    page = {"url": "https://news.example/x", "host": "news.example", "title": BESIDE["title of a link"]}
    link = LinkedPage.objects.create(digest=secrets.token_hex(32), fetched_at=timezone.now(), **page)
    Post.objects.filter(pk=source.pk).update(linked_page=link)
    posts.pin(by=owner, post_id=source.pk)
    last = channel_head(room)
    for role in INSIDE:
        audience.pages[role].until(lambda said: (said.get("c"), said.get("s")) == (room.pk, last))
    audience.fence()
    for kind, word in BESIDE.items():
        assert audience.who_heard(lambda said, word=word: word in str(said)) == INSIDE, kind


def test_a_resync_does_not_tell_that_a_hidden_channel_exists(audience: Audience) -> None:
    """Numbers of another time make a page load afresh; for who may not read the channel they mean nothing."""
    for role in SIGNED_IN:
        page = audience.pages[role]
        page.next("hello")
        page.follow(audience.shared, audience.private, after={audience.private.pk: 10**6, audience.shared.pk: 0})
    for role in SAYS["resync"]:
        audience.pages[role].next("resync")
    audience.fence()
    assert audience.who_heard(lambda said: said["t"] == "resync") == SAYS["resync"]


def test_a_notice_is_for_one_person(audience: Audience) -> None:
    audience.ask()
    member, outsider = audience.people["member"], audience.people["outsider"]
    # Naming somebody who may not read the channel tells them nothing.
    names = f"@{member.username} and @{outsider.username}"
    audience.company.post(audience.people["owner"], audience.private, f"{SECRET} for {names}")
    audience.pages["member"].next("notice")
    audience.fence()
    assert audience.who_heard(lambda said: said["t"] == "notice") == SAYS["notice"]


def test_how_far_somebody_read_is_for_their_own_devices(web: Daphne, company: Company, audience: Audience) -> None:
    audience.ask()
    audience.fence()
    cookie = company.cookie(audience.people["member"])
    assert press(web, cookie, "/read/", read=f"{audience.private.pk}:{channel_head(audience.private)}") == 200
    told = audience.pages["member"].next("read")
    assert str(audience.private.pk) not in told["unread"]
    audience.fence()
    assert audience.who_heard(lambda said: said["t"] == "read") == SAYS["read"]


def test_a_share_is_for_its_people_and_the_queue_for_officers(audience: Audience) -> None:
    destination = Destination.objects.create(
        slug=f"press-{audience.shared.pk}", name="Press", kind="press", review=Destination.Review.ALWAYS
    )
    audience.ask()
    owner = audience.people["owner"]
    post = audience.company.post(owner, audience.shared, "Ready for everybody")
    share = gate.request_share(by=owner, post=post, destination=destination)
    assert share.state == "held"
    audience.pages["owner"].next("share")
    audience.pages["officer"].next("desk")
    audience.fence()
    assert audience.who_heard(lambda said: said["t"] == "share") == SAYS["share"]
    assert audience.who_heard(lambda said: said["t"] == "desk") == SAYS["desk"]


@pytest.mark.asyncio
async def test_a_beat_tells_of_followed_channels_only(desk: Desk) -> None:
    """Channel 2 of the ledger is person 1's alone."""
    pages = {person: (await desk.open(person, 1, 2))[1] for person in (1, 2)}
    desk.ledger.post(1), desk.ledger.post(2)
    for channel_id in (1, 2):
        desk.hub.advance(channel_id, 1)
    await until(lambda: pages[1].posts(2) == [1] and pages[2].posts(1) == [1])
    for socket in desk.hub.sockets.all:
        socket.beaten -= 60
    beating = asyncio.create_task(beat(desk.hub))
    try:
        await until(lambda: all(any(said["t"] == "beat" for said in page.got) for page in pages.values()))
    finally:
        beating.cancel()
    heads = {person: next(said["heads"] for said in page.got if said["t"] == "beat") for person, page in pages.items()}
    assert heads == {1: {"1": 1, "2": 1}, 2: {"1": 1}}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_what_a_page_may_say_is_answered_by_role(audience: Audience, role: str) -> None:
    page = audience.pages[role]
    if role in REFUSED:
        assert page.close_code() == 4401
        assert role not in ASKS["ping"] | ASKS["sub"]
        return
    page.next("hello")
    page.say(t="ping")
    page.next("pong")
    page.follow(audience.shared, after={audience.shared.pk: 0})
    audience.company.post(audience.people["owner"], audience.shared)
    page.next("post")
    assert role in ASKS["ping"] & ASKS["sub"]
