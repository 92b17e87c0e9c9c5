"""No sign-in name and no address from inside leaves: what takes their place is what is judged, shown and sent."""

import pytest

from corpblog.kernel.errors import Invalid
from corpblog.posts.models import CustomEmoji, Post
from corpblog.sharing import services
from corpblog.sharing.canonical import read
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.errors import ShareBlocked
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import PublicHandle, Receipt, Share
from corpblog.sharing.outward import MOST_MARKS, outward
from corpblog.teams.models import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def named(bruno):
    services.name_oneself(by=bruno, names={"mastodon": "@bruno@berlin.social", "bluesky": "bru.example.org"})
    return bruno


def test_a_mention_becomes_ones_own_name_there_or_ones_plain_name(named, alice):
    text = "Thanks @bruno, and @Alice. Not a@bruno.example, nor @somebody or https://there.example/@bruno"
    plain = f"Thanks {named.display_name}, and {alice.display_name}. "
    rest = "Not a@bruno.example, nor @somebody or https://there.example/@bruno"
    assert outward(text, "mastodon").text == f"Thanks @bruno@berlin.social, and {alice.display_name}. {rest}"
    assert outward(text, "bluesky").text == f"Thanks @bru.example.org, and {alice.display_name}. {rest}"
    assert outward(text, "x").text == plain + rest
    assert outward("`@bruno` in code", "x").text == f"{named.display_name} in code"


MARKED = """**We open** in *Lyon*: see [our page](https://acme.example/lyon) and `code`

- one
* two
1. three
> They said
> so

```
x = **y**
```"""
PLAIN = """We open in Lyon: see our page (https://acme.example/lyon) and code

• one
• two
1. three
“They said
so”

x = **y**"""
LINKED = PLAIN.replace(" (https://acme.example/lyon)", "")
RICH = LINKED.replace("“", "").replace("”", "")
NETWORKS = {
    "mastodon": (PLAIN, ()),
    "x": (PLAIN, ()),
    "linkedin": (PLAIN, ()),
    "webhook": (PLAIN, ()),
    "bluesky": (LINKED, ("link",)),
    **dict.fromkeys(("press", "slack", "teams", "email"), (RICH, ("bold", "italic", "link", "code", "quote", "block"))),
}


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_each_network_gets_the_markup_that_it_shows(kind):
    said = outward(MARKED, kind)
    words, kinds = NETWORKS[kind]
    assert (said.text, tuple(mark.kind for mark in said.marks)) == (words, kinds)
    named = {mark.kind: said.text[mark.start : mark.end] for mark in said.marks}
    expected = {"bold": "We open", "italic": "Lyon", "link": "our page", "code": "code"}
    expected |= {"quote": "They said\nso", "block": "x = **y**"}
    assert named == {name: expected[name] for name in kinds}
    assert [mark.url for mark in said.marks if mark.kind == "link"] == ["https://acme.example/lyon"] * ("link" in kinds)


@pytest.mark.parametrize("text", [MARKED, "> a\n> b", "***x***", "[**a**](https://x.example)", "**a *b* c**"])
def test_what_left_can_be_typed_and_leaves_as_the_same_words(text):
    said = outward(text, "press")
    assert outward(said.as_typed(), "press") == said


def test_signs_that_mark_nothing_stay():
    text = "2*3*4, snake_case_name, _so_, 5 > 4, C** and [no](mailto:x)"
    assert outward(text, "press").text == outward(text, "x").text == text


def test_a_text_with_very_many_marks_leaves_as_plain_words():
    text = " ".join(["**a**"] * (MOST_MARKS + 1))
    assert outward(text, "press").marks == ()
    assert outward(text.removesuffix(" **a**"), "press").marks != ()


def test_words_that_are_composed_keep_their_marks_where_they_are():
    said = outward("e\u0301te\u0301 **re\u0301el**", "press")
    assert said.text == "\u00e9t\u00e9 r\u00e9el"
    assert [said.text[mark.start : mark.end] for mark in said.marks] == ["r\u00e9el"]
    # A letter whose accent stands behind the mark becomes one with it: no mark could say where it ends.
    assert outward("**e**\u0301", "press") == Marked("\u00e9")


@pytest.fixture
def rooms(db):
    more = {"kind": "team"}
    Channel.objects.create(slug="open-house", name="Open House", classification="public", **more)
    Channel.objects.create(slug="platform", name="Project Falcon", **more)
    Channel.objects.create(slug="deals", name="Merger with Globex", is_private=True, is_listed=True, **more)
    Channel.objects.create(slug="closed", name="Closed", is_private=True, classification="public", **more)


@pytest.mark.gate("G4")
@pytest.mark.parametrize("kind", ["x", "press"])
def test_a_channel_is_named_only_where_its_label_is_public(rooms, kind):
    assert outward("We met in ~open-house today", kind).text == "We met in Open House today"
    for slug in ("platform", "deals", "DEALS", "closed"):
        assert outward(f"We talk of it in the ~{slug}.", kind).text == "We talk of it in the an internal channel."
        assert (
            outward(f"The `~{slug}` and [the ~{slug}](https://x.example)", kind).text.count("an internal channel") == 2
        )
    assert outward("Nous en parlons dans le ~deals", kind).text == "Nous en parlons dans le un canal interne"
    assert outward("~nobody, ~3 and ~/notes", kind).text == "~nobody, ~3 and ~/notes"


@pytest.mark.gate("G4")
def test_a_channel_that_is_closed_before_it_leaves_is_named_no_more(rooms, write, remote, alice, work):
    destination, there = remote("key")
    services.request_share(by=alice, post=write("Come to ~open-house"), destination=destination)
    Channel.objects.filter(slug="open-house").update(classification="internal")
    work()
    work()
    (body,) = (body for _key, body in there.shown.values())
    assert read(body)["text"] == "Come to an internal channel"


def test_emoji_leave_as_themselves_or_as_their_names(irene):
    CustomEmoji.objects.create(name="ship_it", picture="a" * 64, made_by=irene)
    assert (
        outward("Done :ship_it: :red_heart: :unknown_one: 10:30:45", "x").text
        == "Done ship it ❤️ :unknown_one: 10:30:45"
    )


@pytest.mark.gate("G4")
def test_the_address_behind_a_name_is_judged(write, press, alice, policy):
    share = services.request_share(by=alice, post=write("See [here](https://x.example/Falcon)"), destination=press)
    assert share.state == "held"
    assert {finding["field"] for finding in share.revision.verdict["findings"]} == {"marks.0.url"}


@pytest.mark.gate("G22")
def test_marks_between_words_hide_nothing(write, press, alice, policy):
    with pytest.raises(ShareBlocked):
        services.request_share(by=alice, post=write("Our **salary** *list*"), destination=press)


def test_a_display_name_with_a_sign_in_it_calls_nobody(bruno):
    bruno.display_name = "Bruno @bruno"
    bruno.save()
    assert outward("@bruno", "x").text == "Bruno bruno"


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
    assert outward(text.format(shared.pk), "x").text == f"See {url} for more"
    assert outward(text.format(inside.pk), "x").text == "See for more"
    assert outward(text.format("9" * 30), "x").text == "See for more"
    assert outward("https://blog.acme.example/@bruno", "x").text == ""
    assert outward("See https://blog.acme.example.evil.example/p/1/", "x").text == (
        "See https://blog.acme.example.evil.example/p/1/"
    )
    assert outward(f"Read {url}", "x").text == f"Read {url}"
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
