"""Files are added to a draft, then to a post; pictures lose what cameras wrote into them; bounds are said in words."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from PIL import Image

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome
from corpblog.policy.models import FileText
from corpblog.posts import files, selectors
from corpblog.posts.errors import FileGone, PostBlocked, PostEmpty, Undescribed
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Post, PostRevision
from corpblog.posts.services import attach, delete, detach, edit, judging, publish
from corpblog.posts.services.attaching import forget_old_files, needed
from corpblog.teams.models import Channel
from corpblog.teams.services import invite, remove_member
from tests.policy.extraction.files import pdf, picture, zipped

TEXT = b"The plan"


def add(by: Person, name: str = "plan.txt", data: bytes = TEXT, place: str = "new") -> Attachment:
    return attach(by=by, place=place, name=name, data=data)


def photo(**tags: object) -> bytes:
    """A photo taken sideways, with the place where it was taken."""
    image = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Ann"
    exif.get_ifd(0x8825)[1] = "N"
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, comment=b"taken at home", **tags)
    return buffer.getvalue()


def test_a_file_is_kept_as_it_is_and_read(alice: Person) -> None:
    kept = add(alice)
    assert (kept.name, kept.kind, kept.size) == ("plan.txt", "text/plain", len(TEXT))
    assert kept.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert selectors.file_bytes(kept) == TEXT
    assert FileText.objects.get(digest=kept.sha256).text == "The plan"


def test_a_picture_is_turned_upright_and_forgets_who_took_it_where(alice: Person) -> None:
    original = photo()
    assert b"Camera of Ann" in original
    kept = add(alice, "IMG_1.JPG", original)
    data = selectors.file_bytes(kept)
    assert (kept.width, kept.height, kept.kind, kept.name) == (20, 40, "image/jpeg", "IMG_1.JPG")
    assert not any(trace in data for trace in (b"Camera of Ann", b"taken at home", b"Exif"))
    with Image.open(io.BytesIO(data)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((20, 40), {})
    with Image.open(io.BytesIO(selectors.file_bytes(kept, small=True))) as small:
        assert (small.format, small.size) == ("WEBP", (20, 40))


@pytest.mark.parametrize(("kind", "name"), [("GIF", "a.png"), ("BMP", "a.png"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_what_a_browser_would_show_otherwise_becomes_a_usual_picture(kind: str, name: str, alice: Person) -> None:
    kept = add(alice, "a.x", picture("Hello", kind=kind))
    assert (kept.name, kept.is_image) == (name, True)
    assert kept.kind in files.INLINE


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.png", picture("Hello")[:-300], "damaged"),
        ("a.txt", b"", "empty"),
        ("a.bin", bytes(25 * 1024 * 1024 + 1), "25 MB"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(name: str, data: bytes, words: str, alice: Person) -> None:
    with pytest.raises(Invalid, match=words):
        add(alice, name, data)
    assert not Attachment.objects.exists()


def test_a_picture_of_too_many_dots_is_refused_in_words(alice: Person) -> None:
    data = picture(kind="GIF", size=(8_000, 6_300))
    with pytest.raises(Invalid, match="50 megapixels"):
        add(alice, "a.gif", data)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\ann\\plan.txt", "plan.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\u202etxt.exe", "atxt.exe"),
        ('a"b\r\nc.txt', "abc.txt"),
        ("", "file"),
        ("...", "file"),
        (f"{'x' * 300}.docx", f"{'x' * 135}.docx"),
    ],
)
def test_a_name_keeps_what_people_read_and_nothing_else(given: str, kept: str) -> None:
    assert files.clean_name(given) == kept


def test_an_eleventh_file_is_refused(alice: Person) -> None:
    Attachment.objects.bulk_create(
        Attachment(owner=alice, place="new", name="a", kind="text/plain", size=1, sha256="0" * 64) for _ in range(10)
    )
    with pytest.raises(Invalid, match="ten files"):
        add(alice)
    assert add(alice, place="channel:1").position == 0


def test_a_place_that_is_no_draft_is_refused(alice: Person) -> None:
    with pytest.raises(Invalid):
        add(alice, place="elsewhere")


def test_files_come_in_the_order_in_which_they_were_added(alice: Person) -> None:
    one, two, three = (add(alice, f"{number}.txt") for number in range(3))
    assert selectors.draft_files(alice, "new") == [one, two, three]
    detach(by=alice, file_id=one.pk)
    assert selectors.draft_files(alice, "new") == [two, three]


def test_nobody_touches_what_others_added(alice: Person, bruno: Person) -> None:
    kept = add(alice)
    detach(by=bruno, file_id=kept.pk)
    assert selectors.draft_files(alice, "new") == [kept]
    with pytest.raises(NotFound):
        selectors.file_for(bruno, kept.pk)


def test_somebody_who_was_cut_off_adds_nothing(zoe: Person) -> None:
    with pytest.raises(NotAllowed):
        add(zoe)


def test_a_post_carries_its_files_in_the_order_and_words_of_its_author(alice: Person, engineering: Channel) -> None:
    text, image = add(alice), add(alice, "a.png", picture("Hello"))
    wishes = [Wish(image.pk, "  A greeting "), Wish(text.pk)]
    post = publish(by=alice, channel=engineering, text="Look", files=wishes)
    shown = Post.objects.get(pk=post.pk).files
    assert [(file["name"], file["alt"]) for file in shown] == [("a.png", "A greeting"), ("plan.txt", "")]
    assert set(shown[0]) == {"id", *files.OUTGOING}
    assert [row.name for row in post.attachments.order_by("position")] == ["a.png", "plan.txt"]
    assert PostRevision.objects.get(post=post).files == shown
    assert selectors.draft_files(alice, "new") == []


def test_a_post_may_be_a_file_alone_but_not_nothing(alice: Person, engineering: Channel) -> None:
    post = publish(by=alice, channel=engineering, text=" ", files=[Wish(add(alice).pk)])
    assert (post.text, len(post.files)) == ("", 1)
    with pytest.raises(PostEmpty):
        publish(by=alice, channel=engineering, text=" ")


def test_each_picture_is_described_or_said_to_be_decorative(alice: Person, engineering: Channel) -> None:
    image = add(alice, "a.png", picture("Hello"))
    with pytest.raises(Undescribed):
        publish(by=alice, channel=engineering, text="Look", files=[Wish(image.pk, "  ")])
    post = publish(by=alice, channel=engineering, text="Look", files=[Wish(image.pk, "x", is_decorative=True)])
    assert post.files[0]["alt"] == ""


def test_a_file_belongs_to_one_post_of_its_owner(alice: Person, bruno: Person, engineering: Channel) -> None:
    wish = Wish(add(alice).pk)
    with pytest.raises(Conflict):
        publish(by=bruno, channel=engineering, text="Mine", files=[wish])
    publish(by=alice, channel=engineering, text="Look", files=[wish])
    for wishes in ([wish], [Wish(404)]):
        with pytest.raises(Conflict):
            publish(by=alice, channel=engineering, text="Again", files=wishes)
    with pytest.raises(Invalid):
        publish(by=alice, channel=engineering, text="Twice", files=[Wish(1), Wish(1)])


def test_of_two_posts_that_take_one_file_at_once_one_gets_it(
    alice: Person, engineering: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = Wish(add(alice).pk)
    real = judging.scan

    def slow(**question: Any) -> object:
        # While the first is judged, the second is posted.
        monkeypatch.setattr(judging, "scan", real)
        publish(by=alice, channel=engineering, text="Second", files=[wish])
        return real(**question)

    monkeypatch.setattr(judging, "scan", slow)
    with pytest.raises(Conflict, match="just posted elsewhere"):
        publish(by=alice, channel=engineering, text="First", files=[wish])
    (post,) = Post.objects.all()
    assert (post.text, [row.pk for row in post.attachments.all()]) == ("Second", [wish.file_id])


def test_the_same_act_sent_twice_is_one_post(alice: Person, engineering: Channel) -> None:
    wish = Wish(add(alice).pk)
    first, second = (
        publish(by=alice, channel=engineering, text="Look", files=[wish], idempotency_key="k") for _ in range(2)
    )
    assert first == second


def test_words_in_files_names_and_descriptions_are_judged(
    alice: Person, engineering: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, str]] = []
    kinds: list[object] = []

    def scan(*, fields: dict[str, str], attachment_kinds: object, **_facts: object) -> object:
        asked.append(dict(fields))
        kinds.append(attachment_kinds)
        return judging.Verdict(Outcome.BLOCK)

    monkeypatch.setattr(judging, "scan", scan)
    plan, image = add(alice, "plan.pdf", pdf("Project Falcon")), add(alice, "a.png", picture(size=(20, 20)))
    with pytest.raises(PostBlocked):
        publish(by=alice, channel=engineering, text="Look", files=[Wish(plan.pk), Wish(image.pk, "A bird")])
    said = {name: text.strip() for name, text in asked[0].items()}
    assert said.pop("attachments.0.text").endswith("Project Falcon")
    assert said == {
        "text": "Look",
        "attachments.0.name": "plan.pdf",
        "attachments.1.name": "a.png",
        "attachments.1.alt": "A bird",
    }
    assert kinds == [frozenset({"pdf", "image"})]
    assert selectors.draft_files(alice, "new") == [plan, image], "nothing that was added is lost"


def test_an_edit_keeps_the_files_and_they_are_judged_again(
    alice: Person, engineering: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = publish(by=alice, channel=engineering, text="Look", files=[Wish(add(alice).pk)])
    asked: list[dict[str, str]] = []
    real = judging.scan

    def scan(*, fields: dict[str, str], **facts: object) -> object:
        asked.append(dict(fields))
        return real(fields=fields, **facts)

    monkeypatch.setattr(judging, "scan", scan)
    edited = edit(by=alice, post_id=post.pk, text="Look here", version=1)
    assert edited.files == post.files
    assert asked[0]["attachments.0.text"] == "The plan"


def test_who_may_see_the_post_may_see_its_files(alice: Person, bruno: Person, secret: Channel) -> None:
    hidden = add(alice, "secret.txt", b"The board")
    publish(by=alice, channel=secret, text="Look", files=[Wish(hidden.pk)])
    assert selectors.file_for(alice, hidden.pk) == hidden
    with pytest.raises(NotFound):
        selectors.file_for(bruno, hidden.pk)
    invite(by=alice, channel=secret, person=bruno)
    assert selectors.file_for(bruno, hidden.pk) == hidden
    remove_member(by=alice, channel=secret, person=bruno)
    with pytest.raises(NotFound):
        selectors.file_for(bruno, hidden.pk)


def test_deleting_the_post_takes_its_files_away(alice: Person, engineering: Channel) -> None:
    kept = add(alice)
    post = publish(by=alice, channel=engineering, text="Look", files=[Wish(kept.pk)])
    delete(by=alice, post_id=post.pk)
    with pytest.raises(NotFound):
        selectors.file_for(alice, kept.pk)
    assert Post.objects.get(pk=post.pk).files == []
    assert needed({kept.sha256}) == set()


def test_bytes_that_another_post_has_too_stay(alice: Person, engineering: Channel) -> None:
    one, two = add(alice), add(alice)
    post = publish(by=alice, channel=engineering, text="Look", files=[Wish(one.pk)])
    delete(by=alice, post_id=post.pk)
    assert needed({one.sha256, "0" * 64}) == {two.sha256}


def test_bytes_that_changed_on_disk_are_given_to_nobody(alice: Person, files: Path) -> None:
    kept = add(alice)
    (files / blobs.name_of(kept.sha256)).write_bytes(b"another plan")
    with pytest.raises(FileGone):
        selectors.file_bytes(kept)


def test_what_is_never_posted_is_forgotten(alice: Person, engineering: Channel) -> None:
    with time_machine.travel(clock.now() - timedelta(days=15)):
        left, posted = add(alice), add(alice)
        publish(by=alice, channel=engineering, text="Look", files=[Wish(posted.pk)])
    fresh = add(alice)
    assert forget_old_files() == 1
    assert set(Attachment.objects.all()) == {posted, fresh}
    assert left.pk not in {posted.pk, fresh.pk}


def test_an_archive_is_of_its_kind_whatever_its_name(alice: Person) -> None:
    kept = add(alice, "a.pdf", zipped({"a.txt": "x"}))
    assert kept.kind == "application/zip"
    assert files.judgeable([kept.facts]).unread == {"attachments.0.text": ("name_lies",)}


# Described anew ----------------------------------------------------------------------------------------------------


@pytest.fixture
def pictured(alice: Person, engineering: Channel) -> Post:
    """Give a post of alice's with two pictures."""
    rows = [add(alice, name, picture()) for name in ("one.png", "two.png")]
    wishes = [Wish(rows[0].pk, "A boat"), Wish(rows[1].pk, "A bridge")]
    return publish(by=alice, channel=engineering, text="Look", files=wishes)


def ids_of(post: Post) -> list[int]:
    return [int(each["id"]) for each in post.files]


def test_a_picture_is_described_anew_and_stays(alice: Person, pictured: Post) -> None:
    first, second = ids_of(pictured)
    made = edit(by=alice, post_id=pictured.pk, text="Look", version=1, descriptions=[Wish(first, "A red boat")])
    assert [each["alt"] for each in made.files] == ["A red boat", "A bridge"]
    assert [each["sha256"] for each in made.files] == [each["sha256"] for each in pictured.files]
    assert Attachment.objects.get(pk=first).alt == "A red boat"
    newest, oldest = selectors.history(alice, pictured.pk)
    assert [[each["alt"] for each in version.files] for version in (newest, oldest)] == [
        ["A red boat", "A bridge"],
        ["A boat", "A bridge"],
    ]
    decorative = edit(
        by=alice, post_id=pictured.pk, text="Look", version=2, descriptions=[Wish(second, "", is_decorative=True)]
    )
    assert decorative.files[1]["alt"] == ""


def test_the_same_descriptions_are_no_edit(alice: Person, pictured: Post) -> None:
    wishes = [Wish(number, words) for number, words in zip(ids_of(pictured), ("A boat", "A bridge"), strict=True)]
    assert edit(by=alice, post_id=pictured.pk, text="Look", version=1, descriptions=wishes).version == 1


def test_a_description_cannot_be_lost_or_given_to_another_post(
    alice: Person, bruno: Person, pictured: Post, engineering: Channel
) -> None:
    with pytest.raises(Undescribed):
        edit(by=alice, post_id=pictured.pk, text="Look", version=1, descriptions=[Wish(ids_of(pictured)[0], " ")])
    theirs = publish(by=bruno, channel=engineering, text="Mine")
    with pytest.raises(NotFound):
        edit(by=bruno, post_id=theirs.pk, text="Mine", version=1, descriptions=[Wish(ids_of(pictured)[0], "Stolen")])
    assert Attachment.objects.get(pk=ids_of(pictured)[0]).alt == "A boat"


def test_a_new_description_is_judged(alice: Person, pictured: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    real = judging.scan

    def scan(*, fields: dict[str, str], **facts: Any) -> Any:
        seen.append(fields)
        return real(fields=fields, **facts)

    monkeypatch.setattr(judging, "scan", scan)
    edit(by=alice, post_id=pictured.pk, text="Look", version=1, descriptions=[Wish(ids_of(pictured)[1], "A dam")])
    assert seen[0]["attachments.1.alt"] == "A dam"


def test_the_page_of_an_edit_keeps_what_was_typed_of_pictures(alice: Person, pictured: Post, browser_of: Any) -> None:
    browser, first = browser_of(alice), ids_of(pictured)[0]
    form = {"text": "x" * 600, "version": 1, "file": first, f"alt_{first}": "A ship at sea"}
    refused = browser.post(f"/p/{pictured.pk}/edit/", form)
    assert refused.status_code == 422
    assert "A ship at sea" in refused.text
    browser.post(f"/p/{pictured.pk}/edit/", form | {"text": "Look"})
    page = browser.get(f"/p/{pictured.pk}/history/").text
    assert "Description of one.png" in page
    assert "<ins>" in page
