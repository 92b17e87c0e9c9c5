"""A legal hold beats every deletion, is placed and lifted by two officers, and opens what it covers to them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import verified
from corpblog.desk import covering, selectors, services
from corpblog.desk.models import Hold, HoldWord, OfficerSearch
from corpblog.desk.services import Scope
from corpblog.kernel import blobs
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.people.services import cut_off
from corpblog.posts.files import Wish
from corpblog.posts.models import Post, PostRevision
from corpblog.posts.services import attach, delete, edit, publish
from corpblog.teams.services import create_channel, open_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(omar):
    def make(**scope):
        return services.place_hold(by=omar, matter="Inquiry 7", reason="Claim of Osprey Ltd", scope=Scope(**scope))

    return make


@pytest.fixture
def placed(place, lena):
    def make(**scope):
        return services.agree_to_hold(by=lena, hold_id=place(**scope).pk)

    return make


def covers(hold):
    return sorted(covering.covered_by(hold).values_list("text", flat=True))


def test_a_hold_covers_what_its_conditions_name_together(write, channel, alice, bruno, place, policy):
    room = create_channel(by=bruno, name="Board", is_private=True)
    write("Osprey by Alice")
    write("Osprey by Bruno", by=bruno)
    write("Ospreys at the board", by=bruno, to=room)
    write("The lunch of Bruno", by=bruno)
    assert covers(place(username="bruno")) == ["Osprey by Bruno", "Ospreys at the board", "The lunch of Bruno"]
    assert covers(place(channel=room.slug)) == ["Ospreys at the board"]
    assert covers(place(term="ÖSPREY")) == ["Osprey by Alice", "Osprey by Bruno", "Ospreys at the board"]
    assert covers(place(term="osprey", username="@Bruno", channel="news")) == ["Osprey by Bruno"]
    assert covers(place(term="sprey")) == []


def test_a_hold_on_time_covers_its_days(write, place):
    post = write("On that day")
    moment = post.created_at
    assert covers(place(since=moment, until=moment + timedelta(seconds=1))) == ["On that day"]
    assert covers(place(until=moment)) == []
    assert covers(place(since=moment + timedelta(microseconds=1))) == []


def test_a_hold_on_a_person_covers_the_conversations_they_are_in(alice, bruno, helene, place, policy):
    talk = open_conversation(by=alice, people=[bruno])
    publish(by=alice, channel=talk, text="For Bruno alone")
    publish(by=alice, channel=open_conversation(by=alice, people=[helene]), text="Without Bruno")
    assert covers(place(username="bruno")) == ["For Bruno alone"]


def test_words_that_were_edited_away_or_deleted_are_covered(write, alice, place):
    edited, deleted = write("Osprey first"), write("Osprey second")
    edit(by=alice, post_id=edited.pk, text="Nothing now", version=1)
    delete(by=alice, post_id=deleted.pk)
    assert covers(place(term="osprey")) == ["", "Nothing now"]


def test_the_author_deletes_and_officers_read_on(write, alice, omar, lena, placed, browser_of):
    file = attach(by=alice, place="new", name="plan.txt", data=b"The plan of Osprey")
    post = publish(by=alice, channel=write("x").channel, text="Osprey plan", files=[Wish(file.pk)])
    hold = placed(username="alice")
    edit(by=alice, post_id=post.pk, text="Osprey, said better", version=1)
    delete(by=alice, post_id=post.pk)
    assert b"Osprey" not in browser_of(alice).get("/c/news/").content
    found = services.search_everything(by=omar, purpose="Inquiry 7", query="plan", hold_id=hold.pk)
    assert [[version.text for version in item.versions] for item in found] == [["Osprey, said better", "Osprey plan"]]
    version = PostRevision.objects.get(post=post, version=1)
    facts, data = services.read_held_file(by=lena, hold_id=hold.pk, revision_id=version.pk, index=0)
    assert (facts["name"], data) == ("plan.txt", b"The plan of Osprey")
    kept = OfficerSearch.objects.get()
    assert (kept.hold, kept.is_past, kept.posts) == (hold, True, [post.pk])
    assert AuditEntry.objects.filter(action="hold.file_read", actor_id=lena.pk, subject=hold.subject).count() == 1


def test_the_sweep_leaves_the_files_of_held_posts(write, channel, alice, placed, omar, lena, monkeypatch):
    monkeypatch.setattr(blobs, "SWEPT_AFTER", timedelta(0))
    file = attach(by=alice, place="new", name="plan.txt", data=b"Sweep me not")
    post = publish(by=alice, channel=channel, text="With a plan", files=[Wish(file.pk)])
    hold = placed(term="plan")
    delete(by=alice, post_id=post.pk)
    blobs.sweep()
    assert blobs.read(file.sha256) == b"Sweep me not"
    services.ask_to_lift(by=omar, hold_id=hold.pk, reason="Settled")
    services.lift_hold(by=lena, hold_id=hold.pk)
    blobs.sweep()
    with pytest.raises(blobs.Missing):
        blobs.read(file.sha256)


def test_the_database_itself_keeps_what_is_held(write, alice, place):
    post = write("Osprey stays")
    other = write("Other")
    place(term="osprey")
    for deed in (
        lambda: PostRevision.objects.filter(post=post).delete(),
        lambda: PostRevision.objects.filter(post=post).update(text="Never said"),
        lambda: PostRevision.objects.filter(post=post).update(files=[{"sha256": "x"}]),
        lambda: PostRevision.objects.filter(post=post).update(part={"for": "idea"}),
        lambda: Post.objects.filter(pk=post.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="hold"), transaction.atomic():
            deed()
    assert PostRevision.objects.filter(post=other).delete()[0] == 1


def test_what_a_hold_covers_is_never_changed_and_none_is_deleted(place, placed, alice, omar, lena):
    hold = place(term="osprey")
    for deed in (
        lambda: Hold.objects.update(term="harrier"),
        lambda: Hold.objects.update(person=alice),
        lambda: Hold.objects.update(until=timezone.now()),
        lambda: Hold.objects.all()._raw_delete("default"),
        lambda: HoldWord.objects.update(word="harrier"),
        lambda: HoldWord.objects.all()._raw_delete("default"),
        lambda: Hold.objects.update(agreed_by=omar, agreed_at=timezone.now()),
        lambda: Hold.objects.update(lifted_by=lena, lifted_at=timezone.now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()
    assert Hold.objects.get() == hold


def test_it_protects_at_once_and_opens_with_the_second_officer(write, omar, lena, place):
    write("Osprey")
    hold = place(term="osprey")
    with pytest.raises(IntegrityError), transaction.atomic():
        PostRevision.objects.all().delete()
    with pytest.raises(NotFound):
        services.search_everything(by=omar, purpose="x", query="", hold_id=hold.pk)
    with pytest.raises(NotAllowed, match="another officer"):
        services.agree_to_hold(by=omar, hold_id=hold.pk)
    services.agree_to_hold(by=lena, hold_id=hold.pk)
    assert len(services.search_everything(by=omar, purpose="x", query="", hold_id=hold.pk)) == 1
    with pytest.raises(Conflict):
        services.agree_to_hold(by=lena, hold_id=hold.pk)


def test_two_officers_lift_it_and_a_lifted_hold_is_over(write, omar, lena, placed):
    post = write("Osprey")
    hold = placed(term="osprey")
    with pytest.raises(Conflict):
        services.lift_hold(by=lena, hold_id=hold.pk)
    services.ask_to_lift(by=omar, hold_id=hold.pk, reason="Settled")
    with pytest.raises(NotAllowed):
        services.lift_hold(by=omar, hold_id=hold.pk)
    services.keep_hold(by=lena, hold_id=hold.pk)
    services.ask_to_lift(by=lena, hold_id=hold.pk, reason="Settled, now")
    services.lift_hold(by=omar, hold_id=hold.pk)
    with pytest.raises(NotFound):
        services.search_everything(by=omar, purpose="x", query="osprey", hold_id=hold.pk)
    with pytest.raises(Conflict):
        services.ask_to_lift(by=omar, hold_id=hold.pk, reason="Again")
    assert PostRevision.objects.filter(post=post).delete()[0] == 1
    actions = [entry.action for entry, _who in selectors.hold_of(omar, hold.pk).steps]
    assert actions == ["hold.asked", "hold.placed", "hold.lift_asked", "hold.kept", "hold.lift_asked", "hold.lifted"]
    assert verified().holds


def test_nobody_rules_on_a_hold_on_themselves(omar, lena, place):
    hold = place(username="lena")
    for deed in (
        lambda: services.agree_to_hold(by=lena, hold_id=hold.pk),
        lambda: services.ask_to_lift(by=lena, hold_id=hold.pk, reason="x"),
    ):
        with pytest.raises(NotAllowed, match="about you"):
            deed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.update(agreed_by=lena, agreed_at=timezone.now())
    assert selectors.waiting_for_second(lena) == 0


def test_what_waits_for_a_second_officer_is_counted_for_who_may_be_it(omar, lena, alice, place, placed, policy):
    place(term="osprey")
    placed(term="harrier")
    services.propose_schedule(by=omar, kind="posts", channel="", days=30)
    cut_off(person=alice, reason=Person.Inactive.MISSING)
    services.ask_to_erase(by=omar, username="alice", reason="x")
    assert (selectors.waiting_for_second(lena), selectors.waiting_for_second(omar)) == (3, 0)
    services.ask_to_lift(by=lena, hold_id=Hold.objects.latest("pk").pk, reason="Settled")
    assert (selectors.waiting_for_second(lena), selectors.waiting_for_second(omar)) == (3, 1)


@pytest.mark.parametrize("who", ["victor", "alice", "irene"])
def test_only_officers_place_holds(person, who):
    with pytest.raises(NotAllowed):
        services.place_hold(by=person(who), matter="x", reason="x", scope=Scope(term="x"))


@pytest.mark.parametrize(
    ("matter", "reason", "scope"),
    [
        ("", "x", {"term": "x"}),
        ("x", " ", {"term": "x"}),
        ("x" * 121, "x", {"term": "x"}),
        ("x", "x", {}),
        ("x", "x", {"username": "nobody.at.all"}),
        ("x", "x", {"channel": "no-such-room"}),
        ("x", "x", {"term": "…"}),
        ("x", "x", {"term": " ".join(f"w{n}" for n in range(13))}),
    ],
)
def test_a_hold_that_says_too_little_is_refused(omar, matter, reason, scope):
    with pytest.raises(Invalid):
        services.place_hold(by=omar, matter=matter, reason=reason, scope=Scope(**scope))
    assert not Hold.objects.exists()


def test_the_counts_say_what_it_covers(write, alice, omar, place, press, victor):
    from corpblog.sharing.services import request_share

    first, second = write("Osprey one"), write("Osprey two")
    request_share(by=alice, post=first, destination=press)
    edit(by=alice, post_id=first.pk, text="Osprey three", version=1)
    delete(by=alice, post_id=second.pk)
    hold = place(term="osprey")
    counted = selectors.hold_of(victor, hold.pk).covered
    assert (counted.posts, counted.deleted, counted.versions, counted.files, counted.shares) == (2, 1, 3, 0, 1)


def test_the_pages_place_agree_read_and_lift(write, alice, omar, lena, victor, browser_of):
    post = write("Osprey for the page")
    delete(by=alice, post_id=post.pk)
    officer, second = browser_of(omar), browser_of(lena)
    asked = {"matter": "Inquiry 9", "reason": "A claim", "term": "osprey", "first": "2020-01-01", "last": ""}
    place_there = officer.post("/desk/holds/", asked)
    address = place_there["Location"]
    hold = Hold.objects.get()
    assert (address, hold.since.isoformat()) == (f"/desk/holds/{hold.pk}/", "2020-01-01T00:00:00+00:00")
    assert b"1 post (1 of them deleted), 1 version" in officer.get(address).content
    assert officer.post(f"{address}act/", {"act": "agree"}).status_code == 403
    assert second.post(f"{address}act/", {"act": "agree"}).status_code == 302
    page = officer.post("/desk/search/", {"purpose": "Inquiry 9", "query": "", "hold": str(hold.pk)}).content
    assert b"Osprey for the page" in page
    # A link that names a hold is no way round: auditors see that there is one, and not what it covers.
    assert b"Osprey for the page" not in browser_of(victor).get(f"/desk/search/?hold={hold.pk}").content
    assert second.post(f"{address}act/", {"act": "ask", "reason": ""}).status_code == 422
    second.post(f"{address}act/", {"act": "ask", "reason": "Settled"})
    assert second.post(f"{address}act/", {"act": "lift"}).status_code == 403
    officer.post(f"{address}act/", {"act": "lift"})
    assert b"Lifted by a second officer" in browser_of(victor).get(address).content


def test_what_was_typed_for_a_hold_is_kept(omar, browser_of):
    typed = {"matter": "Inquiry 9", "reason": "A claim", "username": "nobody.at.all", "last": "2026-02-30"}
    for last in ("2026-02-30", "2026-02-20"):
        answer = browser_of(omar).post("/desk/holds/", typed | {"last": last})
        assert answer.status_code == 422
        assert b"Inquiry 9" in answer.content
        assert b"nobody.at.all" in answer.content


def test_a_held_file_is_saved_and_never_shown(write, channel, alice, lena, placed, browser_of):
    file = attach(by=alice, place="new", name="page.html", data=b"<script>alert(1)</script>")
    post = publish(by=alice, channel=channel, text="A page", files=[Wish(file.pk)])
    hold = placed(term="page")
    version = post.revisions.get()
    answer = browser_of(lena).get(f"/desk/holds/{hold.pk}/files/{version.pk}/0/")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    for other in (f"/desk/holds/{hold.pk}/files/{version.pk}/1/", f"/desk/holds/{hold.pk}/files/0/0/"):
        assert browser_of(lena).get(other).status_code == 404
