"""Words of its own and a chosen time: whatever changes is judged anew, and clocks are minded."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.kernel.instants import instant
from corpblog.people.models import Person
from corpblog.posts.files import Wish as FileWish
from corpblog.posts.models import Post
from corpblog.posts.services import attach, publish
from corpblog.sharing import canonical, selectors, services
from corpblog.sharing.errors import ShareBlocked, TooLongThere
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.wishes import Wish, moved_to
from corpblog.teams.models import Channel, Membership
from tests.policy.extraction.files import picture

Write = Callable[..., Post]
Work = Callable[[], int]
NIGHT = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NIGHT)


# The clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.gate("G27")
@pytest.mark.usefixtures("new_year")
@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("Europe/Paris", date(2027, 3, 27), time(2, 30), datetime(2027, 3, 27, 1, 30, tzinfo=UTC)),
        ("Europe/Paris", date(2027, 3, 28), time(3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        ("Europe/Paris", date(2027, 7, 1), time(12, 0), datetime(2027, 7, 1, 10, 0, tzinfo=UTC)),
        # The hour comes twice; the first one counts.
        ("Europe/Paris", date(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2027, 11, 7), time(1, 30), datetime(2027, 11, 7, 5, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", date(2027, 2, 1), time(0, 0), datetime(2027, 1, 31, 18, 15, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2027, 4, 4), time(1, 45), datetime(2027, 4, 3, 14, 45, tzinfo=UTC)),
    ],
)
def test_a_wall_clocks_time_is_one_instant(zone: str, day: date, at: time, utc: datetime) -> None:
    assert instant(day, at, zone) == utc


@pytest.mark.gate("G27")
@pytest.mark.usefixtures("new_year")
@pytest.mark.parametrize(
    ("zone", "day", "at"),
    [
        ("Europe/Paris", date(2027, 3, 28), time(2, 30)),
        ("America/New_York", date(2027, 3, 14), time(2, 0)),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15)),
        ("Europe/Paris", date(2026, 12, 31), time(23, 0)),
        ("Europe/Paris", date(2028, 3, 1), time(9, 0)),
        ("Mars/Olympus", date(2027, 3, 1), time(9, 0)),
        ("../etc/passwd", date(2027, 3, 1), time(9, 0)),
    ],
)
def test_a_time_that_is_none_is_refused_in_words(zone: str, day: date, at: time) -> None:
    with pytest.raises(Invalid) as refused:
        instant(day, at, zone)
    assert refused.value.message


@pytest.mark.usefixtures("new_year")
def test_moving_to_another_day_keeps_the_wall_clock_over_the_change_of_the_clocks() -> None:
    paris = ZoneInfo("Europe/Paris")
    wish = Wish(send_at=datetime(2027, 3, 26, 9, 0, tzinfo=paris), zone="Europe/Paris")
    moved = moved_to(wish, "2027-03-29")
    assert moved.send_at == datetime(2027, 3, 29, 7, 0, tzinfo=UTC)
    assert moved_to(Wish(), "2027-03-29").send_at is not None
    with pytest.raises(Invalid):
        moved_to(wish, "soon")


# Judged anew ----------------------------------------------------------------------------------------------------------


def tomorrow(hours: int = 24) -> Wish:
    return Wish(send_at=clock.now() + timedelta(hours=hours), zone="UTC")


def again(share: Share) -> Share:
    return Share.objects.for_rows().get(pk=share.pk)


def test_a_share_leaves_in_its_own_words_and_the_post_keeps_its_own(
    alice: Person, press: Destination, write: Write, work: Work
) -> None:
    post = write("We open in Lyon, see you at the desk.")
    share = services.request_share(by=alice, post=post, destination=press, wish=Wish("We open in Lyon. #acme"))
    work()
    assert again(share).state == "sent"
    assert canonical.read(again(share).job.sealed)["text"] == "We open in Lyon. #acme"
    assert Post.objects.get(pk=post.pk).text == "We open in Lyon, see you at the desk."


@pytest.mark.gate("G4")
def test_own_words_are_scanned(alice: Person, press: Destination, write: Write) -> None:
    share = services.request_share(by=alice, post=write("All clean"), destination=press, wish=Wish("Falcon flies"))
    assert share.state == "held"
    with pytest.raises(ShareBlocked):
        services.request_share(
            by=alice, post=write("Clean again"), destination=press, wish=Wish("The salary list is here")
        )


@pytest.mark.gate("G1")
@pytest.mark.parametrize("wish", [Wish("Falcon flies on Friday"), tomorrow()])
def test_other_words_or_another_time_void_the_approval(
    alice: Person, omar: Person, press: Destination, write: Write, work: Work, wish: Wish
) -> None:
    share = services.request_share(by=alice, post=write("Falcon flies"), destination=press, wish=tomorrow(48))
    services.decide(
        by=omar, share_id=share.pk, revision_digest=share.digest, ruling="approve", authenticated_at=clock.now()
    )
    assert again(share).state == "approved"
    services.plan(by=alice, share=again(share), wish=wish)
    assert again(share).state == "held"
    work()
    assert again(share).state == "held"


def test_a_clean_share_that_is_moved_goes_at_its_new_time(
    alice: Person, press: Destination, write: Write, work: Work, travel: Any
) -> None:
    share = services.request_share(by=alice, post=write("Hello"), destination=press, wish=tomorrow(48))
    services.plan(by=alice, share=again(share), wish=tomorrow(1))
    work()
    assert again(share).state == "cleared"
    travel(hours=1, minutes=1)
    work()
    assert again(share).state == "sent"


@pytest.mark.gate("G10")
def test_whoever_rewords_does_not_decide(
    alice: Person, omar: Person, press: Destination, channel: Any, write: Write
) -> None:
    post = write("Falcon flies")
    channel.kind = channel.Kind.COMPANY
    channel.save()
    for person in (alice, omar):
        Membership.objects.update_or_create(person=person, channel=channel, defaults={"role": "owner"})
    share = services.request_share(by=alice, post=post, destination=press)
    share = services.plan(by=omar, share=again(share), wish=Wish("Falcon lands"))
    with pytest.raises(NotAllowed):
        services.decide(
            by=omar, share_id=share.pk, revision_digest=share.digest, ruling="approve", authenticated_at=clock.now()
        )


def test_strangers_cannot_plan_and_what_is_out_cannot_be_planned(
    alice: Person, bruno: Person, press: Destination, write: Write, work: Work
) -> None:
    share = services.request_share(by=alice, post=write("Hello"), destination=press)
    with pytest.raises(NotFound):
        services.plan(by=bruno, share=share, wish=Wish("Mine"))
    work()
    with pytest.raises(Conflict):
        services.plan(by=alice, share=again(share), wish=Wish("Too late"))


def test_words_that_do_not_fit_there_are_refused(alice: Person, remote: Any, write: Write) -> None:
    destination, connector = remote("key")
    connector.longest = lambda config: 10
    with pytest.raises(TooLongThere):
        services.request_share(by=alice, post=write("Hello"), destination=destination, wish=Wish("Far too many words"))


def test_the_calendar_shows_what_one_may_see(
    alice: Person, bruno: Person, omar: Person, press: Destination, write: Write
) -> None:
    share = services.request_share(by=alice, post=write("Hello"), destination=press, wish=tomorrow())
    span = (clock.now(), clock.now() + timedelta(days=2))
    assert selectors.planned(alice, *span) == [share]
    assert selectors.planned(omar, *span) == [share]
    assert selectors.planned(bruno, *span) == []
    assert selectors.planned(alice, span[1], span[1] + timedelta(days=2)) == []


# The preview ----------------------------------------------------------------------------------------------------------


def test_the_preview_shows_pictures_with_their_descriptions_and_what_stays(
    policy: object, channel: Channel, alice: Person, press: Destination, browser_of: Any, write: Write
) -> None:
    file = attach(by=alice, place="new", name="a.png", data=picture("a"))
    quoted = write("Something else")
    post = publish(
        by=alice,
        channel=channel,
        text="**Look** at [this](https://acme.example/a)",
        files=[FileWish(file.pk, "A <boat>")],
        quotes=quoted,
    )
    page = browser_of(alice).post("/shares/preview/", {"post": post.pk, "destination": "press"}).text
    assert '<span class="mark-bold">Look</span>' in page
    assert '<span class="network-link mark-link">this</span>' in page
    assert f'src="/files/{file.pk}/small/"' in page
    assert "A &lt;boat&gt;" in page
    assert "What it quotes stays inside." in page
    assert "Links go without a card." in page


def test_the_preview_of_a_composer_shows_what_it_holds_and_what_the_gate_says_of_it(
    policy: object, channel: Channel, alice: Person, bruno: Person, press: Destination, browser_of: Any, remote: Any
) -> None:
    file = attach(by=alice, place="new", name="a.png", data=picture("Falcon"))
    typed = {"text": "Look", "channel": channel.pk, "destination": ["press"], "outside": "1", "file": file.pk}
    typed |= {f"alt_{file.pk}": "Falcon flies", "kind": "question"}
    page = browser_of(alice).post("/shares/preview/", typed).text
    assert "Falcon flies" in page
    assert "A reviewer will look at this first" in page
    assert "Only its words leave" in page
    # Somebody else's draft is nobody's to look at.
    page = browser_of(bruno).post("/shares/preview/", typed).text
    assert f"/files/{file.pk}/" not in page


def test_the_preview_says_that_a_network_takes_no_such_files(
    policy: object, channel: Channel, alice: Person, browser_of: Any
) -> None:
    Destination.objects.create(slug="slack", name="Slack", kind="slack", remote_account="a")
    file = attach(by=alice, place="new", name="a.png", data=picture("a"))
    post = publish(by=alice, channel=channel, text="Look", files=[FileWish(file.pk, "A boat")])
    page = browser_of(alice).post("/shares/preview/", {"post": post.pk, "destination": "slack"}).text
    assert "This destination cannot take everything that belongs to this post." in page
