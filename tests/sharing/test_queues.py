"""A destination's queue: who stands in it, in which order, who may change it; and the periods in which it is quiet."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.sharing import queues, services
from corpblog.sharing.models import Hand, QuietPeriod, Share
from corpblog.sharing.services import Times
from corpblog.sharing.wishes import Wish
from tests.threads import at_once, threads_database  # noqa: F401

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


def noon(days):
    """Noon in Paris, so many days from now."""
    at = clock.now().astimezone(PARIS) + timedelta(days=days)
    return at.replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def ask(write, alice, press):
    """Ask for a share at a time, or in the next slot."""

    def asked(text, at=None, by=alice):
        wish = Wish(send_at=at, zone="Europe/Paris") if at else Wish(in_next_slot=True)
        return services.request_share(by=by, post=write(text, by=by), destination=press, wish=wish)

    return asked


@pytest.fixture
def slots(chloe, press):
    from datetime import time

    every_day = [(day, time(9)) for day in range(7)]
    return services.set_times(by=chloe, destination=press, times=Times("Europe/Paris", slots=every_day))


def order(press, person):
    return [place.share.post.text for place in queues.queue_of(person, press) if place.share]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads_database")
def test_two_people_at_once_never_get_the_same_slot(write, alice, bruno, press, slots):
    posts = [write(f"Post {number}", by=by) for number in range(3) for by in (alice, bruno)]

    def take(post):
        wish = Wish(in_next_slot=True)
        return lambda: services.request_share(by=post.author, post=post, destination=press, wish=wish)

    answers = at_once(*map(take, posts))
    assert all(isinstance(answer, Share) for answer in answers), answers
    assert len({answer.send_at for answer in answers}) == len(posts)


def test_the_queue_is_in_order_with_the_slots_that_are_free(ask, slots, press, alice):
    ask("Second", at=noon(4))
    ask("First")
    places = queues.queue_of(alice, press)
    assert order(press, alice) == ["First", "Second"]
    assert [place.at for place in places] == sorted(place.at for place in places)
    free = [place.at for place in places if place.is_free]
    assert len(free) == queues.FREE_SHOWN
    assert not {place.at for place in places if place.share} & set(free)


def test_neighbours_change_places_and_are_judged_anew(ask, press, alice):
    first, second = ask("One", at=noon(1)), ask("Two", at=noon(2))
    services.move_in_queue(by=alice, share=second, earlier=True)
    assert order(press, alice) == ["Two", "One"]
    first.refresh_from_db()
    assert first.send_at == noon(2)
    assert first.revision.number == 2
    with pytest.raises(Conflict, match="last already"):
        services.move_in_queue(by=alice, share=first, earlier=False)


def test_nobody_pushes_somebody_elses_share_aside(ask, press, alice, bruno, chloe, omar):
    ask("Alice", at=noon(1))
    mine = ask("Bruno", at=noon(2), by=bruno)
    with pytest.raises(NotAllowed, match="somebody else"):
        services.move_in_queue(by=bruno, share=mine, earlier=True)
    assert order(press, omar) == ["Alice", "Bruno"]
    # Communications set the order of what they may not read, and decide on none of it afterwards.
    assert [place.share for place in queues.queue_of(chloe, press) if place.may_move] == [None, None]
    services.move_in_queue(by=chloe, share=mine, earlier=True)
    assert order(press, omar) == ["Bruno", "Alice"]
    assert Hand.objects.filter(person=chloe, part="editor").count() == 2


def test_what_changed_meanwhile_is_not_moved(ask, press, alice):
    first, second = ask("One", at=noon(1)), ask("Two", at=noon(2))
    seen = Share.objects.for_rows().get(pk=second.pk)
    services.plan(by=alice, share=second, wish=Wish(send_at=noon(5), zone="Europe/Paris"))
    with pytest.raises(Conflict, match="changed meanwhile"):
        services.move_in_queue(by=alice, share=seen, earlier=True)
    first.refresh_from_db()
    assert first.send_at == noon(1)


def test_the_page_moves_and_takes_out_and_hides_what_is_not_ones_own(ask, press, alice, bruno, browser_of):
    first, second = ask("One canary", at=noon(1)), ask("Two canary", at=noon(2))
    mine, path = browser_of(alice), "/shares/queue/press/"
    assert mine.get(path).text.index("One canary") < mine.get(path).text.index("Two canary")
    mine.post(f"{path}move/", {"share": second.pk, "act": "earlier"})
    assert mine.get(path).text.index("Two canary") < mine.get(path).text.index("One canary")
    other = browser_of(bruno)
    assert "canary" not in other.get(path).text
    assert other.get(path).text.count("Taken by a colleague") == 2
    assert other.post(f"{path}move/", {"share": first.pk, "act": "out"}).status_code == 404
    mine.post(f"{path}move/", {"share": first.pk, "act": "out"})
    first.refresh_from_db()
    assert first.state == "withdrawn"


# Quiet periods -------------------------------------------------------------------------------------------------------


def be_quiet(by, press, start, end, reason="Before the results"):
    return services.be_quiet(by=by, destination=press, start=start, end=end, zone="Europe/Paris", reason=reason)


def test_nothing_is_planned_into_a_quiet_period(ask, slots, press, alice, chloe):
    be_quiet(chloe, press, noon(2), noon(6))
    with pytest.raises(Invalid, match=r"quiet at that time \(Before the results\)"):
        ask("Early", at=noon(3))
    at_its_end = ask("At its end", at=noon(6))
    with pytest.raises(Invalid, match="quiet at that time"):
        services.plan(by=alice, share=at_its_end, wish=Wish(send_at=noon(5), zone="Europe/Paris"))
    found = [ask(f"Slot {number}").send_at for number in range(4)]
    assert not [at for at in found if noon(2) <= at < noon(6)]


@pytest.mark.gate("G27")
def test_nothing_leaves_in_a_quiet_period_that_was_made_after_it_was_planned(ask, press, chloe, work, travel):
    share = ask("Planned", at=clock.now() + timedelta(hours=1))
    start, end = clock.now() + timedelta(minutes=30), clock.now() + timedelta(hours=3)
    assert be_quiet(chloe, press, start, end) == 1
    travel(hours=2)
    work()
    share.refresh_from_db()
    assert (share.state, share.note) == ("cleared", "quiet")
    travel(hours=2)
    work()
    share.refresh_from_db()
    assert share.state == "sent"


def test_who_may_make_a_period_and_what_it_has_to_say(press, alice, chloe):
    with pytest.raises(NotAllowed):
        be_quiet(alice, press, noon(1), noon(2))
    for start, end, reason in ((noon(2), noon(1), "Why"), (noon(-3), noon(-2), "Why"), (noon(1), noon(2), " ")):
        with pytest.raises(Invalid):
            be_quiet(chloe, press, start, end, reason)
    be_quiet(chloe, press, noon(1), noon(2))
    period = QuietPeriod.objects.get()
    services.end_quiet(by=chloe, destination=press, period_id=period.pk)
    assert not QuietPeriod.objects.exists()
    assert AuditEntry.objects.filter(action="destination.quiet_ended", actor_id=chloe.pk).exists()


def test_the_database_keeps_a_period_in_order(press, chloe):
    with pytest.raises(IntegrityError, match="a_quiet_period_lasts"):
        QuietPeriod.objects.create(
            destination=press, starts_at=noon(2), ends_at=noon(1), zone="UTC", reason="Why", made_by=chloe
        )


def test_the_calendar_and_the_queue_show_why_it_is_quiet(press, alice, chloe, browser_of):
    path = "/shares/calendar/press/quiet/"
    first, last = (noon(days).date().isoformat() for days in (1, 3))
    fields = {"quiet-from_day": first, "quiet-from_time": "08:00", "quiet-until_day": last, "quiet-until_time": "18:00"}
    fields |= {"quiet-zone": "Europe/Paris", "quiet-reason": "Quarterly results"}
    wrong = browser_of(chloe).post(path, fields | {"quiet-until_day": first, "quiet-until_time": "07:00"})
    assert wrong.status_code == 422
    assert "It has to end after it starts" in wrong.text
    assert "Quarterly results" in wrong.text
    assert browser_of(chloe).post(path, fields).status_code == 302
    reader = browser_of(alice)
    for page in (f"/shares/calendar/?week={first}", "/shares/queue/press/"):
        assert "Quarterly results" in reader.get(page).text, page
