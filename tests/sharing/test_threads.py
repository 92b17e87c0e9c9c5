"""A text that is too long leaves as a thread: in parts that fit, in order, each once, and is taken back as a whole."""

import itertools
import re
from datetime import timedelta

import grapheme
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.posts.models import Post
from corpblog.sharing import canonical, services
from corpblog.sharing.connectors.x import X
from corpblog.sharing.models import Incident, Job, Recall, Receipt, Share, ThreadPart
from corpblog.sharing.services import sending
from corpblog.sharing.services.watching import watch_destination
from corpblog.sharing.splitting import split
from corpblog.sharing.wishes import Wish
from tests.servers.bluesky import bluesky
from tests.servers.front import front
from tests.servers.mastodon import TOKEN, mastodon_server
from tests.sharing.conftest import put_in_force, stricter

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("bluesky")]
AS_THREAD = Wish(as_thread=True)
SENTENCES = [f"This is sentence number {number}, and it says what there is to say." for number in range(12)]
LONG = " ".join(SENTENCES)


def again(share):
    return Share.objects.for_rows().get(pk=share.pk)


def without_numbers(parts):
    return " ".join(part.rpartition(" ")[0] for part in parts)


# Cutting ------------------------------------------------------------------------------------------------------------


def test_what_fits_stays_whole():
    assert split("Short. And sweet.", len, 17) == ["Short. And sweet."]
    assert split(LONG, len, None) == [LONG]


def test_it_is_cut_at_sentences_and_numbered():
    parts = split(LONG, len, 300)
    assert [part.rpartition(" ")[2] for part in parts] == ["1/3", "2/3", "3/3"]
    assert all(len(part) <= 300 for part in parts)
    assert all(part.rpartition(" ")[0].endswith(".") for part in parts)
    assert without_numbers(parts) == LONG


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=30), max_size=40))
def test_nothing_is_lost_and_every_part_fits(words):
    text = " ".join(words)
    for length, longest in ((len, 80), (X().length, 100), (grapheme.length, 60)):
        parts = split(text, length, longest)
        assert all(length(part) <= longest for part in parts)
        kept = without_numbers(parts) if len(parts) > 1 else parts[0]
        assert "".join(kept.split()) == "".join(text.split())


def test_a_link_is_never_cut_and_counts_as_the_network_counts_it():
    link = "https://acme.example/" + "a" * 200
    parts = split(f"{LONG} {link} {LONG}", X().length, 280)
    assert sum(link in part for part in parts) == 1


def test_too_many_parts_are_refused():
    with pytest.raises(Invalid, match="25 parts"):
        split("word " * 2000, len, 100)


# The gate -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def threaded(remote):
    """A remote that hangs posts under each other and takes eighty characters."""
    destination, there = remote("key", config={"longest": 80})
    there.threads = True
    real, there.under = there.publish, []

    def publish(payload, target, *, not_after):
        there.under.append(payload.above)
        return real(payload, target, not_after=not_after)

    there.publish = publish
    return destination, there


@pytest.fixture
def ask(write, alice):
    def asked(destination, text=LONG[:200], wish=AS_THREAD):
        return services.request_share(by=alice, post=write(text), destination=destination, wish=wish)

    return asked


def test_the_form_that_is_approved_has_every_part(threaded, ask):
    share = ask(threaded[0], wish=Wish(as_thread=True, comment="More: https://acme.example/"))
    form = canonical.read(share.revision.canonical)
    *parts, comment = canonical.parts(form)
    assert without_numbers(parts) == LONG[:200].strip()
    assert comment == "More: https://acme.example/"
    assert set(canonical.outgoing_strings(share.revision.canonical)) >= {"text", "thread.0", "thread.1"}


@pytest.mark.gate("G4")
def test_every_part_and_the_comment_are_scanned(threaded, ask):
    late = LONG[:150] + " Falcon"
    assert ask(threaded[0], late).state == "held"
    assert ask(threaded[0], "Short", Wish(comment="Falcon")).state == "held"


@pytest.mark.gate("G23")
def test_a_forbidden_phrase_is_seen_over_a_cut(threaded, ask):
    text = "x" * 63 + " the salary list " + "y" * 60
    parts = split(text, len, 80)
    assert not any("salary list" in part for part in parts), "the cut is where it has to be for this test"
    # What lies over a seam is for a person: it may be chance.
    assert ask(threaded[0], text).state == "held"


def test_without_asking_for_a_thread_it_is_too_long_and_where_none_can_be_it_is_said(threaded, ask, remote):
    with pytest.raises(Invalid):
        ask(threaded[0], wish=Wish())
    plain, _there = remote("blind", config={"longest": 80})
    with pytest.raises(Invalid, match="threads"):
        ask(plain)


def test_parts_leave_in_order_each_under_those_before(threaded, ask, work):
    destination, there = threaded
    share = ask(destination)
    work()
    parts = canonical.parts(canonical.read(share.revision.canonical))
    assert again(share).state == "sent"
    assert there.under == [tuple(f"r{n}" for n in range(1, number + 1)) for number in range(len(parts))]
    assert len({key for _job, key, _body in there.received}) == len(parts)
    assert Receipt.objects.get().remote_id == "r1"


@pytest.mark.gate("G18")
@pytest.mark.parametrize("broken", [0, 1, 2])
@pytest.mark.parametrize("mood", ["accepted_then_silence", "lost", "garbage", "bug", "busy"])
def test_a_lost_answer_in_the_middle_doubles_nothing(threaded, ask, work, travel, mood, broken):
    destination, there = threaded
    share = ask(destination)
    there.next(*["ok"] * broken, mood)
    for _round in range(4):
        work()
        travel(minutes=1)
    parts = canonical.parts(canonical.read(share.revision.canonical))
    assert again(share).state == "sent"
    assert len(there.shown) == len(parts) == ThreadPart.objects.count()


@pytest.mark.gate("G18")
def test_a_worker_that_died_in_the_middle_is_followed_by_another(threaded, ask, work, travel):
    destination, there = threaded
    share = ask(destination)
    job = Job.objects.get(share=share)
    for _part in range(2):
        lease = services.seal(job_id=job.pk, worker="dying")
        call = sending.begin_call(job_id=job.pk, lease=lease)
        outcome = sending.attempt(call)
        if len(there.shown) < 2:
            sending.finish(job_id=job.pk, lease=lease, outcome=outcome)
    assert (ThreadPart.objects.count(), len(there.shown)) == (1, 2)
    for _round in range(4):
        travel(minutes=2)
        work()
    parts = canonical.parts(canonical.read(share.revision.canonical))
    assert (again(share).state, len(there.shown)) == ("sent", len(parts))


@pytest.mark.gate("G6")
def test_a_policy_that_becomes_stricter_in_the_middle_stops_the_rest(threaded, ask, alice, work):
    destination, there = threaded
    share = ask(destination, "One sentence about us all, which is not very short, is here. We meet Condor " + "z" * 50)
    job = Job.objects.get(share=share)
    lease = services.seal(job_id=job.pk, worker="w")
    services.send(job_id=job.pk, lease=lease)
    put_in_force(stricter("Condor"))
    work()
    assert (again(share).state, again(share).note, len(there.shown)) == ("withdrawn", "thread_stopped", 1)
    services.recall(by=alice, share=again(share), reason="Half of it says nothing")
    work()
    assert (again(share).state, there.shown) == ("recalled", {})


@pytest.mark.gate("G1")
def test_an_edit_in_the_middle_changes_nothing_of_what_was_approved(threaded, ask, work):
    destination, there = threaded
    share = ask(destination)
    job = Job.objects.get(share=share)
    services.send(job_id=job.pk, lease=services.seal(job_id=job.pk, worker="w"))
    share.post.text = "Falcon flies on Monday"
    share.post.version += 1
    share.post.save()
    services.follow_post(share.post_id)
    work()
    assert {body for _key, body in there.shown.values()} == {share.revision.canonical}
    assert again(share).state == "sent"


def test_the_whole_thread_is_taken_back(threaded, ask, alice, work, monkeypatch):
    destination, there = threaded
    share = ask(destination)
    work()
    gone = []
    real = there.delete
    monkeypatch.setattr(there, "delete", lambda remote_id, target: (gone.append(remote_id), real(remote_id, target)))
    services.recall(by=alice, share=again(share), reason="Wrong")
    work()
    assert (again(share).state, there.shown) == ("recalled", {})
    assert gone == [f"r{number}" for number in range(len(gone), 0, -1)]
    assert Recall.objects.get().state == "done"


def test_the_preview_shows_each_part_and_the_page_all_of_it(threaded, ask, write, alice, browser_of, work):
    destination, _there = threaded
    post = write(LONG[:200])
    facts = {"post": post.pk, "destination": destination.slug, "as_thread": "on", "comment": "And more"}
    page = browser_of(alice).post("/shares/preview/", facts).content.decode()
    parts = split(LONG[:200], len, 80)
    assert page.count('class="network ') == len(parts) + 1
    assert all(f" {number}/{len(parts)}" in page for number in range(1, len(parts) + 1))
    assert "And more" in page
    answer = browser_of(alice).post("/shares/new/", facts | {"words": post.text, "when": "now"}, follow=True)
    assert "And more" in answer.content.decode()
    work()
    assert Share.objects.get().state == "sent"


# The composer -------------------------------------------------------------------------------------------------------


@pytest.fixture
def composed(threaded, browser_of, alice, channel, policy):
    """Post from the composer to the place that takes threads; give the answer."""

    def sent(text, **typed):
        form = {"text": text, "channel": channel.pk, "outside": "1", "destination": threaded[0].slug}
        return browser_of(alice).post("/posts/", form | typed, follow=True)

    return sent


def test_the_composer_asks_for_the_same_as_the_dialog(threaded, composed):
    words = f"words_{threaded[0].slug}"
    day = clock.now().date() + timedelta(days=3)
    composed("Short", as_thread="on", comment="And more", when="later", day=f"{day}", time="09:30", zone="UTC")
    share = Share.objects.get()
    assert (share.as_thread, share.comment, share.words) == (True, "And more", "")
    assert f"{share.send_at:%F %R}" == f"{day} 09:30"
    composed("A post inside", **{words: "Other words there"})
    assert Share.objects.latest("pk").words == "Other words there"


def test_a_wish_that_cannot_be_is_said_before_anything_is_posted(threaded, composed):
    page = composed("Tell them", comment="And more", when="later", day="", time="09:30").content.decode()
    assert "Day: Choose a day." in page
    assert "And more" in page
    assert ">Tell them</textarea>" in page
    assert not Share.objects.exists()
    assert not Post.objects.filter(text="Tell them").exists()


def test_the_composers_fields_come_with_what_was_typed(threaded, browser_of, alice):
    slug = threaded[0].slug
    typed = {"outside": "1", "destination": slug, f"words_{slug}": "Hello there", "comment": "And more", "when": "slot"}
    page = browser_of(alice).post("/shares/wishes/", typed).content.decode()
    assert ">Hello there</textarea>" in page
    assert "And more</textarea>" in page
    # The switch is off, or nothing is ticked: there is nothing to wish for.
    assert "textarea" not in browser_of(alice).post("/shares/wishes/", {"destination": slug}).content.decode()


def offered(html):
    """Which of the two fields for what hangs under a post stand there to be seen."""
    thread = re.search(r'<div class="field"( hidden)?><span class="check"><input[^>]*name="as_thread"', html)
    comment = re.search(r'<div( hidden)?><div class="field[^>]*>\s*<label[^>]*>First comment', html)
    return {name for name, found in (("thread", thread), ("comment", comment)) if not found[1]}


def test_what_no_ticked_place_takes_is_not_offered_and_what_was_typed_never_hides(threaded, press, browser_of, alice):
    def shown(*places, **typed):
        typed |= {"outside": "1", "destination": [place.slug for place in places]}
        return offered(browser_of(alice).post("/shares/wishes/", typed).content.decode())

    assert shown(press) == set()
    assert shown(press, threaded[0]) == {"thread", "comment"}
    assert shown(press, comment="And more", when="now") == {"comment"}
    assert shown(press, as_thread="on", when="now") == {"thread"}


def test_a_composers_preview_has_each_places_own_words(threaded, browser_of, alice, channel, policy, remote):
    other, _there = remote("blind")
    facts = {"text": LONG[:200], "channel": channel.pk, "as_thread": "on", f"words_{other.slug}": "Hello there"}
    facts |= {"destination": [threaded[0].slug, other.slug]}
    page = browser_of(alice).post("/shares/preview/", facts).content.decode()
    assert page.count('class="network ') == len(split(LONG[:200], len, 80)) + 1
    assert "Hello there" in page


# Real networks ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bluesky_process():
    with bluesky() as server:
        yield server


@pytest.fixture
def on_bluesky(bluesky_process, settings, irene):
    account = bluesky_process.account("threadnews")
    with front(bluesky_process.port) as lossy:
        settings.EGRESS_PRIVATE = [bluesky_process.place, lossy.place]
        answers = {"server": lossy.base, "handle": account.handle, "password": account.app_password}
        destination = services.connect(by=irene, slug="bluesky", name="Bluesky", kind="bluesky", answers=answers)
        destination.config |= {"seconds": 3}
        destination.save()
        yield destination, account, lossy
    account.clear()


@pytest.mark.gate("G18")
def test_on_bluesky_a_thread_hangs_together_though_an_answer_is_lost(on_bluesky, ask, alice, work, travel):
    destination, there, lossy = on_bluesky
    share = ask(destination, LONG[:460], Wish(as_thread=True, comment="More: https://acme.example/news"))
    lossy.lose("silence", path="/xrpc/com.atproto.repo.putRecord")
    for _round in range(4):
        work()
        travel(seconds=20)
    assert again(share).state == "sent"
    parts = canonical.parts(canonical.read(share.revision.canonical))
    by_uri = {part.remote_id: part.number for part in ThreadPart.objects.all()}
    records = sorted(there.records(), key=lambda record: by_uri[record["uri"]])
    assert [record["text"] for record in records] == parts
    assert "reply" not in records[0]
    for before, record in itertools.pairwise(records):
        assert (record["reply"]["root"]["uri"], record["reply"]["parent"]["uri"]) == (records[0]["uri"], before["uri"])
    assert watch_destination(destination) == 0, "parts of ours are no strangers"
    there.put(records[1]["uri"].rpartition("/")[2], "Changed by hand")
    assert watch_destination(destination) == 1
    assert Incident.objects.get().share_id == share.pk
    services.recall(by=alice, share=again(share), reason="Wrong")
    work()
    assert there.texts() == []


@pytest.mark.gate("G18")
def test_on_mastodon_a_thread_hangs_together_though_an_answer_is_lost(
    tmp_path, settings, irene, ask, alice, work, travel
):
    with mastodon_server(tmp_path) as server, front(int(server.place.rpartition(":")[2])) as lossy:
        settings.EGRESS_PRIVATE = [server.place, lossy.place]
        answers = {"server": lossy.base, "token": TOKEN}
        destination = services.connect(by=irene, slug="m", name="M", kind="mastodon", answers=answers)
        # What its administrator allows: 300 characters.
        destination.config |= {"seconds": 3, "longest": 300}
        destination.save()
        share = ask(destination, LONG[:460], Wish(as_thread=True, comment="More: https://acme.example/news"))
        lossy.lose("reset", path="/api/v1/statuses")
        for _round in range(4):
            work()
            travel(seconds=20)
        assert again(share).state == "sent"
        parts = canonical.parts(canonical.read(share.revision.canonical))
        ids = list(ThreadPart.objects.values_list("remote_id", flat=True))
        assert [server.reader.status_source(name).text for name in ids] == parts
        above = [server.reader.status(name).in_reply_to_id for name in ids]
        assert [str(name) for name in above[1:]] == ids[:-1]
        assert above[0] is None
        assert len(server.statuses()) == len(parts)
        assert watch_destination(destination) == 0, "parts of ours are no strangers"
        services.recall(by=alice, share=again(share), reason="Wrong")
        work()
        assert server.statuses() == []
