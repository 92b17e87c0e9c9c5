"""An officer sees each file that would leave: its words with what was found, why some were not read, and the bytes."""

import pytest
from django.test import Client

from corpblog.desk import selectors
from corpblog.desk.evidence import AROUND, LONGEST_WHOLE, excerpts
from corpblog.kernel.errors import CorpblogError
from corpblog.policy.engine import Finding, Outcome
from corpblog.posts.files import Wish
from corpblog.posts.services import attach, publish
from corpblog.sharing import services
from tests.policy.extraction.files import pdf, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(policy, channel, alice, press):
    """Ask for a post with these files, as alice."""

    def ask(*files, text="Falcon"):
        wishes = [Wish(attach(by=alice, place="new", name=n, data=d).pk, alt) for n, d, alt in files]
        post = publish(by=alice, channel=channel, text=text, files=wishes)
        return services.request_share(by=alice, post=post, destination=press)

    return ask


def whole(text):
    return "".join(piece.text for part in text for piece in part.pieces)


def marked(text):
    return [piece.text for part in text for piece in part.pieces if piece.rules]


def test_the_words_of_a_file_stand_with_what_was_found_in_them(held, omar):
    share = held(("plan.txt", b"Rooms of Falcon\nFloor 2", ""), text="Look")
    (file,) = selectors.case(omar, share.pk).files
    assert whole(file.text) == "Rooms of Falcon\nFloor 2"
    assert marked(file.text) == ["Falcon"]
    assert file.unread == []


def test_why_a_file_was_not_read_is_said_in_words(held, omar, browser_of):
    share = held(("plan.pdf", pdf("Plan", password="secret"), ""), text="Look")
    (file,) = selectors.case(omar, share.pk).files
    assert file.unread == ["It is protected by a password."]
    page = browser_of(omar).get(f"/desk/{share.pk}/").content.decode()
    assert "It is protected by a password." in page
    assert "unread-file" in page
    assert ">encrypted<" not in page


def test_names_and_descriptions_are_marked_where_they_stand(held, omar):
    share = held(("Falcon.png", picture(size=(20, 20)), "Our falcon"), text="Look")
    found = selectors.case(omar, share.pk)
    (file,) = found.files
    assert [piece.text for piece in file.name if piece.rules] == ["Falcon"]
    assert [piece.text for piece in file.alt if piece.rules] == ["falcon"]
    assert not any(field.name.startswith("attachments") for field in found.fields)


def test_the_page_shows_a_picture_and_officers_alone_get_the_bytes(held, omar, alice, browser_of):
    share = held(("a.png", picture("Hello"), "A greeting"), ("a.html", b"<!doctype html><p>x", ""))
    officer = browser_of(omar)
    page = officer.get(f"/desk/{share.pk}/").content.decode()
    assert f'<img src="/desk/{share.pk}/files/0/"' in page
    image, html = (officer.get(f"/desk/{share.pk}/files/{index}/") for index in range(2))
    assert (image["Content-Type"], image["Content-Disposition"].partition(";")[0]) == ("image/png", "inline")
    assert html["Content-Disposition"].startswith("attachment")
    assert html["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert officer.get(f"/desk/{share.pk}/files/2/").status_code == 404
    for client in (browser_of(alice), Client()):
        assert client.get(f"/desk/{share.pk}/files/0/").status_code in {302, 403, 404}
    with pytest.raises(CorpblogError):
        selectors.file_of_case(alice, share.pk, 0)


def finding(start, end):
    return Finding("r", "Falcon", "attachments.0.text", start, end, "A", 1.0, Outcome.HOLD)


def test_of_a_long_text_the_beginning_and_each_finding_are_shown():
    words = "Falcon"
    place = 300_000
    text = "a" * place + words + "b" * place
    shown = excerpts(text, [finding(place, place + len(words))])
    assert marked(shown) == [words]
    skipped = sum(part.skipped for part in shown)
    assert skipped + len(whole(shown)) == len(text)
    assert len(whole(shown)) == LONGEST_WHOLE // 4 + 2 * AROUND + len(words)


def test_a_text_of_normal_length_is_shown_whole():
    text = "x" * LONGEST_WHOLE
    assert (whole(excerpts(text, [])), excerpts(text, [])[0].skipped) == (text, 0)
