"""Destinations that ask for a description of each picture: at asking, at planning and at sealing."""

import pytest

from corpblog.kernel import blobs
from corpblog.policy.extraction import VERSION
from corpblog.policy.models import FileText
from corpblog.posts.models import Post
from corpblog.sharing import services
from corpblog.sharing.errors import FilesNotTaken
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.services.connecting import own_wish
from corpblog.sharing.wishes import Wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(write):
    """Post a picture with this description."""

    def posted(alt, kind="image/png"):
        digest = blobs.write(b"a picture")
        read = {"kind": kind, "text": "", "reasons": [], "version": VERSION}
        FileText.objects.update_or_create(digest=digest, defaults=read)
        facts = {"id": "1", "name": "boat.png", "kind": kind, "sha256": digest, "size": 9, "alt": alt}
        post = write("Look")
        Post.objects.filter(pk=post.pk).update(files=[facts | {"width": 1, "height": 1}])
        return Post.objects.for_cards().get(pk=post.pk)

    return posted


def takes_all(press):
    Destination.objects.filter(pk=press.pk).update(needs_alt=False)


def test_a_picture_without_a_description_is_refused_with_what_to_do(picture, press, alice):
    assert press.needs_alt
    with pytest.raises(FilesNotTaken, match=r"Press page asks for a description .* describe: boat\.png"):
        services.request_share(by=alice, post=picture(""), destination=press)
    assert not Share.objects.exists()


@pytest.mark.parametrize(("alt", "kind"), [("A boat on a lake", "image/png"), ("", "application/pdf")])
def test_what_is_described_and_what_is_no_picture_may_go(alt, kind, picture, press, alice):
    assert services.request_share(by=alice, post=picture(alt, kind), destination=press).state != "void"


def test_a_destination_that_does_not_ask_takes_it(picture, press, alice):
    takes_all(press)
    assert services.request_share(by=alice, post=picture(""), destination=press) is not None


def test_planning_asks_as_well(picture, press, alice):
    takes_all(press)
    share = services.request_share(by=alice, post=picture(""), destination=press)
    Destination.objects.filter(pk=press.pk).update(needs_alt=True)
    with pytest.raises(FilesNotTaken):
        services.plan(by=alice, share=Share.objects.for_rows().get(pk=share.pk), wish=Wish("Other words"))


@pytest.mark.gate("G4")
def test_what_was_not_described_waits_once_the_destination_asks_for_it(picture, press, alice, work, travel):
    takes_all(press)
    share = services.request_share(by=alice, post=picture(""), destination=press)
    Destination.objects.filter(pk=press.pk).update(needs_alt=True)
    work()
    share.refresh_from_db()
    assert (share.state, share.note) == ("cleared", "alt_missing")
    takes_all(press)
    travel(minutes=1)
    work()
    share.refresh_from_db()
    assert share.state == "sent"


def test_the_dialog_says_which_destination_asks(picture, press, alice, browser_of):
    post = picture("")
    page = browser_of(alice).post("/shares/preview/", {"post": post.pk, "destination": "press"})
    assert "Press page asks for a description of each picture: boat.png." in page.text
    described = browser_of(alice).post("/shares/preview/", {"post": picture("A boat").pk, "destination": "press"})
    assert "asks for a description" not in described.text


def test_an_admin_switches_it_off_in_the_form(irene, browser_of):
    answers = {"url": "https://hooks.slack.com/services/T1/B1/x"}
    services.connect(by=irene, slug="room", name="Room", kind="slack", answers=answers)
    client, path = browser_of(irene), "/destinations/room/connect/"
    assert "checked" in client.get(path).text.split('name="needs_alt"')[1].split(">")[0]
    form = {"name": "Room", "review": "flagged", "cap": "internal", "answer_url": answers["url"]}
    assert client.post(path, form).status_code == 302
    assert not Destination.objects.get(slug="room").needs_alt
    assert "Also without a description" in client.get("/destinations/room/").text
    client.post(path, form | {"needs_alt": "on"})
    assert Destination.objects.get(slug="room").needs_alt


def test_employees_are_not_asked_for_what_they_cannot_give():
    # The pictures of what they re-voice are the company's.
    assert not own_wish("bluesky").needs_alt
