"""Retention removes words, versions and files for good, by two officers' schedule; a hold beats it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import verified
from corpblog.desk import due, services
from corpblog.desk.models import Schedule
from corpblog.desk.services import Scope, retaining
from corpblog.desk.verify_evidence import main as verify_evidence
from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.kernel.models import LimitCounter
from corpblog.notifications.models import Notice
from corpblog.policy.models import FileText
from corpblog.posts import search
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, ChannelEvent, Post, PostRevision, Report
from corpblog.posts.services import attach, close_report, delete, edit, publish, report
from corpblog.sharing import services as gate
from corpblog.teams.models import ChannelCounter
from corpblog.teams.services import create_channel, open_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(channel, alice, policy):
    """Post as it was done forty days ago, or so many."""

    def post(text, *, by=None, to=None, days=40, **more):
        LimitCounter.objects.all().delete()
        with clock.standing_at(timezone.now() - timedelta(days=days)):
            return publish(by=by or alice, channel=to or channel, text=text, **more)

    return post


@pytest.fixture
def keep(omar, lena):
    """Put a schedule in force, as two officers do."""

    def put(kind="posts", days=30, channel=""):
        made = services.propose_schedule(by=omar, kind=kind, channel=channel, days=days)
        return services.agree_to_schedule(by=lena, schedule_id=made.pk)

    return put


def said(post):
    return list(PostRevision.objects.filter(post=post).order_by("version").values_list("text", flat=True))


def test_what_is_old_goes_with_all_that_it_said_and_the_rest_stays(old, write, keep, alice, browser_of):
    gone, young = old("Osprey of last month"), write("Osprey of today")
    edit(by=alice, post_id=gone.pk, text="Osprey of last month, better", version=1)
    keep()
    assert services.retain() == 1
    gone.refresh_from_db()
    assert (gone.text, gone.html, gone.folded, said(gone), gone.is_deleted) == ("", "", "", [], True)
    assert said(young) == ["Osprey of today"]
    page = browser_of(alice).get("/c/news/").content
    assert (b"Osprey of today" in page, b"last month" in page) == (True, False)
    assert services.retain() == 0


def test_nothing_of_it_is_found_by_any_search(old, keep, alice, omar):
    old("Osprey of last month")
    keep()
    services.retain()
    question = search.read("osprey")
    assert not search.narrow(Post.objects.all(), question, also_past=True).exists()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # FTS5 compares the index with the table: raises where they differ.
            cursor.execute("INSERT INTO posts_words (posts_words, rank) VALUES ('integrity-check', 1)")
            search.compact()
            cursor.execute("SELECT block FROM posts_words_data")
            assert b"sprey" not in b"".join(row[0] for row in cursor.fetchall())


def test_files_go_and_what_was_read_in_them(old, channel, alice, keep, monkeypatch):
    monkeypatch.setattr(blobs, "SWEPT_AFTER", timedelta(0))
    file = attach(by=alice, place="new", name="plan.txt", data=b"The words of the plan")
    old("With a plan", files=[Wish(file.pk)])
    keep()
    services.retain()
    blobs.sweep()
    assert not Attachment.objects.exists()
    assert not FileText.objects.filter(digest=file.sha256).exists()
    with pytest.raises(blobs.Missing):
        blobs.read(file.sha256)


def test_files_alone_go_and_the_words_stay(old, alice, keep):
    file = attach(by=alice, place="new", name="plan.txt", data=b"The words of the plan")
    post = old("With a plan", files=[Wish(file.pk)])
    keep(kind="files")
    assert (services.retain(), services.retain()) == (1, 0)
    post.refresh_from_db()
    assert (post.text, post.files, PostRevision.objects.get(post=post).files) == ("With a plan", [], [])
    assert ChannelEvent.objects.filter(post=post, kind="edited", actor=None).count() == 1


def test_only_what_was_deleted_or_edited_away_goes(old, write, alice, keep):
    edited, deleted, lately = old("First words"), old("Deleted words"), old("Edited today")
    with clock.standing_at(timezone.now() - timedelta(days=35)):
        edit(by=alice, post_id=edited.pk, text="Second words", version=1)
        delete(by=alice, post_id=deleted.pk)
    edit(by=alice, post_id=lately.pk, text="Words of today", version=1)
    keep(kind="past")
    services.retain()
    assert (said(edited), said(deleted)) == (["Second words"], [])
    assert said(lately) == ["Edited today", "Words of today"]


def test_conversations_have_a_schedule_of_their_own(old, alice, bruno, keep):
    talk = open_conversation(by=alice, people=[bruno])
    post, message = old("In the channel"), old("In the conversation", to=talk)
    keep(kind="conversations")
    services.retain()
    assert (said(post), said(message)) == (["In the channel"], [])


def test_a_channel_of_its_own_beats_what_counts_everywhere(old, alice, keep, omar):
    room, kept = (create_channel(by=alice, name=name) for name in ("Short", "Archive"))
    in_room, in_archive, elsewhere = (old(name, to=to, days=20) for name, to in (("a", room), ("b", kept), ("c", None)))
    ancient = old("d", to=kept, days=4000)
    keep(days=30)
    keep(days=10, channel=room.slug)
    keep(days=None, channel=kept.slug)
    services.retain()
    assert [said(post) for post in (in_room, in_archive, elsewhere, ancient)] == [[], ["b"], ["c"], ["d"]]


def test_notices_go(alice, keep):
    old_one, new_one = (Notice.objects.create(person=alice, kind="share") for _ in range(2))
    Notice.objects.filter(pk=old_one.pk).update(created_at=timezone.now() - timedelta(days=31))
    keep(kind="notices")
    services.retain()
    assert list(Notice.objects.filter(kind="share")) == [new_one]


def test_a_hold_beats_retention_until_it_is_lifted(old, keep, omar, lena):
    held, free = old("Osprey is held"), old("Nothing is held")
    hold = services.place_hold(by=omar, matter="7", reason="x", scope=Scope(term="osprey"))
    schedule = keep()
    assert due.foreseen(schedule) == due.Foreseen(goes=1, held=1, in_use=0)
    services.retain()
    assert (said(held), said(free)) == (["Osprey is held"], [])
    services.ask_to_lift(by=lena, hold_id=hold.pk, reason="Settled")
    services.lift_hold(by=omar, hold_id=hold.pk)
    services.retain()
    assert said(held) == []


def test_a_hold_that_comes_while_a_batch_is_chosen_stops_it(old, keep, omar, monkeypatch):
    post = old("Osprey")
    keep()
    chosen = due.due

    def hold_meanwhile(schedule):
        found = list(chosen(schedule).values_list("pk", flat=True))
        services.place_hold(by=omar, matter="7", reason="x", scope=Scope(term="osprey"))
        return Post.objects.filter(pk__in=found)

    monkeypatch.setattr(due, "due", hold_meanwhile)
    with pytest.raises(IntegrityError, match="hold"), transaction.atomic():
        services.retain()
    assert said(post) == ["Osprey"]


def test_what_somebody_still_decides_about_stays(old, alice, bruno, omar, lena, press, keep, fresh):
    shared, reported = old("Falcon waits"), old("Reported")
    share = gate.request_share(by=alice, post=shared, destination=press)
    waiting = report(by=bruno, post_id=reported.pk, reason="other")
    schedule = keep()
    assert due.foreseen(schedule) == due.Foreseen(goes=0, held=0, in_use=2)
    assert services.retain() == 0
    services.reject(by=lena, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)
    close_report(by=omar, report_id=waiting.pk, outcome="nothing")
    assert services.retain() == 2
    assert not Report.objects.exists()


def test_the_proof_of_what_left_the_company_holds_afterwards(old, alice, omar, press, work, keep, tmp_path):
    post = old("We are open")
    share = gate.request_share(by=alice, post=post, destination=press)
    work()
    keep()
    services.retain()
    assert said(post) == []
    path = tmp_path / "evidence.zip"
    path.write_bytes(services.evidence(by=omar, share_id=share.pk))
    assert verify_evidence([str(path)]) == 0
    assert verified().holds


def test_a_thread_keeps_a_stone_and_the_channel_its_numbers(old, write, channel, bruno, keep, alice, browser_of):
    root = old("The question")
    answer = publish(by=bruno, channel=channel, text="The answer of today", answers=root)
    old("Alone")
    keep()
    services.retain()
    root.refresh_from_db()
    assert (root.is_listed, root.reply_count) == (True, 1)
    page = browser_of(alice).get(f"/p/{answer.pk}/").content
    assert b"The answer of today" in page
    numbers = list(ChannelEvent.objects.filter(channel=channel).order_by("seq").values_list("seq", flat=True))
    counter = ChannelCounter.objects.get(channel=channel)
    assert (numbers, counter.last_post_id) == (list(range(1, counter.last_seq + 1)), root.pk)


def test_batches_are_small_and_the_round_ends(old, keep, monkeypatch):
    monkeypatch.setattr(retaining, "AT_ONCE", 2)
    monkeypatch.setattr(retaining, "IN_A_ROUND", 5)
    for number in range(7):
        old(f"Number {number}")
    schedule = keep()
    assert (services.retain(), services.retain(), services.retain()) == (5, 2, 0)
    entries = AuditEntry.objects.filter(action="retention.removed", subject=schedule.subject).order_by("number")
    assert [entry.payload.facts["count"] for entry in entries] == [2, 2, 1, 2]
    schedule.refresh_from_db()
    assert schedule.removed == 7


def test_nothing_goes_before_a_second_officer_agrees(old, omar, lena):
    post = old("Old")
    proposal = services.propose_schedule(by=omar, kind="posts", channel="", days=30)
    assert (proposal.foreseen, services.retain(), said(post)) == (1, 0, ["Old"])
    with pytest.raises(NotAllowed):
        services.agree_to_schedule(by=omar, schedule_id=proposal.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Schedule.objects.update(agreed_by=omar, agreed_at=timezone.now())
    services.agree_to_schedule(by=lena, schedule_id=proposal.pk)
    with pytest.raises(Conflict):
        services.agree_to_schedule(by=lena, schedule_id=proposal.pk)
    assert services.retain() == 1


def test_a_new_schedule_takes_the_place_of_the_old_and_ending_is_quick(old, keep, omar, alice):
    first = keep(days=60)
    second = keep(days=50)
    first.refresh_from_db()
    assert (first.is_in_force, second.is_in_force) == (False, True)
    services.end_schedule(by=omar, schedule_id=second.pk)
    post = old("Old", days=100)
    assert services.retain() == 0
    assert said(post) == ["Old"]
    archive = create_channel(by=alice, name="Archive")
    for_good = keep(days=None, channel=archive.slug)
    with pytest.raises(Conflict):
        services.end_schedule(by=omar, schedule_id=for_good.pk)


@pytest.mark.parametrize(
    ("kind", "place", "days"),
    [
        ("audit", "", 30),
        ("posts", "", None),
        ("posts", "", 6),
        ("posts", "", 36_501),
        ("posts", "no-such-room", 30),
        ("notices", "news", 30),
        ("conversations", "news", 30),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(omar, channel, kind, place, days):
    with pytest.raises(Invalid):
        services.propose_schedule(by=omar, kind=kind, channel=place, days=days)
    assert not Schedule.objects.exists()


@pytest.mark.parametrize("who", ["victor", "alice", "irene"])
def test_only_officers_have_a_say(person, keep, who):
    schedule = keep()
    for deed in (
        lambda: services.propose_schedule(by=person(who), kind="posts", channel="", days=30),
        lambda: services.preview_schedule(by=person(who), kind="posts", channel="", days=30),
        lambda: services.agree_to_schedule(by=person(who), schedule_id=schedule.pk),
        lambda: services.end_schedule(by=person(who), schedule_id=schedule.pk),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_the_page_shows_what_would_go_before_it_is_proposed(old, channel, omar, lena, victor, browser_of):
    old("One")
    old("Two")
    typed = {"kind": "posts", "channel": "news", "days": "30"}
    looked = browser_of(omar).post("/desk/retention/", typed | {"act": "look"}).content
    assert b"would remove 2 now" in looked
    assert not Schedule.objects.exists()
    browser_of(omar).post("/desk/retention/", typed | {"act": "propose"})
    schedule = Schedule.objects.get()
    assert (schedule.channel, schedule.days, schedule.foreseen) == (channel, 30, 2)
    assert b"Put in force" not in browser_of(omar).get("/desk/retention/").content
    assert b"Put in force" in browser_of(lena).get("/desk/retention/").content
    address = f"/desk/retention/{schedule.pk}/"
    assert browser_of(omar).post(address, {"act": "agree"}).status_code == 403
    browser_of(lena).post(address, {"act": "agree"})
    services.retain()
    page = browser_of(victor).get("/desk/retention/").content
    assert (b"2 removed so far" in page, b"Propose it" in page) == (True, False)
    assert browser_of(lena).post(address, {"act": "nothing"}).status_code == 422


def test_what_was_typed_for_a_schedule_is_kept(omar, browser_of):
    answer = browser_of(omar).post("/desk/retention/", {"kind": "files", "channel": "nowhere", "days": "thirty"})
    assert answer.status_code == 422
    for kept in (b'value="nowhere"', b'value="thirty"', b'value="files" selected'):
        assert kept in answer.content
