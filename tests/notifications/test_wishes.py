"""Levels, keywords, followed and muted threads, kinds that are off: who is told of a post, and why."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.notifications import wishes
from corpblog.notifications.models import Keyword, Notice
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.posts.services import choose_for_thread, edit, publish, react
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, invite, join, open_conversation, remove_member
from tests.posts.conftest import engineering, policy_says

__all__ = ["engineering", "policy_says"]
pytestmark = pytest.mark.django_db(transaction=True)


def told(person: Person) -> list[str]:
    return list(
        Notice.objects.filter(person=person).exclude(kind="invite").order_by("pk").values_list("kind", flat=True)
    )


def answer(by: Person, post: Post, text: str = "Yes") -> Post:
    return publish(by=by, channel=post.channel, text=text, answers=post)


# Channels ----------------------------------------------------------------------------------------------------------


def test_every_post_of_a_channel_is_told_to_who_asked_for_that(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person
) -> None:
    wishes.set_level(by=bruno, channel=engineering, level="all")
    post = publish(by=alice, channel=engineering, text="Hello")
    answer(chloe, post)
    publish(by=bruno, channel=engineering, text="My own")
    assert told(bruno) == ["post", "post"]
    assert told(chloe) == []


def test_a_silent_channel_is_silent_altogether(engineering: Channel, alice: Person, bruno: Person) -> None:
    mine = publish(by=bruno, channel=engineering, text="Question?")
    wishes.set_level(by=bruno, channel=engineering, level="none")
    answer(alice, mine, "@bruno yes")
    assert told(bruno) == []


def test_a_silent_conversation_tells_nothing(alice: Person, bruno: Person) -> None:
    talk = open_conversation(by=alice, people=[bruno])
    wishes.set_level(by=bruno, channel=talk, level="none")
    publish(by=alice, channel=talk, text="Hello @bruno")
    assert told(bruno) == []


def test_levels_are_of_channels_one_may_read(alice: Person, bruno: Person, engineering: Channel) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    with pytest.raises(NotFound):
        wishes.set_level(by=bruno, channel=board, level="all")
    with pytest.raises(Invalid):
        wishes.set_level(by=bruno, channel=engineering, level="loud")


def test_who_may_no_longer_read_is_told_nothing_whatever_they_wished(
    alice: Person, bruno: Person, irene: Person
) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    invite(by=alice, channel=board, person=bruno)
    root = publish(by=alice, channel=board, text="First")
    wishes.set_level(by=bruno, channel=board, level="all")
    choose_for_thread(by=bruno, post_id=root.pk, choice="follow")
    for person in (bruno, irene):
        wishes.add_keyword(by=person, phrase="merger")
    remove_member(by=alice, channel=board, person=bruno)
    publish(by=alice, channel=board, text="The merger, @bruno and @irene")
    answer(alice, root, "The merger again")
    assert told(bruno) == told(irene) == []


# Threads -----------------------------------------------------------------------------------------------------------


def test_a_followed_thread_tells_of_every_reply(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person
) -> None:
    root = publish(by=alice, channel=engineering, text="Plans?")
    reply = answer(chloe, root)
    choose_for_thread(by=bruno, post_id=reply.pk, choice="follow")
    answer(chloe, reply)
    assert told(bruno) == ["thread"]
    assert told(alice) == ["reply", "reply"]


def test_a_muted_thread_tells_only_who_is_named(engineering: Channel, alice: Person, bruno: Person) -> None:
    root = publish(by=alice, channel=engineering, text="Plans?")
    choose_for_thread(by=alice, post_id=root.pk, choice="mute")
    answer(bruno, root)
    assert told(alice) == []
    answer(bruno, root, "@alice do look")
    assert told(alice) == ["mention"]
    choose_for_thread(by=alice, post_id=root.pk, choice="")
    answer(bruno, root)
    assert told(alice) == ["mention", "reply"]


def test_a_choice_is_known_and_of_a_post_one_sees(engineering: Channel, alice: Person, bruno: Person) -> None:
    post = publish(by=alice, channel=engineering, text="Hello")
    with pytest.raises(Invalid):
        choose_for_thread(by=bruno, post_id=post.pk, choice="shout")
    hidden = publish(by=alice, channel=create_channel(by=alice, name="Board", is_private=True), text="Hush")
    with pytest.raises(NotFound):
        choose_for_thread(by=bruno, post_id=hidden.pk, choice="follow")


# Keywords ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("réunion", "La REUNION est à midi", True),
        ("quarterly report", "The quarterly   report, at last", True),
        ("quarterly report", "A report that is quarterly", False),
        ("port", "The report", False),
        ("a b c d", "a b c d", True),
    ],
)
def test_a_keyword_is_found_as_words(
    phrase: str, text: str, found: bool, engineering: Channel, alice: Person, chloe: Person
) -> None:
    wishes.add_keyword(by=chloe, phrase=phrase)
    publish(by=alice, channel=engineering, text=text)
    notices = Notice.objects.filter(person=chloe)
    assert [notice.facts for notice in notices] == ([{"word": phrase}] if found else [])


def test_the_strongest_reason_is_told_once(engineering: Channel, alice: Person, bruno: Person) -> None:
    wishes.set_level(by=bruno, channel=engineering, level="all")
    wishes.add_keyword(by=bruno, phrase="relay")
    post = publish(by=alice, channel=engineering, text="The relay")
    assert told(bruno) == ["keyword"]
    edit(by=alice, post_id=post.pk, text="The relay, @bruno", version=1)
    publish(by=alice, channel=engineering, text="The relay again, @bruno")
    assert told(bruno) == ["keyword", "mention"]


@pytest.mark.parametrize("phrase", ["", "!!!", "one two three four five", "\x00"])
def test_a_keyword_that_could_find_nothing_is_refused(phrase: str, alice: Person) -> None:
    with pytest.raises(Invalid):
        wishes.add_keyword(by=alice, phrase=phrase)


def test_keywords_are_counted_once_and_bounded(alice: Person, bruno: Person) -> None:
    for count in range(wishes.MOST_KEYWORDS):
        wishes.add_keyword(by=alice, phrase=f"word{count}")
    with pytest.raises(Conflict):
        wishes.add_keyword(by=alice, phrase="one more")
    mine = wishes.keywords_of(alice)[0]
    wishes.drop_keyword(by=bruno, keyword_id=mine.pk)
    assert Keyword.objects.filter(pk=mine.pk).exists()
    wishes.drop_keyword(by=alice, keyword_id=mine.pk)
    wishes.add_keyword(by=alice, phrase="Word1")
    assert len(wishes.keywords_of(alice)) == wishes.MOST_KEYWORDS - 1


# Kinds -------------------------------------------------------------------------------------------------------------


def test_what_is_off_is_not_told(engineering: Channel, alice: Person, bruno: Person) -> None:
    wishes.set_reach(by=alice, wishes={"reaction": "off", "reply": "off", "direct": "off"})
    post = publish(by=alice, channel=engineering, text="Hello")
    react(by=bruno, post_id=post.pk, emoji="👍")
    answer(bruno, post)
    publish(by=bruno, channel=open_conversation(by=bruno, people=[alice]), text="Hello")
    assert told(alice) == []
    answer(bruno, post, "@alice")
    assert told(alice) == ["mention"]


@pytest.mark.parametrize("kind", sorted(wishes.DUTIES))
def test_a_duty_cannot_be_switched_off(kind: str, omar: Person) -> None:
    with pytest.raises(Invalid):
        wishes.set_reach(by=omar, wishes={kind: "off"})
    assert wishes.reach_of(omar)[kind] == "page"


def test_unknown_wishes_change_nothing(alice: Person) -> None:
    for wrong in ({"mention": "off", "nothing": "off"}, {"mention": "off", "reply": "shout"}):
        with pytest.raises(Invalid):
            wishes.set_reach(by=alice, wishes=wrong)
    assert set(wishes.reach_of(alice).values()) == {"page"}


@pytest.mark.parametrize(("first", "last"), [(22, None), (None, 7), (24, 7), (-1, 7)])
def test_half_of_the_quiet_hours_is_refused(first: int | None, last: int | None, alice: Person) -> None:
    with pytest.raises(Invalid):
        wishes.set_rhythm(by=alice, digest="daily", quiet_from=first, quiet_to=last)


def test_joining_changes_no_wish(engineering: Channel, chloe: Person) -> None:
    join(by=chloe, channel=engineering)
    assert wishes.level_for(chloe, engineering) == "mentions"


def test_the_page_of_wishes_lists_the_channels_with_a_level_of_their_own(
    engineering: Channel, alice: Person, bruno: Person, browser_of: Callable[[Person], Client]
) -> None:
    quiet = create_channel(by=alice, name="Quiet place", is_private=True)
    invite(by=alice, channel=quiet, person=bruno)
    wishes.set_level(by=bruno, channel=engineering, level="all")
    wishes.set_level(by=bruno, channel=quiet, level="none")
    browser = browser_of(bruno)
    assert [row.channel for row in wishes.levels_of(bruno)] == [engineering, quiet]
    answer = browser.post("/c/engineering/level/", {"level": "mentions", "next": "/settings/notices/"}, follow=True)
    assert ("Quiet place" in answer.text, 'value="mentions">As others<span class="vh"> Engineering' in answer.text) == (
        True,
        False,
    )
    # What one may no longer read is no longer named.
    remove_member(by=alice, channel=quiet, person=bruno)
    assert wishes.levels_of(bruno) == []


def test_wishes_are_asked_for_what_one_can_be_told_and_others_stay(
    bruno: Person, omar: Person, browser_of: Callable[[Person], Client]
) -> None:
    kinds = {person.username: [kind for kind, _name in wishes.kinds_for(person)] for person in (bruno, omar)}
    assert set(kinds["omar"]) - set(kinds["bruno"]) == {"review", "report", "policy", "destination"}
    assert 'name="review"' not in browser_of(bruno).get("/settings/notices/").text
    wishes.set_pushed(by=bruno, kinds=["reply"])
    assert wishes.pushed_kinds(bruno) == {"reply", "review", "report"}
