"""Files at the gate: their words are judged, what cannot be read waits for a person, and other bytes never leave."""

from pathlib import Path

import pytest
from django.test import Client

from corpblog.kernel import blobs
from corpblog.kernel.errors import Conflict
from corpblog.policy.models import FileText
from corpblog.posts.files import Wish
from corpblog.posts.services import attach, delete, publish
from corpblog.sharing import canonical, services
from corpblog.sharing.errors import FilesNotTaken
from corpblog.sharing.keeping import needed
from corpblog.sharing.models import Destination, Job, PressItem, Share
from corpblog.sharing.services import sealing, sending
from tests.policy.extraction.files import CANARY, docx, mail, odt, paragraph, pdf, picture, pptx, xlsx, zipped
from tests.sharing.conftest import POLICY, put_in_force

pytestmark = pytest.mark.django_db

CELL = f'<row><c t="inlineStr"><is><t>{CANARY}</t></is></c></row>'
FLAGGED = {
    "text": ("a.txt", CANARY.encode()),
    "CSV": ("a.csv", f"name;{CANARY}".encode()),
    "web page": ("a.html", f"<!doctype html><p>{CANARY}".encode()),
    "PDF": ("a.pdf", pdf(CANARY)),
    "DOCX": ("a.docx", docx(paragraph(CANARY))),
    "XLSX": ("a.xlsx", xlsx(CELL)),
    "PPTX": ("a.pptx", pptx(notes=CANARY)),
    "ODT": ("a.odt", odt(CANARY)),
    "RTF": ("a.rtf", rb"{\rtf1 Project Falcon\par}"),
    "e-mail": ("a.eml", mail(CANARY)),
    "ZIP": ("a.zip", zipped({"a.txt": CANARY})),
}
UNREAD = {
    "encrypted": ("a.pdf", pdf("Plan", password="secret")),
    "damaged": ("a.pdf", pdf(*["Plan"] * 20)[:-600]),
    "unknown": ("a.bin", bytes(range(256))),
    "too_large": ("a.zip", zipped({"a.txt": b"0" * 20_000_000})),
    "nested": ("a.zip", zipped({"b.zip": zipped({"c.txt": "x"})})),
    "name_lies": ("a.pdf", b"words"),
}


@pytest.fixture
def carrying(policy, channel, alice):
    """Post as alice with a file."""

    def post(name, data, alt="", text="Look"):
        file = attach(by=alice, place="new", name=name, data=data)
        return publish(by=alice, channel=channel, text=text, files=[Wish(file.pk, alt)])

    return post


@pytest.fixture
def spoil(files):
    """Flip a byte of the post's file on disk, or put it right again."""

    def flip(post):
        path = Path(files) / blobs.name_of(post.files[0]["sha256"])
        data = bytearray(path.read_bytes())
        data[0] ^= 1
        path.write_bytes(data)

    return flip


def ask(post, press):
    return services.request_share(by=post.author, post=post, destination=press)


def again(share):
    return Share.objects.for_rows().get(pk=share.pk)


def found(share):
    return [(hit["rule"], hit["term"], hit["field"]) for hit in again(share).revision.verdict["findings"]]


def approve(share, officer, fresh):
    services.decide(
        by=officer,
        share_id=share.pk,
        revision_digest=again(share).digest,
        ruling="approve",
        reason="",
        authenticated_at=fresh,
    )


@pytest.mark.gate("G24")
@pytest.mark.parametrize("kind", FLAGGED)
def test_a_word_in_a_file_is_held_like_one_in_the_text(carrying, press, kind):
    share = ask(carrying(*FLAGGED[kind]), press)
    assert share.state == "held"
    assert found(share) == [("code-names", "Falcon", "attachments.0.text")]


@pytest.mark.gate("G24")
@pytest.mark.parametrize("reason", UNREAD)
def test_what_cannot_be_read_is_held_with_its_reason(carrying, press, reason):
    share = ask(carrying(*UNREAD[reason]), press)
    assert share.state == "held"
    assert ("unread-file", reason, "attachments.0.text") in found(share)


@pytest.mark.gate("G24")
def test_a_file_that_was_never_read_is_held(carrying, press, monkeypatch):
    post = carrying("a.txt", b"nothing special")
    FileText.objects.all().delete()
    monkeypatch.setattr("corpblog.policy.files.learn", lambda *_args, **_facts: None)
    assert found(ask(post, press)) == [("unread-file", "not_read", "attachments.0.text")]


def test_a_file_that_was_read_by_an_older_version_is_read_again(carrying, press):
    post = carrying("a.txt", CANARY.encode())
    FileText.objects.update(text="", version=0)
    assert found(ask(post, press)) == [("code-names", "Falcon", "attachments.0.text")]


def test_names_and_descriptions_are_judged_too(carrying, press):
    share = ask(carrying("Falcon.png", picture(size=(20, 20)), alt="The falcon on our roof"), press)
    assert {field for _rule, _term, field in found(share)} == {"attachments.0.name", "attachments.0.alt"}


def test_a_harmless_file_leaves_with_its_post_and_its_facts_are_sealed(carrying, press, work):
    post = carrying("plan.txt", b"We open in Lyon")
    share = ask(post, press)
    assert share.state == "cleared"
    work()
    assert again(share).state == "sent"
    sealed = canonical.read(Job.objects.get().sealed)
    (file,) = sealed["attachments"]
    assert blobs.read(file["sha256"]) == b"We open in Lyon"
    assert {key: file[key] for key in ("name", "kind", "size", "alt", "width", "height")} == {
        "name": "plan.txt", "kind": "text/plain", "size": 15, "alt": "", "width": None, "height": None,
    }  # fmt: skip
    assert set(file) == {"name", "kind", "sha256", "size", "alt", "width", "height"}


def test_an_officer_may_let_out_what_could_not_be_read(carrying, press, omar, fresh, work):
    share = ask(carrying(*UNREAD["encrypted"]), press)
    approve(share, omar, fresh)
    work()
    assert again(share).state == "sent"


@pytest.mark.gate("G3")
def test_a_flipped_byte_keeps_everything_back_until_the_file_is_whole_again(
    carrying, press, omar, fresh, work, spoil, travel
):
    post = carrying(*FLAGGED["PDF"])
    share = ask(post, press)
    approve(share, omar, fresh)
    spoil(post)
    work()
    assert (again(share).state, again(share).note) == ("approved", "file_damaged")
    assert not Job.objects.exclude(sealed="").exists()
    spoil(post)
    travel(minutes=1)
    work()
    assert again(share).state == "sent"


@pytest.mark.gate("G3")
def test_a_byte_that_is_flipped_between_sealing_and_sending_stops_the_call(carrying, remote, spoil):
    destination, there = remote("key")
    post = carrying("plan.txt", b"We open in Lyon")
    share = ask(post, destination)
    job = Job.objects.get(share=share)
    lease = sealing.seal(job_id=job.pk, worker="w")
    assert lease
    spoil(post)
    sending.send(job_id=job.pk, lease=lease)
    assert there.received == []
    assert again(share).state == "cleared"


@pytest.mark.gate("G3")
def test_a_damaged_file_cannot_be_asked_for(carrying, press, spoil):
    post = carrying("plan.txt", b"We open in Lyon")
    spoil(post)
    with pytest.raises(Conflict, match="damaged"):
        ask(post, press)
    assert not Share.objects.exists()


def test_rules_about_attachments_know_the_kind(carrying, press):
    rule = "  - {id: tables, audience: external, attachments: [spreadsheet], outcome: hold}\ndefault:"
    put_in_force(POLICY.replace("default:", rule))
    assert ask(carrying("a.txt", b"nothing"), press).state == "cleared"
    assert found(ask(carrying("a.csv", b"name;plan"), press)) == [("tables", "", "")]


def test_what_was_decided_about_is_kept_when_the_post_is_gone(carrying, press, alice):
    post = carrying(*FLAGGED["text"])
    ask(post, press)
    digest = post.files[0]["sha256"]
    delete(by=alice, post_id=post.pk)
    assert needed({digest, "0" * 64}) == {digest}


def test_the_press_page_shows_the_files_that_were_released(carrying, press, work):
    image = carrying("hall.png", picture(size=(30, 20)), alt="A <hall> with plants")
    assert ask(image, press).state == "cleared"
    work()
    item = PressItem.objects.get()
    client = Client()
    page = client.get("/press/").content.decode()
    address = f"/press/{item.pk}/files/0/hall.png"
    assert f'<img src="{address}" alt="A &lt;hall&gt; with plants"' in page
    answer = client.get(address)
    assert answer.content == blobs.read(image.files[0]["sha256"])
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    (entry,) = client.get("/press/feed.json").json()["items"]
    assert entry["attachments"][0]["mime_type"] == "image/png"
    assert entry["attachments"][0]["url"].endswith(address)
    assert f'href="{entry["attachments"][0]["url"]}"' in client.get("/press/feed.atom").content.decode()


def test_nothing_but_what_is_released_is_public(carrying, press, work):
    held = carrying(*FLAGGED["text"])
    ask(held, press)
    ask(carrying("plan.txt", b"We open in Lyon"), press)
    work()
    item = PressItem.objects.get()
    client = Client()
    assert client.get(f"/press/{item.pk}/files/0/plan.txt").content == b"We open in Lyon"
    for address in (f"/press/{item.pk}/files/1/plan.txt", "/press/404/files/0/a.txt"):
        assert client.get(address).status_code == 404
    assert client.get(f"/files/{held.files[0]['id']}/of/a.txt").status_code == 302
    PressItem.objects.update(withdrawn_at=item.published_at)
    taken_back = client.get(f"/press/{item.pk}/files/0/plan.txt")
    assert taken_back.status_code == 410
    assert b"We open" not in taken_back.content


def test_a_released_file_that_changed_on_disk_is_not_shown(carrying, press, work, spoil):
    post = carrying("plan.txt", b"We open in Lyon")
    ask(post, press)
    work()
    spoil(post)
    answer = Client().get(f"/press/{PressItem.objects.get().pk}/files/0/plan.txt")
    assert answer.status_code == 410
    assert b"We open" not in answer.content


@pytest.mark.parametrize(
    ("kind", "files", "code"),
    [
        ("mastodon", [("a.pdf", pdf("Plan"))], "file_kind"),
        ("mastodon", [(f"{number}.png", picture(size=(20, 20))) for number in range(5)], "too_many_files"),
        ("slack", [("a.png", picture(size=(20, 20)))], "not_carried"),
        ("press", [("a.pdf", pdf("Plan"))], ""),
    ],
)
def test_what_a_destination_does_not_take_is_said_when_asked(policy, channel, alice, press, kind, files, code):
    wishes = [Wish(attach(by=alice, place="new", name=n, data=d).pk, is_decorative=True) for n, d in files]
    post = publish(by=alice, channel=channel, text="Look", files=wishes)
    there = press if kind == "press" else Destination.objects.create(slug=kind, name=kind, kind=kind)
    if not code:
        assert ask(post, there).state == "cleared"
        return
    with pytest.raises(FilesNotTaken) as refused:
        ask(post, there)
    assert refused.value.facts == {"code": code}
    assert not Share.objects.exists()
