"""Somebody's data goes when two officers say so; the audit log holds, proofs stay, and a hold beats it."""

import io
import zipfile

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from corpblog.audit.selectors import export, trail, verified
from corpblog.desk import selectors, services
from corpblog.desk.models import Erasure
from corpblog.desk.services import Scope
from corpblog.desk.services.erasing import SPARED
from corpblog.desk.verify_evidence import main as verify_evidence
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.notifications.models import ChannelLevel, Keyword, Notice, Reach
from corpblog.people.models import Person
from corpblog.people.services import cut_off
from corpblog.people.services.erasing import own_relations
from corpblog.posts.models import Draft, Post, PostRevision, Reaction, ThreadChoice
from corpblog.posts.services import bookmark, publish, react, save_draft
from corpblog.sharing import services as gate
from corpblog.sharing.models import ShareRevision
from corpblog.teams.models import Channel, Membership
from corpblog.teams.services import ensure_storyline, open_conversation

pytestmark = pytest.mark.django_db
NAMES = ("Alice", "Martin", "alice", "Engineering")


@pytest.fixture
def gone(alice):
    """Alice, after she left."""

    def leave():
        cut_off(person=alice, reason=Person.Inactive.MISSING)
        alice.refresh_from_db()

    return leave


@pytest.fixture
def erase(omar, lena, gone):
    def make():
        gone()
        asked = services.ask_to_erase(by=omar, username="alice", reason="Her letter of May 2")
        services.agree_to_erase(by=lena, erasure_id=asked.pk)
        services.carry_out_erasures()
        return Erasure.objects.get(pk=asked.pk)

    return make


def everything():
    """Every text that the database holds, by table, but what proves what left the company."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in sorted(set(tables) - {"sharing_sharerevision", "sharing_job", "sharing_pressitem"}):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield table, str(cursor.fetchall())


def test_no_table_says_who_it_was_or_what_they_said(write, alice, bruno, erase, browser_of):
    write("A word of Osprey by me")
    ensure_storyline(alice)
    talk = open_conversation(by=alice, people=[bruno])
    publish(by=alice, channel=talk, text="Only for Bruno, about Osprey")
    save_draft(by=alice, place="new", text="Osprey in a draft")
    theirs = publish(by=bruno, channel=talk, text="An answer that stays")
    react(by=alice, post_id=theirs.pk, emoji="👍")
    bookmark(by=alice, post_id=theirs.pk)
    erasure = erase()
    assert erasure.finished_at is not None
    traces = [
        (table, word)
        for table, rows in everything()
        for word in (*NAMES, "Osprey", "osprey", "acme.example")
        if word in rows
    ]
    # The cast's others have addresses and departments, too; fixtures put in force a policy with no word of ours.
    assert [trace for trace in traces if trace[0] != "people_person"] == []
    row = Person.objects.get(pk=alice.pk)
    assert (row.username, row.display_name, row.email, row.department) == (
        f"erased-{row.pk}",
        "Former colleague",
        "",
        "",
    )
    assert not row.is_active
    assert not row.has_usable_password()
    assert not PostRevision.objects.filter(post__author=alice).exists()
    assert not Draft.objects.filter(person=alice).exists()
    assert Reaction.objects.filter(person=alice).count() == 1
    assert list(Membership.objects.filter(person=alice).values_list("channel", flat=True)) == [talk.pk]
    assert Channel.objects.get(pk=talk.pk).name == "Bruno Lefèvre, Former colleague"
    page = browser_of(bruno).get(f"/c/{talk.slug}/").content.decode()
    assert "An answer that stays" in page
    assert not [name for name in NAMES if name in page]


def test_what_is_theirs_alone_goes_in_every_package(write, channel, alice, bruno, erase):
    root = publish(by=alice, channel=channel, text="Sent with a key", idempotency_key="k1")
    theirs = write("A thread of Bruno", by=bruno)
    ThreadChoice.objects.create(person=alice, root=theirs, choice="follow")
    ChannelLevel.objects.create(person=alice, channel=channel, level="all")
    Keyword.objects.create(person=alice, phrase="Osprey", folded="osprey")
    Reach.objects.create(person=alice, kind="mention", how="mail")
    erasure = erase()
    left = {
        relation.related_model.__name__
        for relation in own_relations()
        if relation.related_model._default_manager.filter(**{relation.field.name: alice}).exists()
    }
    assert left <= {model.__name__ for model in SPARED}
    assert erasure.report["erased"]["keepsakes"] >= 5
    assert root.revisions.count() == 0


def test_the_audit_log_holds_and_says_nothing_of_them(write, alice, erase):
    write("One")
    erasure = erase()
    assert verified().holds
    of_them = [entry for entry in export() if entry["subject"] == f"person:{alice.pk}"]
    assert of_them
    assert {entry["body"] for entry in of_them} == {None}
    assert trail(erasure.subject)[-1].action == "erasure.finished"


def test_what_left_the_company_is_kept_and_proves_itself(write, press, work, alice, omar, erase, tmp_path):
    post = write("We are open")
    share = gate.request_share(by=alice, post=post, destination=press)
    work()
    erasure = erase()
    assert erasure.report["kept"]["shares"] == 1
    assert "We are open" in ShareRevision.objects.get(share=share).canonical
    path = tmp_path / "evidence.zip"
    path.write_bytes(services.evidence(by=omar, share_id=share.pk))
    assert verify_evidence([str(path)]) == 0
    names = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    assert not [name for name in names.namelist() for word in NAMES if word.encode() in names.read(name)]


def test_the_report_counts_what_went_and_says_what_is_kept(write, alice, erase, omar, victor, browser_of):
    write("One")
    write("Two")
    Notice.objects.create(person=alice, kind="share")
    erasure = erase()
    assert erasure.report["erased"]["posts"] == 2
    assert erasure.report["erased"]["profile"] == 1
    assert erasure.report["kept"]["entries"] == sum(
        alice.pk == entry["actor_id"] or entry["subject"] == f"person:{alice.pk}" for entry in export()
    )
    page = browser_of(victor).get("/desk/erasures/").content.decode()
    assert "2 posts, with all that they ever said" in page
    assert "Former colleague" in page


def test_a_hold_on_them_keeps_everything_until_it_is_lifted(write, alice, omar, lena, erase):
    post = write("Osprey")
    # It covers none of her posts: that she is named is enough, for others' words about her need her name.
    scope = Scope(username="alice", term="harrier")
    hold = services.place_hold(by=omar, matter="7", reason="x", scope=scope)
    erasure = erase()
    alice.refresh_from_db()
    assert (erasure.finished_at, erasure.report, alice.display_name) == (None, {"kept": {"waiting": 1}}, "Alice Martin")
    assert post.revisions.count() == 1
    services.ask_to_lift(by=omar, hold_id=hold.pk, reason="Settled")
    services.lift_hold(by=lena, hold_id=hold.pk)
    services.carry_out_erasures()
    alice.refresh_from_db()
    assert (post.revisions.count(), alice.display_name) == (0, "Former colleague")


def test_what_another_hold_covers_waits_with_its_author_and_the_rest_goes(write, alice, omar, erase):
    held, free = write("Osprey"), write("Something else")
    services.place_hold(by=omar, matter="7", reason="x", scope=Scope(term="osprey"))
    erasure = erase()
    alice.refresh_from_db()
    assert (held.revisions.count(), free.revisions.count()) == (1, 0)
    assert (erasure.finished_at, alice.display_name) == (None, "Alice Martin")
    assert erasure.report == {"erased": {"posts": 1}, "kept": {"waiting": 1}}


def test_it_takes_two_and_never_the_person(alice, omar, lena, gone):
    gone()
    asked = services.ask_to_erase(by=omar, username="@Alice", reason="x")
    services.carry_out_erasures()
    with pytest.raises(NotAllowed):
        services.agree_to_erase(by=omar, erasure_id=asked.pk)
    for change in ({"agreed_by": omar}, {"agreed_by": alice}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Erasure.objects.update(agreed_at=timezone.now(), **change)
    with pytest.raises(Conflict):
        services.ask_to_erase(by=lena, username="alice", reason="x")
    services.drop_erasure(by=lena, erasure_id=asked.pk)
    with pytest.raises(Conflict):
        services.agree_to_erase(by=lena, erasure_id=asked.pk)
    alice.refresh_from_db()
    assert alice.display_name == "Alice Martin"


@pytest.mark.parametrize(
    ("username", "reason"), [("alice", ""), ("alice", "x" * 501), ("bruno", "x"), ("nobody.at.all", "x"), ("", "x")]
)
def test_what_cannot_be_erased_is_said_and_what_was_typed_is_kept(
    alice, bruno, omar, gone, browser_of, username, reason
):
    gone()
    with pytest.raises(Invalid):
        services.ask_to_erase(by=omar, username=username, reason=reason)
    answer = browser_of(omar).post("/desk/erasures/", {"username": username, "reason": reason})
    assert (answer.status_code, reason.encode() in answer.content) == (422, True)
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("who", ["victor", "bruno", "irene"])
def test_only_officers_erase(person, gone, omar, who):
    gone()
    asked = services.ask_to_erase(by=omar, username="alice", reason="x")
    for deed in (
        lambda: services.ask_to_erase(by=person(who), username="alice", reason="x"),
        lambda: services.agree_to_erase(by=person(who), erasure_id=asked.pk),
        lambda: services.drop_erasure(by=person(who), erasure_id=asked.pk),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_restored_backup_erases_again(write, alice, omar, lena, gone, django_capture_on_commit_callbacks):
    post = write("One")
    gone()
    asked = services.ask_to_erase(by=omar, username="alice", reason="x")
    with django_capture_on_commit_callbacks(execute=True):
        services.agree_to_erase(by=lena, erasure_id=asked.pk)
    # The backup is from before: it knows her, and nothing of what was agreed.
    Erasure.objects.all().delete()
    Person.objects.filter(pk=alice.pk).update(is_active=True, inactive_because="")
    assert services.erase_again() == 1
    services.carry_out_erasures()
    alice.refresh_from_db()
    assert (post.revisions.count(), alice.display_name, alice.is_active) == (0, "Former colleague", False)
    assert services.erase_again() == 0


def test_the_pages_ask_agree_and_tell(write, alice, omar, lena, gone, browser_of):
    write("One")
    gone()
    browser_of(omar).post("/desk/erasures/", {"username": "alice", "reason": "Her letter"})
    erasure = Erasure.objects.get()
    address = f"/desk/erasures/{erasure.pk}/"
    assert browser_of(omar).post(address, {"act": "agree"}).status_code == 403
    assert browser_of(lena).post(address, {"act": "nothing"}).status_code == 422
    browser_of(lena).post(address, {"act": "agree"})
    assert "Under way" in browser_of(lena).get("/desk/erasures/").content.decode()
    services.carry_out_erasures()
    assert [item.finished_at is not None for item in selectors.erasures(omar)] == [True]
    call_command("verify_audit")
    assert Post.objects.get().text == ""
