"""Nothing reaches who may not see it by the paths beside pages: mail, pushes to browsers and programs, the API.

Each path is first seen to work, for who may read; then the same act happens where they may not, and all the bytes that
went out are searched. What pages tell is in test_inventory.py, what the socket tells in tests/realtime.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from corpblog.desk import services as desk
from corpblog.kernel import clock
from corpblog.notifications import devices, mail, push, wishes
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.people.services import give_token
from corpblog.posts.models import Post
from corpblog.posts.services import choose_for_thread, delete, edit, publish, react
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, invite, join, open_conversation, remove_member
from tests.servers.internet import internet
from tests.servers.push import Device, PushService
from tests.servers.smtp import Mailbox, smtp, text_of
from tests.sharing.conftest import POLICY, put_in_force

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Kestrel"
PROGRAM = ["/api/v1/accounts/verify_credentials", "/api/v1/push/subscription"]


@dataclass
class Outside:
    """All that leaves for one person: their mailbox, their browser, their program."""

    person: Person
    mailbox: Mailbox
    service: PushService
    secret: str
    browser: Device = field(default_factory=lambda: Device(path="/send/browser"))
    program: Device = field(default_factory=lambda: Device(path="/send/program"))

    def told(self) -> dict[str, list[str]]:
        """Have everything sent that is due, and return what each path told, opened."""
        mail.send_due()
        push.send_due()
        opened = {
            "mail": [
                f"{message.items()}\n{text_of(message)}\n{text_of(message, 'html')}"
                for message in self.mailbox.messages
            ]
        }
        for device in (self.browser, self.program):
            taken = [one for one in self.service.taken if one.path == device.path]
            opened[device.path] = [str(device.open(one)) for one in taken]
        client = Client(headers={"authorization": f"Bearer {self.secret}"})
        opened["api"] = [client.get(path).text for path in PROGRAM]
        self.mailbox.envelopes.clear()
        self.service.taken.clear()
        return opened


# mailed: "mail" for at once, "digest" for later.
OutsideOf = Callable[..., Outside]


@pytest.fixture
def outside_of(browser_of: Callable[[Person], Client], settings: Any) -> Iterator[OutsideOf]:
    """Give anybody every path there is, each turned on for every kind."""
    with smtp() as (box, port), pytest.MonkeyPatch.context() as patch, internet(patch) as world:
        settings.MAIL_SERVER, settings.MAIL_FROM = f"smtp://127.0.0.1:{port}", "corpblog@acme.example"
        settings.EGRESS_PRIVATE, settings.PUSH_SERVICES = [f"127.0.0.1:{port}"], ["push.example"]
        settings.VAPID_KEY = push.new_key()
        service = PushService()
        world.site("push.example", service.behave)

        def opened(person: Person, mailed: str = "mail") -> Outside:
            made = give_token(person=person, name="phone", scopes=["read", "push"], days=30)
            found = Outside(person, box, service, made.secret)
            key = str(browser_of(person).session.session_key)
            devices.add_browser(by=person, session_key=key, user_agent="", **found.browser.subscription)
            alerts = sorted(set(push.ALERTS.values()))
            devices.add_program(token=made.token, alerts=alerts, **found.program.subscription)
            wishes.set_reach(by=person, wishes=dict.fromkeys(Notice.Kind.values, mailed))
            wishes.set_pushed(by=person, kinds=Notice.Kind.values)
            wishes.add_keyword(by=person, phrase=WORDS)
            return found

        yield opened


@pytest.fixture
def outside(outside_of: OutsideOf, bruno: Person) -> Outside:
    return outside_of(bruno)


@pytest.fixture
def board(alice: Person, bruno: Person) -> Channel:
    """Give a closed room in which bruno was."""
    room = create_channel(by=alice, name="Board", is_private=True)
    invite(by=alice, channel=room, person=bruno)
    return room


def everything(alice: Person, bruno: Person, room: Channel, root: Post) -> None:
    """Do all that makes notices, with words and names that must not be heard."""
    publish(by=alice, channel=room, text=f"{WORDS} lands, @bruno")
    answer = publish(by=alice, channel=room, text=f"{WORDS} again", answers=root)
    edit(by=alice, post_id=answer.pk, text=f"{WORDS} again, @bruno", version=1)


def test_each_path_tells_who_may_read(outside: Outside, board: Channel, alice: Person, bruno: Person) -> None:
    """The test of these tests: the paths do carry what happens."""
    root = publish(by=bruno, channel=board, text="Mine")
    outside.told()
    everything(alice, bruno, board, root)
    told = outside.told()
    assert all(told.values()), told
    assert "Alice Martin mentioned you." in told["mail"][0]
    assert "Alice Martin mentioned you." in "".join(told["/send/browser"])
    assert "Alice Martin mentioned you." in "".join(told["/send/program"])


def test_no_path_quotes_a_closed_room_even_to_its_members(
    outside: Outside, board: Channel, alice: Person, bruno: Person
) -> None:
    """A keyword is the reader's own word; here it stands in what is posted, so other words are looked for."""
    publish(by=alice, channel=board, text="Heliotrope for @bruno")
    told = outside.told()
    assert told["/send/browser"]
    assert "Heliotrope" not in str(told)


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_left_a_room_hears_nothing_of_it_by_any_path(
    when: str, outside: Outside, board: Channel, alice: Person, bruno: Person
) -> None:
    root = publish(by=bruno, channel=board, text="Mine")
    wishes.set_level(by=bruno, channel=board, level="all")
    choose_for_thread(by=bruno, post_id=root.pk, choice="follow")
    outside.told()
    if when == "before":
        remove_member(by=alice, channel=board, person=bruno)
        everything(alice, bruno, board, root)
    else:
        # What was planned while they could read is asked about again when it is sent.
        everything(alice, bruno, board, root)
        react(by=alice, post_id=root.pk, emoji="👍")
        remove_member(by=alice, channel=board, person=bruno)
    told = outside.told()
    assert (told["mail"], told["/send/browser"], told["/send/program"]) == ([], [], [])
    assert not any(words in str(told["api"]) for words in (WORDS, "Board", board.slug))


def test_a_conversation_of_others_is_heard_by_no_path(outside: Outside, alice: Person, chloe: Person) -> None:
    talk = open_conversation(by=alice, people=[chloe])
    publish(by=alice, channel=talk, text=f"{WORDS}, @bruno must not know")
    told = outside.told()
    assert (told["mail"], told["/send/browser"], told["/send/program"]) == ([], [], [])


def test_what_was_deleted_before_it_was_sent_is_not_sent(outside: Outside, alice: Person, bruno: Person) -> None:
    news = create_channel(by=alice, name="News")
    join(by=bruno, channel=news)
    outside.told()
    post = publish(by=alice, channel=news, text=f"{WORDS} @bruno")
    delete(by=alice, post_id=post.pk)
    told = outside.told()
    assert (told["mail"], told["/send/browser"], told["/send/program"]) == ([], [], [])


def test_nothing_held_is_quoted_by_any_path(outside: Outside, bruno: Person, omar: Person, lena: Person) -> None:
    """The author hears what became of a share, by paths that others carry: never its words, its rule or the reason."""
    put_in_force(POLICY)
    news = create_channel(by=bruno, name="News")
    post = publish(by=bruno, channel=news, text="Falcon has landed")
    share = gate.request_share(by=bruno, post=post, destination=gate.ensure_press_page())
    now = clock.now()

    def judged_again() -> None:
        edit(by=bruno, post_id=post.pk, text="Falcon has landed twice", version=1)

    def rejected() -> None:
        digest = Share.objects.get().digest
        desk.reject(by=omar, share_id=share.pk, digest=digest, reason="Heliotrope", authenticated_at=now)

    def written_to() -> None:
        desk.remark(by=omar, share_id=share.pk, kind="message", text="Heliotrope")

    def lifted() -> None:
        desk.appeal(by=bruno, share_id=share.pk, reason="It is known")
        desk.answer_appeal(by=lena, share_id=share.pk, lift=True, note="Heliotrope", authenticated_at=now)

    acts = {
        judged_again: "Your share waits for a reviewer.",
        written_to: "A reviewer wrote to you about your share.",
        rejected: "Your share was rejected.",
        lifted: "Another reviewer lifted the rejection of your share.",
    }
    outside.told()
    for act, sentence in acts.items():
        act()
        told = outside.told()
        assert (len(told["mail"]), len(told["/send/browser"])) == (1, 1), act
        assert sentence in told["mail"][0]
        assert sentence in told["/send/browser"][0]
        assert not any(words in str(told) for words in ("Falcon", "landed", "code-names", "Code names", "Heliotrope"))
