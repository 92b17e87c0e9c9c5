"""One's own data: everything that one wrote, nobody else's words, and for nobody else's eyes."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, NotFound
from corpblog.people.errors import ReauthenticationNeeded
from corpblog.people.models import DataExport, Person
from corpblog.people.services import ask_for_export, exporting, open_export
from corpblog.posts import services as posts
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment
from corpblog.posts.parts.announcements import AnnouncementPart
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, invite, join, leave, open_conversation
from tests.posts.conftest import Say, engineering, policy_says, say, secret

__all__ = ["engineering", "policy_says", "say", "secret"]

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def exported(person: Person) -> zipfile.ZipFile:
    """Ask, let the worker work, and open what came of it."""
    ask_for_export(by=person, authenticated_at=timezone.now())
    exporting.make_exports()
    export = DataExport.objects.filter(person=person).latest("pk")
    assert export.state == DataExport.State.READY
    data = blobs.read(export.sha256)
    assert export.size == len(data)
    return zipfile.ZipFile(io.BytesIO(data))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return json.loads(archive.read(f"{name}.json"))  # type: ignore[no-any-return]


def test_every_version_of_ones_words_is_in_it_and_what_was_deleted(say: Say, alice: Person) -> None:
    post = say("The relay is slow")
    posts.edit(by=alice, post_id=post.pk, text="The relay is quick", version=1)
    gone = say("Never mind <b>me</b>")
    posts.delete(by=alice, post_id=gone.pk)
    archive = exported(alice)
    kept, deleted = table(archive, "posts")
    assert (kept["text"], [old["text"] for old in kept["versions"]]) == (
        "The relay is quick",
        ["The relay is slow", "The relay is quick"],
    )
    assert (deleted["text"], deleted["versions"][0]["text"]) == ("", "Never mind <b>me</b>")
    page = archive.read("posts.html").decode()
    assert "The relay is slow" in page
    assert "Never mind &lt;b&gt;me&lt;/b&gt;" in page


def test_what_one_planned_acknowledged_and_reported_is_in_it(
    say: Say, alice: Person, bruno: Person, engineering: Channel
) -> None:
    at = f"{timezone.localdate() + timedelta(days=2)}T09:00"
    fields = {
        "kind": ["poll"],
        "option": ["Tea", "Coffee"],
        "ends": [f"{timezone.localdate() + timedelta(days=3)}T09:00"],
    }
    posts.schedule(by=alice, wanted=posts.Wanted(engineering, "Which one?", at, fields))
    posts.save_draft(by=alice, place="new", text="Half a", fields={"kind": ["question"]})
    board = create_channel(by=bruno, name="Notices")
    join(by=alice, channel=board)
    announcement = posts.publish(by=bruno, channel=board, text="heliotrope", part=AnnouncementPart(bruno, None))
    posts.acknowledge(by=alice, post_id=announcement.pk)
    posts.choose_for_thread(by=alice, post_id=announcement.pk, choice="mute")
    posts.report(by=alice, post_id=announcement.pk, reason="other", note="Too purple")
    archive = exported(alice)
    (planned,) = table(archive, "scheduled")
    assert (planned["channel"], planned["text"], planned["fields"]) == ("Engineering", "Which one?", fields)
    assert [(row["text"], row["fields"]) for row in table(archive, "drafts")] == [("Half a", {"kind": ["question"]})]
    assert [row["announcement__post_id"] for row in table(archive, "acknowledgements")] == [announcement.pk]
    assert [(row["root_id"], row["choice"]) for row in table(archive, "threads")] == [(announcement.pk, "mute")]
    assert [(row["post_id"], row["note"]) for row in table(archive, "reports")] == [(announcement.pk, "Too purple")]
    assert not any(b"heliotrope" in archive.read(name) for name in archive.namelist())


def test_nobody_elses_words_are_in_it(say: Say, alice: Person, bruno: Person, engineering: Channel) -> None:
    theirs = say("Only Bruno says heliotrope", by=bruno)
    posts.publish(by=alice, channel=engineering, text="I answer", answers=theirs)
    posts.react(by=alice, post_id=theirs.pk, emoji="👍")
    talk = open_conversation(by=bruno, people=[alice])
    posts.publish(by=bruno, channel=talk, text="heliotrope in private")
    posts.publish(by=alice, channel=talk, text="What I said in private")
    archive = exported(alice)
    for name in archive.namelist():
        assert b"heliotrope" not in archive.read(name), name
    assert [row["text"] for row in table(archive, "conversations")] == ["What I said in private"]
    assert [row["text"] for row in table(archive, "posts")] == ["I answer"]
    assert [row["post_id"] for row in table(archive, "reactions")] == [theirs.pk]


def test_a_channel_that_one_left_is_not_named(alice: Person, bruno: Person) -> None:
    room = create_channel(by=bruno, name="Periwinkle", is_private=True)
    invite(by=bruno, channel=room, person=alice)
    posts.publish(by=alice, channel=room, text="I was here")
    leave(by=alice, channel=room)
    archive = exported(alice)
    assert [(row["text"], row["channel"]) for row in table(archive, "posts")] == [("I was here", None)]
    assert not any(b"Periwinkle" in archive.read(name) for name in archive.namelist())


def test_files_come_along_and_a_lost_one_is_said(alice: Person, engineering: Channel) -> None:
    here, lost = (
        Attachment.objects.create(owner=alice, place="new", name=name, kind="text/plain", size=4, sha256=digest)
        for name, digest in (("../../up.txt", blobs.write(b"Here")), ("lost.txt", "0" * 64))
    )
    posts.publish(by=alice, channel=engineering, text="With files", files=[Wish(here.pk)])
    archive = exported(alice)
    paths = [name for name in archive.namelist() if name.startswith("files/")]
    assert paths == [f"files/{here.pk}-.._.._up.txt"]
    assert archive.read(paths[0]) == b"Here"
    assert DataExport.objects.get().missing == 1
    assert lost.pk
    assert "1 file could not be read" in archive.read("index.html").decode()


def test_it_takes_the_password_and_one_at_a_time(alice: Person) -> None:
    with pytest.raises(ReauthenticationNeeded):
        ask_for_export(by=alice, authenticated_at=timezone.now() - timedelta(minutes=11))
    with pytest.raises(ReauthenticationNeeded):
        ask_for_export(by=alice, authenticated_at=None)
    ask_for_export(by=alice, authenticated_at=timezone.now())
    with pytest.raises(Conflict):
        ask_for_export(by=alice, authenticated_at=timezone.now())
    assert DataExport.objects.count() == 1


def test_only_oneself_opens_it_and_only_for_a_week(
    alice: Person, bruno: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported(alice)
    export = DataExport.objects.get()
    assert open_export(by=alice, export_id=export.pk) == export
    with pytest.raises(NotFound):
        open_export(by=bruno, export_id=export.pk)
    assert exporting.needed({export.sha256, "0" * 64}) == {export.sha256}
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=8))
    with pytest.raises(NotFound):
        open_export(by=alice, export_id=export.pk)
    exporting.forget_old_exports()
    assert not DataExport.objects.exists()
    assert exporting.needed({export.sha256}) == set()


def test_one_that_breaks_says_so_and_the_next_is_made(
    alice: Person, bruno: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = exporting._write

    def broken_for_alice(file: Any, export: DataExport) -> int:
        if export.person == alice:
            raise OSError("disk full")
        return write(file, export)

    monkeypatch.setattr(exporting, "_write", broken_for_alice)
    for person in (alice, bruno):
        ask_for_export(by=person, authenticated_at=timezone.now())
    exporting.make_exports()
    assert dict(DataExport.objects.values_list("person__username", "state")) == {"alice": "failed", "bruno": "ready"}
    # And alice may ask again.
    ask_for_export(by=alice, authenticated_at=timezone.now())


def test_the_page_shows_how_far_it_is_and_gives_the_file(alice: Person, browser_of: Browser) -> None:
    ask_for_export(by=alice, authenticated_at=timezone.now())
    DataExport.objects.update(done=2)
    client = browser_of(alice)
    waiting = client.get("/settings/data/").text
    assert 'value="2"' in waiting
    assert 'hx-trigger="load delay:1s"' in waiting
    exporting.make_exports()
    assert "hx-trigger" not in client.get("/settings/data/state/").text
    answer = client.get(f"/settings/data/{DataExport.objects.get().pk}/")
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
