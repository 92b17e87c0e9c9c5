"""Nothing of a closed room leaves by mail, at once or in a digest, nor by Web Push; and nothing held is quoted in them.

The room and its canaries are those of test_canaries.py. Mail goes to a real SMTP server, and what a push carries is
opened with the key of the browser that it was sealed for.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from corpblog.desk import services as desk
from corpblog.kernel import clock
from corpblog.notifications import wishes
from corpblog.people.models import Person
from corpblog.posts import services as posts
from corpblog.posts.files import Wish
from corpblog.posts.models import LinkedPage, Post
from corpblog.posts.parts.announcements import AnnouncementPart
from corpblog.posts.parts.polls import PollPart
from corpblog.sharing import services as gate
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, ensure_storyline, invite, join, remove_member
from tests.sharing.conftest import POLICY, put_in_force
from tests.web.test_canaries import CANARIES, files_of, found_in
from tests.web.test_paths_beside_pages import OutsideOf, outside_of
from tests.web.test_route_matrix import in_a_day

__all__ = ["outside_of"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.long]
# With the digest of the day, or of the week, at the latest.
A_WEEK = timedelta(days=8)


def say_everything(alice: Person, channel: Channel, root: Post) -> None:
    """Do all that makes notices, in every kind of words there is."""
    said = CANARIES
    text, picture = files_of(alice)
    wishes_for = [Wish(text.pk), Wish(picture.pk, alt=said["description of a picture"])]
    first = posts.publish(
        by=alice, channel=channel, text=f"The {said['text']} #{said['hashtag']}, @bruno", files=wishes_for
    )
    options = PollPart((said["poll answer"], "None"), False, in_a_day())
    poll = posts.publish(by=alice, channel=channel, text="Which, @bruno?", part=options)
    posts.publish(by=alice, channel=channel, text="Hear, @bruno", part=AnnouncementPart(alice, None))
    posts.publish(by=alice, channel=channel, text="See, @bruno", quotes=first)
    answer = posts.publish(by=alice, channel=channel, text=said["answer in a thread"], answers=root)
    posts.edit(by=alice, post_id=answer.pk, text=f"{said['answer in a thread']}, @bruno", version=1)
    posts.react(by=alice, post_id=root.pk, emoji="👍")
    facts = {"url": "https://news.example/s", "host": "news.example", "title": said["title of a link"]}
    page = LinkedPage.objects.create(digest="e" * 64, fetched_at=clock.now(), **facts)
    Post.objects.filter(pk__in=[first.pk, poll.pk]).update(linked_page=page)


@pytest.fixture
def a_week_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let a week pass, after which every digest is due."""
    real = clock.now
    return lambda: monkeypatch.setattr(clock, "now", lambda: real() + A_WEEK)


def prepared(by: Person, person: Person, *, is_private: bool) -> tuple[Channel, Post]:
    """A channel in which somebody was told of everything, and their own words there, which others answer."""
    name, description = CANARIES["channel name"].title(), CANARIES["channel description"]
    channel = create_channel(by=by, name=name, description=description, is_private=is_private)
    invite(by=by, channel=channel, person=person) if is_private else join(by=person, channel=channel)
    root = posts.publish(by=person, channel=channel, text="Mine")
    wishes.set_level(by=person, channel=channel, level="all")
    posts.choose_for_thread(by=person, post_id=root.pk, choice="follow")
    return channel, root


@pytest.mark.gate("G31")
@pytest.mark.parametrize("mailed", ["mail", "digest"])
@pytest.mark.parametrize("who", ["member", "left before", "left after"])
def test_nothing_that_is_sent_tells_of_a_closed_room(
    who: str, mailed: str, outside_of: OutsideOf, alice: Person, bruno: Person, a_week_later: Callable[[], None]
) -> None:
    channel, root = prepared(alice, bruno, is_private=True)
    outside = outside_of(bruno, mailed)
    outside.told()
    if who == "left before":
        remove_member(by=alice, channel=channel, person=bruno)
    say_everything(alice, channel, root)
    if who == "left after":
        remove_member(by=alice, channel=channel, person=bruno)
    if mailed == "digest":
        a_week_later()
    told = outside.told()
    # Whoever is in the room is told that something is there, and reads it there; the others are told nothing at all.
    sent = (told["mail"], told["/send/browser"], told["/send/program"])
    assert [bool(each) for each in sent] == [who == "member"] * 3
    allowed = {"channel name"} if who == "member" else set()
    assert set(found_in(str(told))) <= allowed


@pytest.mark.parametrize("mailed", ["mail", "digest"])
def test_the_canaries_of_an_open_channel_are_mailed(
    mailed: str, outside_of: OutsideOf, alice: Person, bruno: Person, a_week_later: Callable[[], None]
) -> None:
    """The test of these tests: words do travel, and would be found."""
    channel, root = prepared(alice, bruno, is_private=False)
    outside = outside_of(bruno, mailed)
    outside.told()
    say_everything(alice, channel, root)
    assert bool(outside.told()["mail"]) == (mailed == "mail")
    if mailed == "digest":
        a_week_later()
        [message] = outside.told()["mail"]
        assert {"channel name", "text", "hashtag", "answer in a thread"} == set(found_in(message))


@pytest.mark.gate("G31")
@pytest.mark.parametrize("reader", ["alice", "omar"])
def test_nothing_held_is_quoted_whatever_holds_it(
    reader: str, outside_of: OutsideOf, person: Callable[[str], Person], settings: Any
) -> None:
    """To its author and to the officer who has the case: not a word of text, files, answers or what it quotes."""
    settings.DESK_PSEUDONYMS = True
    put_in_force(POLICY)
    alice, omar, lena = person("alice"), person("omar"), person("lena")
    outside = outside_of(person(reader))
    news, said = create_channel(by=alice, name="News"), CANARIES
    text, picture = files_of(alice)
    quoted = posts.publish(by=alice, channel=news, text=f"The {said['text']}")
    files = [Wish(text.pk), Wish(picture.pk, alt=said["description of a picture"])]
    post = posts.publish(by=alice, channel=news, text=f"Falcon #{said['hashtag']}", files=files, quotes=quoted)
    share = gate.request_share(by=alice, post=post, destination=gate.ensure_press_page())
    assert share.state == "held"
    outside.told()
    digest, now = share.revision.digest, clock.now()
    desk.assign(by=lena, share_id=share.pk, to="omar")
    # What an officer is called to is no news any more once they have dealt with it.
    told = [outside.told()]
    desk.remark(by=omar, share_id=share.pk, kind="message", text=said["deleted post"])
    desk.ask_for_changes(by=omar, share_id=share.pk, digest=digest, reason=said["deleted post"], authenticated_at=now)
    told += [outside.told()]
    assert any(each["mail"] for each in told)
    assert any(each["/send/browser"] for each in told)
    assert found_in(str(told)) == []
    # With pseudonyms at the desk, nothing that calls an officer to it says who wrote.
    assert reader == "alice" or "Alice" not in str(told)


@pytest.mark.gate("G31")
def test_a_reported_post_on_a_storyline_names_nobody_where_the_desk_has_pseudonyms(
    outside_of: OutsideOf, alice: Person, bruno: Person, omar: Person, settings: Any
) -> None:
    settings.DESK_PSEUDONYMS = True
    outside = outside_of(omar)
    post = posts.publish(by=alice, channel=ensure_storyline(alice), text="What I think")
    posts.report(by=bruno, post_id=post.pk, reason="other", note=CANARIES["text"])
    told = outside.told()
    assert told["mail"]
    assert not any(words in str(told) for words in ("Alice", "Bruno", CANARIES["text"]))
