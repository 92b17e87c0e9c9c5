"""The company's own emoji: who adds them, what they are called, where they are shown, and what is left outside."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from corpblog.audit.models import AuditEntry
from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.posts import custom_emoji, selectors
from corpblog.posts.errors import BadReaction, EmojiRetired
from corpblog.posts.models import CustomEmoji, Post
from corpblog.posts.rendering import render_card, render_text
from corpblog.posts.services import add_emoji, edit, react, retire_emoji, unreact
from corpblog.sharing import canonical
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from corpblog.sharing.worker import Worker
from tests.posts.conftest import Say
from tests.sharing.conftest import POLICY, put_in_force

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
PICTURE = '<img class="emoji-own" src="/emoji/of/ship_it/" alt=":ship_it:" title=":ship_it:">'


def png(colour: tuple[int, int, int] = (20, 120, 60), size: tuple[int, int] = (400, 300)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def ship(irene: Person) -> CustomEmoji:
    return add_emoji(by=irene, name="ship_it", data=png())


def shown(post: Post) -> str:
    return render_card(Post.objects.for_cards().get(pk=post.pk), "en")


# Adding -------------------------------------------------------------------------------------------------------------


def test_an_administrator_adds_one_and_it_is_small_and_written_anew(
    ship: CustomEmoji, bruno: Person, browser_of: Browser
) -> None:
    answer = browser_of(bruno).get("/emoji/of/ship_it/")
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("WEBP", (128, 96))
    assert answer["Cache-Control"] == "private, max-age=604800"
    assert AuditEntry.objects.filter(action="emoji.added", subject="emoji:ship_it").count() == 1
    assert Client().get("/emoji/of/ship_it/").status_code == 302


def test_nobody_else_adds_or_retires(ship: CustomEmoji, alice: Person, chloe: Person, omar: Person) -> None:
    for person in (alice, chloe, omar):
        with pytest.raises(NotAllowed):
            add_emoji(by=person, name="mine", data=png((1, 2, 3)))
        with pytest.raises(NotAllowed):
            retire_emoji(by=person, name="ship_it")
    assert [each.name for each in custom_emoji.offered()] == ["ship_it"]


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 31, "été", "a b!", "<b>", "../x", "a/b", "a:b", "123", "all", "here", "rocket", "red_heart"],
)
def test_a_name_that_is_none_or_means_something_else_is_refused(name: str, irene: Person) -> None:
    with pytest.raises(Invalid):
        add_emoji(by=irene, name=name, data=png())
    assert not CustomEmoji.objects.exists()


@pytest.mark.parametrize("typed", [":Ship_It:", " ship-it ", "ship it"])
def test_a_name_is_kept_in_one_spelling(typed: str, irene: Person) -> None:
    assert add_emoji(by=irene, name=typed, data=png()).name == "ship_it"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png()[:60],
        png() + b"\x00" * custom_emoji.LARGEST,
    ],
    ids=["nothing", "text", "a drawing that may run", "half", "too large"],
)
def test_what_is_no_small_picture_is_refused(data: bytes, irene: Person) -> None:
    with pytest.raises(Invalid):
        add_emoji(by=irene, name="ship_it", data=data)


def test_a_name_and_a_picture_are_there_once(ship: CustomEmoji, irene: Person) -> None:
    with pytest.raises(Conflict, match="name of another"):
        add_emoji(by=irene, name="ship_it", data=png((9, 9, 9)))
    with pytest.raises(Conflict, match=":ship_it:"):
        add_emoji(by=irene, name="other", data=png())
    retire_emoji(by=irene, name="ship_it")
    # The name stays its own for good; the picture may come back under another one.
    with pytest.raises(Conflict):
        add_emoji(by=irene, name="ship_it", data=png((9, 9, 9)))
    assert add_emoji(by=irene, name="other", data=png()).picture == ship.picture


def test_the_database_keeps_names_and_pictures_apart(ship: CustomEmoji, irene: Person) -> None:
    for facts in (
        {"name": "ship_it", "picture": "f" * 64},
        {"name": "b", "picture": ship.picture},
        {"name": "", "picture": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            CustomEmoji.objects.create(made_by=irene, **facts)


def test_there_is_an_end_to_them(ship: CustomEmoji, irene: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_emoji, "MOST", 1)
    with pytest.raises(Invalid, match="Retire one"):
        add_emoji(by=irene, name="other", data=png((9, 9, 9)))


# The administrators' page -------------------------------------------------------------------------------------------


def test_the_page_says_what_is_wrong_and_keeps_the_name(irene: Person, browser_of: Browser) -> None:
    client = browser_of(irene)
    assert "None yet" in client.get("/admin-console/emoji/").text
    answer = client.post("/admin-console/emoji/", {"name": "rocket", "picture": SimpleUploadedFile("a.png", png())})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="rocket"' in answer.text
    assert client.post("/admin-console/emoji/", {"name": "ship_it"}).status_code == 422
    sent = {"name": "ship_it", "picture": SimpleUploadedFile("a.png", png())}
    assert ":ship_it:" in client.post("/admin-console/emoji/", sent, follow=True).text
    assert "is retired" in client.post("/admin-console/emoji/ship_it/retire/", follow=True).text
    assert client.post("/admin-console/emoji/nothing/retire/").status_code == 404


def test_the_page_speaks_french(irene: Person, browser_of: Browser) -> None:
    page = browser_of(irene).get("/admin-console/emoji/", headers={"Accept-Language": "fr"}).text
    assert "Emojis de l’entreprise" in page


# Posts --------------------------------------------------------------------------------------------------------------


def test_a_post_shows_the_picture_and_keeps_the_name(ship: CustomEmoji, say: Say) -> None:
    post = say("We go :ship_it: now, at 10:30:45 :nothing:")
    assert post.text == "We go :ship_it: now, at 10:30:45 :nothing:"
    card = shown(post)
    assert card.count(PICTURE) == 1
    assert "10:30:45 :nothing:" in card


@pytest.mark.parametrize(
    "text", ["`:ship_it:`", "https://x.example/:ship_it:/", "a:ship_it:b", "::ship_it::", ":SHIP_IT:"]
)
def test_elsewhere_the_name_is_text(text: str, ship: CustomEmoji, say: Say) -> None:
    assert "emoji-own" not in shown(say(text))


@pytest.mark.parametrize(
    "text",
    [
        '<img class="emoji-own" src="/emoji/of/ship_it/">',
        "\ue000<img src=x>\ue001",
        "\ue000../x\ue001",
        "\ue000nothing\ue001",
    ],
)
def test_nobody_types_a_picture(text: str, ship: CustomEmoji, say: Say) -> None:
    assert "<img" not in render_text(text)
    assert "<img" not in shown(say(text)).partition("post-body")[2].partition("</div>")[0]


def test_a_retired_one_stays_where_it_stands_and_comes_nowhere_else(
    ship: CustomEmoji, say: Say, irene: Person, alice: Person, bruno: Person, browser_of: Browser
) -> None:
    old = say("We go :ship_it:")
    react(by=bruno, post_id=old.pk, emoji=":ship_it:")
    retire_emoji(by=irene, name="ship_it")
    assert shown(old).count(PICTURE) == 2
    assert PICTURE in shown(edit(by=alice, post_id=old.pk, text="We went :ship_it:", version=1))
    assert PICTURE not in shown(say("Again :ship_it:"))
    with pytest.raises(EmojiRetired):
        react(by=alice, post_id=old.pk, emoji=":ship_it:")
    client = browser_of(alice)
    assert client.get("/emoji/of/ship_it/").status_code == 200
    assert client.get("/emoji/names/").json() == {"names": []}
    assert "ship_it" not in client.get("/emoji/").text
    assert "ship_it" not in browser_of(bruno).get("/emoji/").text
    assert unreact(by=bruno, post_id=old.pk, emoji=":ship_it:").reactions == {}
    with time_machine.travel(clock.now() + timedelta(days=2)):
        blobs.sweep()
    assert blobs.read(ship.picture)


# Reactions ----------------------------------------------------------------------------------------------------------


def test_it_is_a_reaction_like_any_other(ship: CustomEmoji, say: Say, bruno: Person, browser_of: Browser) -> None:
    post = react(by=bruno, post_id=say().pk, emoji=":ship_it:")
    assert post.reactions == {":ship_it:": 1}
    assert PICTURE in shown(post)
    client = browser_of(bruno)
    assert PICTURE in client.get(f"/p/{post.pk}/reactions/").text
    picker = client.get("/emoji/").text
    assert picker.count('value=":ship_it:"') == 2  # among those used last, and among the company's
    for wrong in (":nothing:", ":SHIP_IT:", "ship_it", ":ship_it"):
        with pytest.raises(BadReaction):
            react(by=bruno, post_id=post.pk, emoji=wrong)


def test_home_asks_no_more_for_emoji_of_the_company(
    ship: CustomEmoji, say: Say, bruno: Person, django_assert_num_queries: Any
) -> None:
    for count in range(5):
        react(by=bruno, post_id=say(f":ship_it: {count}").pk, emoji=":ship_it:")
    # Which posts, and what their cards show.
    with django_assert_num_queries(2):
        cards = [render_card(post, "en") for post in selectors.home(bruno).items]
    assert all(card.count(PICTURE) == 2 for card in cards)


# Outside ------------------------------------------------------------------------------------------------------------


def test_outside_it_is_its_name_and_the_gate_reads_it(
    ship: CustomEmoji, say: Say, alice: Person, irene: Person, settings: Any
) -> None:
    settings.SHARE_DELAY = timedelta(0)
    put_in_force(POLICY.replace("[Falcon]", "[Falcon, secret_ship]"))
    press = gate.ensure_press_page()
    share = gate.request_share(by=alice, post=say("We go :ship_it:"), destination=press)
    assert canonical.outgoing_strings(share.revision.canonical)["text"] == "We go ship it"
    Worker("emoji").round()
    page = Client().get("/press/").text
    assert "We go ship it" in page
    assert "/emoji/" not in page
    add_emoji(by=irene, name="secret_ship", data=png((9, 9, 9)))
    held = gate.request_share(by=alice, post=say("We go :secret_ship:"), destination=press)
    assert held.state == Share.State.HELD
