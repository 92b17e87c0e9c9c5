"""Announcements: made by who looks after the place, acknowledged once, followed up by nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from corpblog.notifications.models import ChannelLevel, Notice
from corpblog.people.models import Person
from corpblog.posts import announcements, parts
from corpblog.posts.models import Acknowledgement, Announcement, Post
from corpblog.posts.parts.announcements import AnnouncementPart
from corpblog.posts.services import acknowledge, delete, publish, remind
from corpblog.posts.services.announcing import is_due, remind_due
from corpblog.teams.models import Channel
from corpblog.teams.services import ensure_storyline, invite, join, open_conversation

pytestmark = pytest.mark.django_db
Capture = Callable[..., Any]
Browser = Callable[[Person], Client]


@pytest.fixture
def announced(engineering: Channel, alice: Person, chloe: Person) -> Post:
    """Give an announcement of alice's; bruno and chloe are in the channel."""
    join(by=chloe, channel=engineering)
    due = clock.now() + timedelta(days=1)
    return publish(by=alice, channel=engineering, text="New badges", part=AnnouncementPart(alice, due))


def names(people: Any) -> list[str]:
    return [person.username for person in people]


def test_who_looks_after_the_place_announces(engineering: Channel, alice: Person, bruno: Person, chloe: Person) -> None:
    def announce(by: Person, channel: Channel) -> Post:
        return publish(by=by, channel=channel, text="Hear", part=AnnouncementPart(by, None))

    with pytest.raises(NotAllowed):
        announce(bruno, engineering)
    with pytest.raises(NotAllowed):
        announce(alice, open_conversation(by=alice, people=[bruno]))
    assert announce(alice, engineering).kind == "announcement"
    assert announce(bruno, ensure_storyline(bruno)).kind == "announcement"


def test_a_reminder_comes_later_than_its_announcement(engineering: Channel, alice: Person) -> None:
    with pytest.raises(Invalid):
        parts.read({"kind": ["announcement"], "due": ["2020-01-01T10:00"]}, alice)
    over = AnnouncementPart(alice, clock.now() - timedelta(seconds=1))
    with pytest.raises(Invalid):
        publish(by=alice, channel=engineering, text="Hear", part=over)


def test_everybody_acknowledges_once_and_the_author_never(announced: Post, alice: Person, bruno: Person) -> None:
    for _time in range(2):
        acknowledge(by=bruno, post_id=announced.pk)
    assert Acknowledgement.objects.count() == 1
    with pytest.raises(NotAllowed):
        acknowledge(by=alice, post_id=announced.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Acknowledgement.objects.create(announcement_id=announced.pk, person=bruno)


def test_a_reader_sees_their_own_part_and_the_author_how_many(
    announced: Post, alice: Person, bruno: Person, omar: Person
) -> None:
    acknowledge(by=bruno, post_id=announced.pk)
    # Whoever reads an open channel may say so, and is not counted.
    acknowledge(by=omar, post_id=announced.pk)
    told = {person.username: announcements.standings(person, [announced.pk])[announced.pk] for person in (bruno, omar)}
    assert told == {"bruno": {"done": True, "asked": True}, "omar": {"done": True, "asked": False}}
    assert announcements.standings(alice, [announced.pk])[announced.pk] == {
        "done": False,
        "asked": False,
        "count": 2,
        "acknowledged": 1,
    }


def test_who_has_not_comes_first_and_only_to_who_follows_up(
    announced: Post, alice: Person, bruno: Person, chloe: Person, zoe: Person
) -> None:
    acknowledge(by=bruno, post_id=announced.pk)
    _post, asked = announcements.progress(alice, announced.pk)
    assert [(each.person.username, each.at is None) for each in asked] == [("chloe", True), ("bruno", False)]
    for person in (bruno, chloe):
        with pytest.raises(NotAllowed):
            announcements.progress(person, announced.pk)
        with pytest.raises(NotAllowed):
            remind(by=person, post_id=announced.pk)


def test_a_hidden_announcement_is_not_found(secret: Channel, alice: Person, bruno: Person) -> None:
    hidden = publish(by=alice, channel=secret, text="Hush", part=AnnouncementPart(alice, None))
    for act in (acknowledge, remind):
        with pytest.raises(NotFound):
            act(by=bruno, post_id=hidden.pk)
    with pytest.raises(NotFound):
        announcements.progress(bruno, hidden.pk)
    assert announcements.standings(bruno, [hidden.pk]) == {}


def test_everybody_is_told_also_where_they_wished_to_hear_nothing(
    engineering: Channel, alice: Person, bruno: Person, django_capture_on_commit_callbacks: Capture
) -> None:
    ChannelLevel.objects.create(person=bruno, channel=engineering, level="none")
    with django_capture_on_commit_callbacks(execute=True):
        publish(by=alice, channel=engineering, text="@bruno hear", part=AnnouncementPart(alice, None))
    notice = Notice.objects.get(person=bruno)
    assert notice.sentence == "Alice Martin asks you to acknowledge an announcement."


def test_the_worker_reminds_once_and_only_who_has_not(
    announced: Post, bruno: Person, chloe: Person, django_capture_on_commit_callbacks: Capture
) -> None:
    acknowledge(by=bruno, post_id=announced.pk)
    assert not is_due()
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        assert is_due()
        for _time in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                remind_due()
        assert not is_due()
    notice = Notice.objects.get(kind="announcement")
    assert (notice.person, notice.sentence) == (
        chloe,
        "A reminder: acknowledge the announcement of Alice Martin.",
    )


def test_reminding_by_hand_keeps_one_unread_notice_each_and_has_a_limit(
    announced: Post, alice: Person, django_capture_on_commit_callbacks: Capture
) -> None:
    for _time in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            assert remind(by=alice, post_id=announced.pk) == 2
    assert Notice.objects.filter(kind="announcement").count() == 2
    with pytest.raises(TooMany):
        remind(by=alice, post_id=announced.pk)


def test_who_joins_later_is_asked_as_well(secret: Channel, alice: Person, bruno: Person) -> None:
    hidden = publish(by=alice, channel=secret, text="Hush", part=AnnouncementPart(alice, None))
    assert names(announcements.missing(hidden)) == []
    invite(by=alice, channel=secret, person=bruno)
    assert names(announcements.missing(hidden)) == ["bruno"]


def test_a_deleted_announcement_asks_nobody(announced: Post, alice: Person, bruno: Person) -> None:
    delete(by=alice, post_id=announced.pk)
    assert not Announcement.objects.exists()
    with pytest.raises(NotFound):
        acknowledge(by=bruno, post_id=announced.pk)


def test_the_pages_of_it(announced: Post, alice: Person, bruno: Person, browser_of: Browser) -> None:
    bruno.display_name = "=cmd()"
    bruno.save()
    reader, author = browser_of(bruno), browser_of(alice)
    assert f'action="/p/{announced.pk}/acknowledge/"' in reader.get("/").text
    assert reader.post(f"/p/{announced.pk}/acknowledge/").status_code == 302
    page = author.get(f"/p/{announced.pk}/acknowledged/").text
    assert "1 of 2 people acknowledged" in page
    table = author.get(f"/p/{announced.pk}/acknowledged.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    rows = table.text.removeprefix("\ufeff").splitlines()
    assert [row.split(",")[:2] for row in rows] == [
        ["Name", "Username"],
        ["Chloé Dubois", "chloe"],
        ["'=cmd()", "bruno"],
    ]
    assert "1 person was reminded." in author.post(f"/p/{announced.pk}/remind/", follow=True).text
