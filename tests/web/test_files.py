"""Files over HTTP: who gets the bytes, what a browser is told to do with them, and what the composer's script hears."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from corpblog.kernel import blobs
from corpblog.people.models import Person
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Post
from corpblog.posts.services import attach, delete, publish
from corpblog.teams.models import Channel
from corpblog.teams.services import invite, remove_member
from tests.policy.extraction.files import pdf, picture

Browser = Callable[[Person], Client]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FORMS = {
    "text": ("plan.txt", b"The plan"),
    "PDF": ("plan.pdf", pdf("The plan")),
    "SVG": ("a.svg", SVG),
    "page": ("a.html", b"<!doctype html><script>alert(1)</script>"),
    "lying page": ("a.png", b"<!doctype html><script>alert(1)</script>"),
    "picture": ("a.png", picture("Hello")),
}


def posted(by: Person, channel: Channel, form: str = "text") -> Attachment:
    name, data = FORMS[form]
    file = attach(by=by, place="new", name=name, data=data)
    publish(by=by, channel=channel, text="Look", files=[Wish(file.pk, "A greeting")])
    file.refresh_from_db()
    return file


def address(file: Attachment) -> str:
    return f"/files/{file.pk}/of/{file.name}"


@pytest.mark.parametrize("form", FORMS)
def test_a_browser_runs_nothing_in_a_file_and_shows_only_our_pictures(
    form: str, alice: Person, engineering: Channel, browser_of: Browser
) -> None:
    file = posted(alice, engineering, form)
    answer = browser_of(alice).get(address(file))
    assert answer.status_code == 200
    assert answer.content == blobs.read(file.sha256)
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    shown = answer["Content-Disposition"].partition(";")[0]
    assert shown == ("inline" if form == "picture" else "attachment")
    assert answer["Content-Type"] in {"text/plain", "application/pdf", "application/octet-stream", "image/png"}


def test_a_thumbnail_is_a_picture_and_asked_for_like_the_file(
    alice: Person, bruno: Person, secret: Channel, browser_of: Browser
) -> None:
    file = posted(alice, secret, "picture")
    small = f"/files/{file.pk}/small/"
    answer = browser_of(alice).get(small)
    assert (answer["Content-Type"], answer.content[:4]) == ("image/webp", b"RIFF")
    assert browser_of(bruno).get(small).status_code == 404


def test_a_direct_address_gives_nothing_to_strangers_ex_members_and_the_cut_off(
    alice: Person, bruno: Person, secret: Channel, browser_of: Browser
) -> None:
    file = posted(alice, secret)
    ann, ben = browser_of(alice), browser_of(bruno)
    assert (ann.get(address(file)).status_code, ben.get(address(file)).status_code) == (200, 404)
    invite(by=alice, channel=secret, person=bruno)
    assert ben.get(address(file)).status_code == 200
    remove_member(by=alice, channel=secret, person=bruno)
    assert ben.get(address(file)).status_code == 404
    assert Client().get(address(file))["Location"].startswith("/sign-in/")
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert ann.get(address(file)).status_code == 302


def test_what_is_not_posted_is_its_owners_and_what_is_deleted_nobodys(
    alice: Person, bruno: Person, engineering: Channel, browser_of: Browser
) -> None:
    draft = attach(by=alice, place="new", name="plan.txt", data=b"The plan")
    assert browser_of(alice).get(address(draft)).status_code == 200
    assert browser_of(bruno).get(address(draft)).status_code == 404
    file = posted(alice, engineering)
    assert file.post_id is not None
    delete(by=alice, post_id=file.post_id)
    assert browser_of(alice).get(address(file)).status_code == 404


def test_a_damaged_file_is_said_to_be_and_its_bytes_are_kept_back(
    alice: Person, engineering: Channel, browser_of: Browser, files: object
) -> None:
    from django.core.files.storage import default_storage

    file = posted(alice, engineering)
    with open(default_storage.path(blobs.name_of(file.sha256)), "r+b") as kept:
        kept.write(b"!")
    answer = browser_of(alice).get(address(file))
    assert answer.status_code == 410
    assert b"damaged on the server" in answer.content


def test_behind_nginx_the_answer_names_the_bytes_and_asks_first(
    alice: Person, bruno: Person, secret: Channel, browser_of: Browser, settings: object
) -> None:
    settings.FILES_BY_NGINX = True  # type: ignore[attr-defined]
    file = posted(alice, secret)
    answer = browser_of(alice).get(address(file))
    assert (answer.content, answer["X-Accel-Redirect"]) == (b"", f"/_files/{blobs.name_of(file.sha256)}")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "X-Accel-Redirect" not in browser_of(bruno).get(address(file))


def upload(client: Client, name: str, data: bytes, place: str = "new") -> object:
    return client.post("/files/", {"place": place, "file": SimpleUploadedFile(name, data)})


def test_the_composers_script_adds_describes_orders_and_removes(alice: Person, script_of: Browser) -> None:
    client = script_of(alice)
    first, second = (upload(client, name, data) for name, data in (FORMS["text"], FORMS["picture"]))
    assert (first.status_code, second.status_code) == (201, 201)
    ids = [answer.json()["id"] for answer in (first, second)]
    assert 'name="alt_' not in first.json()["html"]
    assert f'name="alt_{ids[1]}"' in second.json()["html"]
    typed = {"place": "new", "text": "", "file": [ids[1], ids[0]], f"alt_{ids[1]}": "A greeting"}
    assert client.post("/drafts/", typed).status_code == 200
    shown = client.get("/posts/new/").content.decode()
    assert shown.index(f'data-file="{ids[1]}"') < shown.index(f'data-file="{ids[0]}"')
    assert "A greeting</textarea>" in shown
    assert client.post(f"/files/{ids[0]}/remove/").status_code == 204
    assert f'data-file="{ids[0]}"' not in client.get("/posts/new/").content.decode()


def test_a_refusal_says_what_to_do(alice: Person, script_of: Browser) -> None:
    client = script_of(alice)
    for name, data, words in (("a.png", b"\x89PNG\r\n\x1a\nbroken", "Save it again"), ("a.txt", b"", "Choose another")):
        answer = upload(client, name, data)
        assert answer.status_code == 422
        assert words in answer.json()["message"]
    assert client.post("/files/", {"place": "new"}).status_code == 422
    Person.objects.filter(pk=alice.pk).update(language="fr")
    said = client.post("/files/", {"place": "new"}, headers={"accept-language": "fr"}).json()["message"]
    assert said == "Aucun fichier n’est arrivé. Choisissez-le à nouveau."


def test_a_post_is_published_with_its_files_and_its_card_shows_them(
    alice: Person, engineering: Channel, script_of: Browser
) -> None:
    client = script_of(alice)
    text, image = (upload(client, *FORMS[form]).json()["id"] for form in ("text", "picture"))
    form = {"text": "Look", "channel": engineering.pk, "file": [image, text], f"alt_{image}": "A <b>greeting</b>"}
    answer = client.post("/posts/", form)
    assert answer.status_code == 201
    card = answer.json()["html"]
    assert 'alt="A &lt;b&gt;greeting&lt;/b&gt;"' in card
    assert f"/files/{image}/small/" in card
    assert f"/files/{text}/of/plan.txt" in card
    assert "8" in card
    assert [file["id"] for file in Post.objects.get().files] == [image, text]


def test_without_a_description_the_composer_comes_back_with_everything(
    alice: Person, engineering: Channel, browser_of: Browser
) -> None:
    client = browser_of(alice)
    image = upload(client, *FORMS["picture"]).json()["id"]
    form = {"text": "Look", "channel": engineering.pk, "place": "new", "file": [image], f"alt_{image}": " "}
    answer = client.post("/posts/", form)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Describe each picture" in shown
    assert f'data-file="{image}"' in shown
    assert ">Look</textarea>" in shown


def test_the_preview_judges_what_the_draft_carries(alice: Person, script_of: Browser, monkeypatch: object) -> None:
    from corpblog.policy.engine import Finding, Outcome, Verdict
    from corpblog.web.views import live

    client = script_of(alice)
    plan = upload(client, *FORMS["PDF"]).json()["id"]
    seen = []

    def judged(
        _text: str, _by: Person, _channel: object, carried: list[dict[str, object]], *_more: object, **_other: object
    ) -> Verdict:
        seen.extend(carried)
        finding = Finding("code-names", "Project Falcon", "attachments.0.text", 3, 17, "A", 1.0, Outcome.WARN)
        return Verdict(Outcome.WARN, (finding,))

    monkeypatch.setattr(live, "verdict_inside", judged)  # type: ignore[attr-defined]
    shown = client.post("/verdict/", {"text": "Look", "file": [plan, 404]}).json()
    assert [file["name"] for file in seen] == ["plan.pdf"]
    assert shown["marks"] == [], "what is in a file is not marked in the text"
    assert "Project Falcon" in shown["html"]
    assert "plan.pdf" in shown["html"]


def test_an_edit_shows_the_files_that_stay(alice: Person, engineering: Channel, browser_of: Browser) -> None:
    file = posted(alice, engineering, "picture")
    client = browser_of(alice)
    page = client.get(f"/p/{file.post_id}/edit/").content.decode()
    assert f"/files/{file.pk}/small/" in page
    assert "data-attach" not in page
    assert client.post(f"/p/{file.post_id}/edit/", {"text": "Look here", "version": 1}).status_code == 302
    assert Post.objects.get(pk=file.post_id).files[0]["id"] == str(file.pk)
