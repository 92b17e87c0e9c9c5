"""A case shows what stands around it, when it would leave, what it corrects, and what each outgoing field is."""

import re
from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest
from django.utils import timezone

from corpblog.audit.models import AuditEntry
from corpblog.desk import services
from corpblog.desk.selectors import case
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Role, RoleGrant
from corpblog.posts.services import delete, publish
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from corpblog.sharing.wishes import Wish
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.web import desk_words
from tests.sharing.test_threads import threaded  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def reply_held(write, channel, press, alice, bruno):
    """A reply that waits for an officer, under a post that answers a thread's first one."""

    def make(to=None):
        where = to or channel
        root = write("When do we tell them?", by=bruno, to=where)
        first = publish(by=bruno, channel=where, text="On Monday, I think", answers=root)
        post = publish(by=alice, channel=where, text="Falcon flies on Monday", answers=first)
        publish(by=bruno, channel=where, text="Ask Lena before", answers=post)
        return gate.request_share(by=alice, post=post, destination=press)

    return make


def around(found):
    return [(each.kin, each.post.text) for each in found.around.shown]


def page_of(client, share):
    page = unescape(client.get(f"/desk/{share.pk}/").content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_officer_reads_the_thread_around_a_reply(reply_held, omar, browser_of):
    share = reply_held()
    assert around(case(omar, share.pk)) == [
        ("root", "When do we tell them?"),
        ("answered", "On Monday, I think"),
        ("reply", "Ask Lena before"),
    ]
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert f'<a href="/p/{share.post.root_id}/">Open the thread</a>' in page
    assert not AuditEntry.objects.filter(action="desk.thread_read").exists()


def test_what_it_quotes_and_who_quotes_it_stand_around_it(write, press, alice, bruno, omar, channel):
    source = write("The figures of March", by=bruno)
    post = publish(by=alice, channel=channel, text="Falcon, see these", quotes=source)
    share = gate.request_share(by=alice, post=post, destination=press)
    publish(by=bruno, channel=channel, text="Alice says it best", quotes=post)
    closed = Channel.objects.create(slug="den", name="Den", is_private=True)
    ChannelCounter.objects.get_or_create(channel=closed)
    Membership.objects.create(person=bruno, channel=closed)
    publish(by=bruno, channel=closed, text="Between us: Alice is wrong", quotes=post)
    found = case(omar, share.pk)
    assert around(found) == [("quoted", "The figures of March"), ("quoting", "Alice says it best")]
    assert found.around.closed == []


def test_a_deleted_parent_says_that_it_is_gone_and_nothing_else(reply_held, omar, bruno, browser_of):
    share = reply_held()
    delete(by=bruno, post_id=share.post.answers_id)
    page = page_of(browser_of(omar), share)
    assert "On Monday, I think" not in page
    assert "It was deleted." in page


@pytest.fixture
def closed_thread(reply_held, channel):
    share = reply_held()
    Channel.objects.filter(pk=channel.pk).update(is_private=True)
    return Share.objects.get(pk=share.pk)


def test_a_closed_room_is_read_only_when_the_log_says_so(closed_thread, omar, browser_of):
    client = browser_of(omar)
    before = page_of(client, closed_thread)
    assert "When do we tell them?" not in before
    assert "3 posts around it are in rooms that you do not read." in before
    opened = unescape(client.post(f"/desk/{closed_thread.pk}/around/").content.decode())
    assert "When do we tell them?" in opened
    assert f'href="/p/{closed_thread.post.root_id}/"' not in opened
    entry = AuditEntry.objects.get(action="desk.thread_read")
    assert (entry.actor_id, entry.subject) == (omar.pk, closed_thread.subject)
    assert len(entry.payload.facts["posts"]) == 3
    assert "When do we tell them?" not in page_of(client, closed_thread)


@pytest.mark.parametrize("who", ["victor", "alice", "irene"])
def test_only_officers_open_a_closed_room(closed_thread, person, browser_of, who):
    answer = browser_of(person(who)).post(f"/desk/{closed_thread.pk}/around/")
    assert answer.status_code == 403
    assert b"When do we tell them?" not in answer.content
    assert not AuditEntry.objects.filter(action="desk.thread_read").exists()


def test_an_officer_does_not_open_rooms_around_their_own_words(closed_thread, omar):
    closed_thread.hands.create(person=omar, part="editor")
    with pytest.raises(NotAllowed):
        services.read_around(by=omar, share_id=closed_thread.pk)


def test_where_the_desk_shows_pseudonyms_the_thread_names_nobody(reply_held, omar, settings, browser_of):
    settings.DESK_PSEUDONYMS = True
    share = reply_held()
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "When do we tell them?" in page
    assert "Bruno" not in page
    assert "Alice" not in page
    assert f'href="/p/{share.post.root_id}/"' not in page


def test_a_long_thread_shows_five_answers_and_says_that_there_are_more(reply_held, bruno, channel, omar):
    share = reply_held()
    for n in range(5):
        publish(by=bruno, channel=channel, text=f"Answer {n}", answers=share.post)
    found = case(omar, share.pk).around
    assert [each.kin for each in found.shown].count("reply") == 5
    assert found.is_cut


def test_a_case_says_when_it_leaves_by_the_clock_it_was_chosen_on(write, press, alice, omar, browser_of):
    day = timezone.now().astimezone(UTC).replace(hour=8, minute=30) + timedelta(days=5)
    wish = Wish(send_at=day, zone="Asia/Tokyo")
    share = gate.request_share(by=alice, post=write("Falcon flies"), destination=press, wish=wish)
    page = page_of(browser_of(omar), share)
    assert ", 17:30 (Asia/Tokyo)" in page
    now = gate.request_share(by=alice, post=write("Falcon flies at once"), destination=press)
    assert "As soon as it is released" in page_of(browser_of(omar), now)


def test_a_case_says_that_its_destination_is_quiet_then(write, press, alice, chloe, omar, browser_of):
    times = gate.Times(zone="Europe/Paris", quiet_hours=(time(0), time(23, 59)))
    gate.set_times(by=chloe, destination=press, times=times)
    wish = Wish(send_at=datetime(2031, 3, 4, 9, 0, tzinfo=UTC), zone="Europe/Paris")
    share = gate.request_share(by=alice, post=write("Falcon flies"), destination=press, wish=wish)
    page = page_of(browser_of(omar), share)
    assert "Not before 4 Mar 2031, 10:00 (Europe/Paris); quiet there until 4 Mar 2031, 23:59" in page


def test_a_correction_shows_the_words_it_takes_the_place_of(write, press, alice, work, omar, browser_of):
    share = gate.request_share(by=alice, post=write("We open in Lyon on Monday"), destination=press)
    work()
    out = Share.objects.for_rows().get(pk=share.pk)
    correction = gate.correct(by=alice, share=out, words="We open in Falcon on Monday", reason="Place")
    page = browser_of(omar).get(f"/desk/{correction.pk}/").content.decode()
    assert re.search(r"<del>.*?Lyon</del>", page)
    assert re.search(r"<ins>.*?Falcon</ins>", page)
    assert "We open in Lyon on Monday" in page
    assert case(omar, share.pk).replaced == ""


def test_parts_of_a_thread_are_named_by_their_place(write, threaded, alice, omar, browser_of):  # noqa: F811
    destination, _there = threaded
    wish = Wish(comment="Falcon in the first comment")
    share = gate.request_share(by=alice, post=write("Falcon above"), destination=destination, wish=wish)
    page = page_of(browser_of(omar), share)
    assert "Post 2 of the thread Falcon in the first comment" in page
    assert "thread.0" not in page


def test_the_trail_tells_what_officers_did_and_not_to_whom_it_is_about(
    write, press, alice, omar, lena, browser_of, fresh
):
    share = gate.request_share(by=alice, post=write("Falcon flies"), destination=press)
    services.assign(by=omar, share_id=share.pk, to="lena")
    services.mark_rule(by=omar, share_id=share.pk, rule="code-names", is_right=True)
    services.remark(by=omar, share_id=share.pk, kind="comment", text="Look closely")
    services.evidence(by=omar, share_id=share.pk)
    services.assign(by=lena, share_id=share.pk, to="")
    services.assign(by=lena, share_id=share.pk, to="lena")
    services.escalate(by=lena, share_id=share.pk, digest=share.digest, note="You", authenticated_at=fresh)
    done = (
        f"Given to {lena.display_name}",
        "Rule code-names marked as a true find",
        "Comment for colleagues",
        "The evidence was taken as a ZIP",
        "Given back to all",
        "Taken",
        "Escalated",
    )
    steps = [(step.words, step.actor) for step in desk_words.page(case(omar, share.pk))["steps"]]
    actors = [omar, omar, omar, omar, lena, lena, lena]
    told = [(words, actor.display_name) for words, actor in zip(done, actors, strict=True)]
    assert steps == [*reversed(told), ("Asked for", alice.display_name)]
    page = page_of(browser_of(omar), share)
    assert all(words in page for words in done)
    theirs = unescape(browser_of(alice).get(f"/shares/{share.pk}/").content.decode())
    RoleGrant.objects.create(person=alice, role=Role.COMPLIANCE)
    own = [step.words for step in desk_words.page(case(alice, share.pk))["steps"]]
    assert own == ["Asked for"]
    assert not any(words in theirs for words in done[:4])


def test_a_step_whose_words_were_erased_is_still_told(write, press, alice, omar, lena):
    share = gate.request_share(by=alice, post=write("Falcon flies"), destination=press)
    services.assign(by=omar, share_id=share.pk, to="lena")
    services.mark_rule(by=omar, share_id=share.pk, rule="code-names", is_right=False)
    for entry in AuditEntry.objects.filter(subject=share.subject, action__startswith="desk."):
        entry.payload.delete()
    steps = [step.words for step in desk_words.page(case(omar, share.pk))["steps"]]
    assert steps[:2] == ["Rule … marked as a false alarm", "Given to …"]
