"""Words of closed channels are known again where somebody pastes them, and nobody learns which channel it was."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.posts import passages
from corpblog.posts.errors import PostHeld
from corpblog.posts.models import ChannelToRead, Passage
from corpblog.posts.services import delete, edit, publish
from corpblog.sharing import canonical
from corpblog.sharing.services import request_share
from corpblog.teams.models import Channel, Classification
from corpblog.teams.services import classify, create_channel
from tests.sharing.conftest import press, put_in_force

__all__ = ["press"]

pytestmark = pytest.mark.django_db

POLICY = """\
policy: 1
name: Acme
rules:
  - id: pasted
    title: {en: Words of closed channels}
    detect:
      - channel_words: {at_least: confidential, characters: 100}
    outcome: hold
"""
MEMO = (
    "The supervisory board has agreed to close the plant near Lyon in the second quarter, and to move its two hundred "
    "workers to the new site before anybody outside hears of it."
)
EDITED = (
    "FYI: the supervisory board has agreed to close the plant near Lyon in the 2nd quarter, and to move its two "
    "hundred workers to the new site. Great news!"
)


@pytest.fixture
def rooms(alice: Person, bruno: Person) -> dict[str, Channel]:
    put_in_force(POLICY)
    made = {
        label: create_channel(by=alice, name=label.title(), classification=label) for label in Classification.values
    }
    return made | {"private": create_channel(by=alice, name="Attic", is_private=True)}


def held(by: Person, channel: Channel, text: str) -> bool:
    try:
        publish(by=by, channel=channel, text=text)
    except PostHeld:
        return True
    return False


@pytest.mark.parametrize("closed", ["confidential", "restricted", "private"])
@pytest.mark.parametrize("text", [MEMO, MEMO.upper(), EDITED])
def test_words_of_a_closed_channel_are_held_in_an_open_one(
    alice: Person, rooms: dict[str, Channel], closed: str, text: str
) -> None:
    publish(by=alice, channel=rooms[closed], text=MEMO)
    with pytest.raises(PostHeld) as refusal:
        publish(by=alice, channel=rooms["internal"], text=text)
    (finding,) = refusal.value.verdict.findings
    assert finding.term == closed
    assert 0.4 <= finding.confidence <= 1
    assert "Lyon" in text[finding.start : finding.end] or "LYON" in text[finding.start : finding.end]
    assert rooms[closed].name not in str(refusal.value.verdict.to_record()), "which channel is nobody's business"


def test_what_is_said_openly_is_nobodys_secret(alice: Person, rooms: dict[str, Channel]) -> None:
    publish(by=alice, channel=rooms["internal"], text=MEMO)
    assert not Passage.objects.exists()
    assert not held(alice, rooms["public"], MEMO)


def test_a_channel_may_repeat_itself_and_more_closed_ones_may_repeat_it(
    alice: Person, rooms: dict[str, Channel]
) -> None:
    publish(by=alice, channel=rooms["confidential"], text=MEMO)
    assert not held(alice, rooms["confidential"], MEMO)
    assert not held(alice, rooms["restricted"], MEMO)


def test_a_short_phrase_in_common_is_no_find(alice: Person, rooms: dict[str, Channel]) -> None:
    publish(by=alice, channel=rooms["confidential"], text=MEMO)
    assert not held(alice, rooms["internal"], "The supervisory board has agreed to meet on Friday to talk about lunch.")


def test_words_of_a_closed_channel_do_not_leave_without_an_officer(
    alice: Person, rooms: dict[str, Channel], press: object
) -> None:
    post = publish(by=alice, channel=rooms["internal"], text=MEMO)
    publish(by=alice, channel=rooms["restricted"], text=MEMO)
    share = request_share(by=alice, post=post, destination=press)
    assert share.state == "held"
    assert share.revision.verdict["findings"][0]["term"] == "restricted"
    assert "Restricted" not in canonical.read(share.revision.canonical)["text"]


def test_the_desk_shows_how_closed_and_how_much_and_not_where(
    alice: Person, omar: Person, rooms: dict[str, Channel], press: object, browser_of: Callable[[Person], Client]
) -> None:
    post = publish(by=alice, channel=rooms["internal"], text=MEMO)
    publish(by=alice, channel=rooms["private"], text=MEMO)
    share = request_share(by=alice, post=post, destination=press)
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "words of a closed channel (Private), 100 %" in page
    assert "Attic" not in page


def test_an_edit_adds_and_a_deletion_forgets(alice: Person, rooms: dict[str, Channel]) -> None:
    post = publish(by=alice, channel=rooms["confidential"], text=MEMO)
    edit(by=alice, post_id=post.pk, text="Nothing to see here.", version=1)
    assert held(alice, rooms["internal"], MEMO), "members have read it"
    delete(by=alice, post_id=post.pk)
    assert not Passage.objects.exists()


def test_a_channel_that_is_closed_later_is_read_from_its_beginning(
    alice: Person,
    rooms: dict[str, Channel],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    monkeypatch.setattr(passages, "_AT_ONCE", 2)
    texts = [MEMO, *(f"{MEMO[::-1]} {number}" for number in range(4))]
    for text in texts:
        publish(by=alice, channel=rooms["public"], text=text)
    with django_capture_on_commit_callbacks(execute=True):
        classify(by=alice, channel=rooms["public"], classification="restricted")
    assert passages.is_asked_for()
    passages.read_channels()
    assert not ChannelToRead.objects.exists()
    assert [held(alice, rooms["internal"], text) for text in texts] == [True] * 5


def test_a_policy_without_such_a_rule_asks_nothing(
    alice: Person, rooms: dict[str, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = "channel_words: {at_least: confidential, characters: 100}"
    put_in_force(POLICY.replace(asking, "keywords: {terms: [Falcon]}"))
    asked: list[object] = []
    monkeypatch.setattr(passages, "known_texts", lambda *facts: asked.append(facts) or ())
    assert publish(by=alice, channel=rooms["internal"], text=MEMO).text == MEMO
    assert asked == []
