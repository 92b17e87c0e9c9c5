"""No sign-in name and no address from inside leaves: what takes their place is what is judged, shown and sent."""

import pytest

from corpblog.kernel.errors import Invalid
from corpblog.posts.models import Post
from corpblog.sharing import services
from corpblog.sharing.canonical import read
from corpblog.sharing.models import PublicHandle, Receipt, Share
from corpblog.sharing.outward import outward

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(bruno):
    services.name_oneself(by=bruno, names={"mastodon": "@bruno@berlin.social", "bluesky": "bru.example.org"})
    return bruno


def test_a_mention_becomes_ones_own_name_there_or_ones_plain_name(named, alice):
    text = "Thanks @bruno, and @Alice. Not a@bruno.example, nor @somebody or https://there.example/@bruno"
    plain = f"Thanks {named.display_name}, and {alice.display_name}. "
    rest = "Not a@bruno.example, nor @somebody or https://there.example/@bruno"
    assert outward(text, "mastodon") == f"Thanks @bruno@berlin.social, and {alice.display_name}. {rest}"
    assert outward(text, "bluesky") == f"Thanks @bru.example.org, and {alice.display_name}. {rest}"
    assert outward(text, "x") == plain + rest
    assert outward("`@bruno` in code", "x") == f"`{named.display_name}` in code"


def test_a_display_name_with_a_sign_in_it_calls_nobody(bruno):
    bruno.display_name = "Bruno @bruno"
    bruno.save()
    assert outward("@bruno", "x") == "Bruno bruno"


@pytest.mark.gate("G4")
def test_what_leaves_and_what_is_judged_has_the_public_name(named, write, remote, alice, work):
    destination, there = remote("key")
    share = services.request_share(by=alice, post=write("We thank @bruno"), destination=destination)
    work()
    (body,) = (body for _key, body in there.shown.values())
    assert read(body)["text"] == f"We thank {named.display_name}"
    assert "@bruno" not in body
    assert Share.objects.get(pk=share.pk).revision.canonical == body


@pytest.mark.gate("G4")
def test_words_are_scanned_after_they_are_rewritten(bruno, write, remote, alice):
    destination, _there = remote("key")
    bruno.display_name = "Bruno Falcon"
    bruno.save()
    assert services.request_share(by=alice, post=write("Hi @bruno"), destination=destination).state == "held"


def test_a_name_that_changes_before_it_leaves_is_judged_anew(bruno, write, remote, alice, work):
    destination, there = remote("key")
    share = services.request_share(by=alice, post=write("We thank @bruno"), destination=destination)
    bruno.display_name = "Bruno Falcon"
    bruno.save()
    work()
    assert (Share.objects.get(pk=share.pk).state, there.shown) == ("held", {})


def test_a_link_into_corpblog_leads_to_what_is_public_or_is_left_out(write, press, alice, work, settings):
    settings.ORIGINS = ["https://blog.acme.example"]
    shared, inside = write("We open in Lyon"), write("Only for us")
    services.request_share(by=alice, post=shared, destination=press)
    work()
    url = settings.ORIGINS[0] + Receipt.objects.get().url
    text = "See https://blog.acme.example/p/{}/ for more"
    assert outward(text.format(shared.pk), "x") == f"See {url} for more"
    assert outward(text.format(inside.pk), "x") == "See for more"
    assert outward(text.format("9" * 30), "x") == "See for more"
    assert outward("https://blog.acme.example/@bruno", "x") == ""
    assert outward("See https://blog.acme.example.evil.example/p/1/", "x") == (
        "See https://blog.acme.example.evil.example/p/1/"
    )
    assert outward(f"Read {url}", "x") == f"Read {url}"
    assert Post.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [("mastodon", "bruno"), ("bluesky", "bruno"), ("x", "a b"), ("x", "x" * 16), ("mastodon", "a@b@c.d")],
)
def test_what_is_no_name_there_is_refused_with_an_example(bruno, kind, wrong, browser_of):
    with pytest.raises(Invalid, match="looks like this"):
        services.name_oneself(by=bruno, names={kind: wrong})
    answer = browser_of(bruno).post("/shares/names/", {kind: wrong})
    assert answer.status_code == 422
    assert f'value="{wrong}"' in answer.content.decode()
    assert not PublicHandle.objects.exists()


def test_one_says_ones_own_names_and_takes_them_back(bruno, browser_of):
    brunos = browser_of(bruno)
    brunos.post("/shares/names/", {"x": "@bru", "mastodon": ""})
    assert services.names_of(bruno) == {"x": "bru"}
    assert 'value="bru"' in brunos.get("/shares/names/").content.decode()
    brunos.post("/shares/names/", {"x": ""})
    assert services.names_of(bruno) == {}


def test_the_preview_shows_what_will_leave(bruno, write, alice, press, browser_of):
    post = write("We thank @bruno")
    page = browser_of(alice).post("/shares/preview/", {"post": post.pk, "destination": "press"}).content.decode()
    assert bruno.display_name in page
    assert "@bruno" not in page
