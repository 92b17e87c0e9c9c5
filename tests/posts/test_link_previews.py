"""Previews of links: asked for by the worker alone, through the one way out, and shown to whoever sees the post."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from corpblog.kernel import blobs, clock, egress
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.posts import live, selectors
from corpblog.posts.models import LinkedPage, Post
from corpblog.posts.rendering import render_card
from corpblog.posts.services import delete, edit, publish, remove_preview
from corpblog.posts.services import linking as previews
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from corpblog.sharing.worker import Worker
from corpblog.teams.models import Channel, Classification
from corpblog.teams.services import create_channel
from tests.posts.conftest import Say
from tests.servers.internet import PUBLIC, Internet, module_internet  # noqa: F401
from tests.servers.recorder import Reply, recorder
from tests.sharing.conftest import POLICY, put_in_force

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
Browser = Callable[[Person], Client]
LINK = "https://news.example/story"
CANARY = "Crane falls into the harbour"
HOSTED = POLICY.replace(
    "name: Test\n", "name: Test\ncompany: {domains: [acme.example], internal_hosts: [intranet.acme.example]}\n"
)
PAGE = f"""<!doctype html><html><head><meta charset=utf-8><title>Other words</title>
<meta property="og:title" content="{CANARY}"><meta property="og:description" content="Nobody was hurt &amp; it floats">
<meta property="og:image" content="/crane.jpg"></head><body><meta property="og:title" content="From the body"></body>"""


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 400)) -> bytes:
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "Taken at the secret plant"
    Image.new("RGB", size, (200, 40, 40)).save(buffer, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return buffer.getvalue()


Answers = dict[str, tuple[bytes | str, str]]


def site(answers: Answers) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer each path with these bytes of that type; keep the headers of every request."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        behave.heard.append(dict(handler.headers))  # type: ignore[attr-defined]
        body, kind = answers.get(handler.path, (b"", ""))
        data = body.encode() if isinstance(body, str) else body
        handler.send_response(200 if kind else 404)
        handler.send_header("Content-Type", kind or "text/plain")
        handler.send_header("Content-Length", str(len(data)))
        handler.send_header("Set-Cookie", "follow=you")
        handler.end_headers()
        handler.wfile.write(data)

    behave.heard = []  # type: ignore[attr-defined]
    return behave


@pytest.fixture
def outside(module_internet: Internet) -> Internet:  # noqa: F811
    """Give a made-up internet with a news site in it, and a policy that lets its address out."""
    module_internet.forget()
    module_internet.site(
        "news.example", site({"/story": (PAGE, "text/html; charset=utf-8"), "/crane.jpg": (picture(), "image/jpeg")})
    )
    put_in_force(HOSTED)
    return module_internet


def shown(post: Post) -> str:
    return render_card(Post.objects.for_cards().get(pk=post.pk), "en")


def page_of(post: Post) -> LinkedPage:
    post.refresh_from_db()
    assert post.linked_page is not None
    return post.linked_page


# What is fetched, and how -------------------------------------------------------------------------------------------


def test_the_first_link_of_a_post_gets_a_preview(say: Say, outside: Internet) -> None:
    outside.site("later.example", site({}))
    post = say(f"Look: {LINK}#part and https://later.example/")
    assert outside.seen == []  # nobody who posts waits for a server
    assert previews.is_due()
    previews.fetch_due()
    assert not previews.is_due()
    assert outside.seen == ["GET https://news.example/story", "GET https://news.example/crane.jpg"]
    card = shown(post)
    for words in (CANARY, "Nobody was hurt &amp; it floats", "news.example", f"/p/{post.pk}/preview/picture/"):
        assert words in card
    assert "From the body" not in card
    assert "Other words" not in card


def test_the_request_says_who_asks_and_nothing_else(say: Say, outside: Internet) -> None:
    say(LINK)
    previews.fetch_due()
    heard = outside.sites["news.example"].heard  # type: ignore[attr-defined]
    assert len(heard) == 2
    for headers in heard:
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Content-Length"}
        assert headers["User-Agent"] == egress.USER_AGENT


def test_the_picture_is_written_anew_and_small(say: Say, outside: Internet, alice: Person, browser_of: Browser) -> None:
    outside.sites["news.example"] = site(
        {"/story": (PAGE, "text/html"), "/crane.jpg": (picture(size=(3000, 2000)), "image/jpeg")}
    )
    post = say(LINK)
    previews.fetch_due()
    answer = browser_of(alice).get(f"/p/{post.pk}/preview/picture/")
    assert answer["Content-Type"] == "image/webp"
    assert b"secret plant" not in answer.content
    kept = Image.open(io.BytesIO(answer.content))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (720, 480), {})


def test_the_sweep_keeps_pictures_that_are_shown_and_drops_the_others(
    say: Say, outside: Internet, alice: Person
) -> None:
    post = say(LINK)
    previews.fetch_due()
    digest = page_of(post).picture
    with time_machine.travel(clock.now() + timedelta(days=2)):
        blobs.sweep()
        assert blobs.read(digest)
        delete(by=alice, post_id=post.pk)
        assert previews.forget_unlinked() == 1
        blobs.sweep()
        with pytest.raises(blobs.Missing):
            blobs.read(digest)


def test_a_page_is_fetched_once_for_all_posts(say: Say, outside: Internet, bruno: Person) -> None:
    first, second = say(LINK), say(f"Again {LINK}", by=bruno)
    previews.fetch_due()
    third = say(f"And again {LINK}")
    assert not previews.is_due()
    assert len(outside.seen) == 2
    assert all(CANARY in shown(post) for post in (first, second, third))


def test_a_page_is_asked_again_after_a_week_and_shows_what_it_said_until_then(say: Say, outside: Internet) -> None:
    post = say(LINK)
    previews.fetch_due()
    outside.sites["news.example"] = site({"/story": ("<title>It floats no more</title>", "text/html")})
    with time_machine.travel(clock.now() + timedelta(days=8)):
        say(f"Still? {LINK}")
        assert CANARY in shown(post)
        previews.fetch_due()
    assert "It floats no more" in shown(post)
    assert CANARY not in shown(post)


def test_a_failure_is_remembered_for_a_day(say: Say, outside: Internet) -> None:
    outside.sites["news.example"] = site({})
    post = say(LINK)
    previews.fetch_due()
    assert page_of(post).problem == "status 404"
    assert "link-card" not in shown(post)
    say(f"Again {LINK}")
    assert not previews.is_due()
    with time_machine.travel(clock.now() + timedelta(days=2)):
        say(f"And again {LINK}")
        assert previews.is_due()


def test_two_workers_ask_once(say: Say, outside: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    say(LINK)
    taken = list(previews._leased(()))
    previews.fetch_due()
    assert [page.url for page in taken] == [LINK]
    assert outside.seen == []
    # The first one died: after its lease another one asks.
    with time_machine.travel(clock.now() + previews.LEASE + timedelta(seconds=1)):
        previews.fetch_due()
    assert "GET https://news.example/story" in outside.seen


def test_one_page_that_breaks_the_work_holds_up_no_other(
    say: Say, outside: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = say("https://broken.example/")
    fine = say(LINK)
    real = previews._fetched

    def fetched(address: str, hosts: tuple[str, ...]) -> previews.Said:
        if "broken" in address:
            raise RuntimeError
        return real(address, hosts)

    monkeypatch.setattr(previews, "_fetched", fetched)
    previews.fetch_due()
    assert CANARY in shown(fine)
    assert page_of(broken).problem == "error"
    assert not previews.is_due()


# What nobody is asked about -----------------------------------------------------------------------------------------

NOT_ASKED = [
    "http://127.0.0.1:8000/p/1/",  # ourselves
    "http://localhost/c/board/",
    "https://intranet.acme.example/plan",
    "https://wiki.intranet.acme.example/",
    "http://wiki/projects",
    "https://nas.local/photo",
    "http://10.1.2.3/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "https://news.example/f?access_token=9f86d081884c7d65",
    "https://user:secret@news.example/",
    "https://news.example/Falcon/plan",  # words that the policy keeps inside
    "https://news.example:8443/",
    "ftp://news.example/",
    "https://[::1",
    "https://",
]


@pytest.mark.parametrize("address", NOT_ASKED)
def test_an_address_that_must_not_get_out_is_told_to_nobody(address: str, say: Say, outside: Internet) -> None:
    post = say(f"See {address} please")
    previews.fetch_due()
    assert outside.seen == []
    assert outside.connected == []
    assert "link-card" not in shown(post)


def test_without_a_policy_nobody_is_asked(say: Say, outside: Internet) -> None:
    from corpblog.policy.models import PolicyVersion

    PolicyVersion.objects.in_force().update(state=PolicyVersion.State.RETIRED)
    say(LINK)
    previews.fetch_due()
    assert outside.asked == []


@pytest.mark.parametrize("label", [Classification.CONFIDENTIAL, Classification.RESTRICTED])
def test_of_confidential_channels_no_address_gets_out(label: str, alice: Person, outside: Internet) -> None:
    channel = create_channel(by=alice, name="Merger", is_private=True, classification=label)
    post = publish(by=alice, channel=channel, text=LINK)
    previews.fetch_due()
    assert outside.asked == []
    assert "link-card" not in shown(post)


def test_a_channel_that_became_confidential_meanwhile_keeps_its_addresses(
    say: Say, engineering: Channel, outside: Internet
) -> None:
    say(LINK)
    Channel.objects.filter(pk=engineering.pk).update(classification=Classification.CONFIDENTIAL)
    previews.fetch_due()
    assert outside.asked == []


def test_a_post_that_was_deleted_meanwhile_asks_nobody(say: Say, alice: Person, outside: Internet) -> None:
    delete(by=alice, post_id=say(LINK).pk)
    previews.fetch_due()
    assert outside.asked == []


@pytest.mark.parametrize(
    ("changes", "is_asked"),
    [
        ({"LINK_PREVIEWS": False}, False),
        ({"PREVIEW_HOSTS": ["*.acme.example"]}, False),
        ({"PREVIEW_HOSTS": ["*.example"]}, True),
        ({"PREVIEWS_REFUSED": ["news.*"]}, False),
        ({"PREVIEWS_REFUSED": ["*.news.example"]}, True),
    ],
)
def test_the_settings_say_who_is_asked(
    changes: dict[str, Any], is_asked: bool, say: Say, outside: Internet, settings: Any
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    say(LINK)
    previews.fetch_due()
    assert bool(outside.seen) is is_asked


def test_a_server_inside_is_asked_where_the_administrator_named_it_twice(
    say: Say, outside: Internet, settings: Any
) -> None:
    with recorder(lambda _request: Reply(body=PAGE.encode(), headers={"Content-Type": "text/html"})) as wiki:
        post = say(f"{wiki.base}/plan")
        settings.PREVIEW_HOSTS = ["127.0.0.1"]
        other = say(f"{wiki.base}/plan?page=2")
        settings.EGRESS_PRIVATE = [wiki.place]
        named = say(f"{wiki.base}/plan?page=3")
        previews.fetch_due()
        assert [request.path for request in wiki.received][:1] == ["/plan?page=3"]
    assert CANARY in shown(named)
    assert "link-card" not in shown(post) + shown(other)


def test_a_host_that_is_refused_later_is_shown_no_more_once_it_is_due(
    say: Say, outside: Internet, settings: Any
) -> None:
    post = say(LINK)
    previews.fetch_due()
    LinkedPage.objects.update(wanted_at=clock.now())
    settings.PREVIEWS_REFUSED = ["news.example"]
    previews.fetch_due()
    assert CANARY not in shown(post)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:8000/",
        "https://intranet.acme.example/",
        "http://10.0.0.1/",
        "https://inside.example/",
        "https://refused.example/",
        "file:///etc/passwd",
        "//[::1]/",
        "https://[::1",
    ],
)
def test_a_redirect_to_where_nobody_is_asked_is_not_followed(
    target: str, say: Say, outside: Internet, settings: Any
) -> None:
    settings.PREVIEWS_REFUSED = ["refused.example"]
    outside.names["inside.example"] = [["10.0.0.7"]]
    outside.site("refused.example", site({"/": (PAGE, "text/html")}))
    outside.leads("https://short.example/a", target)
    post = say("https://short.example/a")
    previews.fetch_due()
    assert outside.seen == ["GET https://short.example/a"]
    assert {address for address, _port in outside.connected} == {PUBLIC}
    assert "link-card" not in shown(post)


def test_a_redirect_is_followed_and_readers_see_where_it_leads(say: Say, outside: Internet) -> None:
    outside.leads("https://short.example/a", LINK)
    post = say("https://short.example/a")
    previews.fetch_due()
    card = shown(post)
    assert CANARY in card
    assert '<span class="meta">news.example</span>' in card


def test_endless_redirects_end(say: Say, outside: Internet) -> None:
    outside.leads("https://short.example/a", "https://short.example/a")
    say("https://short.example/a")
    previews.fetch_due()
    assert len(outside.seen) == previews.HOPS + 1


# Hostile pages ------------------------------------------------------------------------------------------------------

LETTERS = "Grue à l’eau"
PAGES: dict[str, tuple[bytes, str, str]] = {
    "huge": (f"<title>{CANARY}</title>".encode() + b"<p>x</p>" * 500_000, "text/html", CANARY),
    "a head without end": (b"<meta name=a content=b>" * 200_000, "text/html", ""),
    "tags that never end": (b"<" * 900_000, "text/html", ""),
    "attributes that never end": (b'<meta content="' + b"a=" * 400_000, "text/html", ""),
    "references": (b"<title>" + b"&#x41;" * 100_000 + b"</title>", "text/html", "A" * 200),
    "comments that never end": (b"<!--" * 200_000, "text/html", ""),
    "deep": (b"<div>" * 200_000 + b"<title>x</title>", "text/html", "x"),
    "markup in the title": (
        b"<meta property=og:title content='&lt;script&gt;alert(1)&lt;/script&gt;'>",
        "text/html",
        "<script>alert(1)</script>",
    ),
    "letters that turn": ("<title>a\u202egpj.exe\u202c b\u200bc</title>".encode(), "text/html", "a gpj.exe b c"),
    "latin by its server": (
        f"<title>{LETTERS}</title>".replace("’", "'").encode("latin-1"),
        "text/html; charset=ISO-8859-1",
        LETTERS.replace("’", "'"),
    ),
    "windows by itself": (
        f"<meta charset='windows-1252'><title>{LETTERS}</title>".encode("cp1252"),
        "text/html",
        LETTERS,
    ),
    "not what it says": (b"<title>Gr\xfce ok</title>", "text/html; charset=utf-8", "Gr e ok"),
    "no such letters": (f"<title>{LETTERS}</title>".encode(), "text/html; charset=klingon", LETTERS),
    "a codec that is none for text": (f"<title>{LETTERS}</title>".encode(), "text/html; charset=zlib", LETTERS),
    "sixteen bits": (f"<title>{LETTERS}</title>".encode("utf-16"), "text/html", LETTERS),
    "zero bytes": (b"<title>a\x00b</title>", "text/html", "a b"),
    "no page": (b"%PDF-1.7 <title>x</title>", "application/pdf", ""),
    "nothing": (b"", "text/html", ""),
    "blank title": (b"<title> \n </title>", "text/html", ""),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_gives_its_words_or_nothing(name: str, say: Say, outside: Internet) -> None:
    body, kind, title = PAGES[name]
    outside.sites["news.example"] = site({"/story": (body, kind)})
    post = say(LINK)
    previews.fetch_due()
    page = page_of(post)
    assert page.title == title
    assert page.fetched_at is not None
    assert "<script" not in shown(post)


IMAGES: dict[str, tuple[bytes, str]] = {
    "a drawing that may run": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "image/svg+xml",
    ),
    "no picture": (b"GIF89a nothing", "image/gif"),
    "too many bytes": (b"\xff\xd8" + b"\x00" * (previews.LARGEST_PICTURE + 1), "image/jpeg"),
    "too many pixels": (picture("PNG", (9000, 9000)), "image/png"),
    "one that counts visitors": (picture("PNG", (1, 1)), "image/png"),
    "a page": (b"<html>", "text/html"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_a_hostile_picture_is_left_out(name: str, say: Say, outside: Internet) -> None:
    outside.sites["news.example"] = site({"/story": (PAGE, "text/html"), "/crane.jpg": IMAGES[name]})
    post = say(LINK)
    previews.fetch_due()
    assert (page_of(post).title, page_of(post).picture) == (CANARY, "")
    assert "<img" not in shown(post).partition("link-card")[2].partition("</a>")[0]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "http://10.0.0.1/a.png",
        "https://[::1",
    ],
)
def test_a_picture_elsewhere_than_outside_is_not_asked_for(address: str, say: Say, outside: Internet) -> None:
    outside.sites["news.example"] = site({"/story": (PAGE.replace("/crane.jpg", address), "text/html")})
    post = say(LINK)
    previews.fetch_due()
    assert outside.seen == ["GET https://news.example/story"]
    assert address not in shown(post)


def test_a_page_that_drips_ends_with_its_time(say: Say, outside: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    hung_up = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            while not hung_up.wait(0.02):
                handler.wfile.write(b"<")
                handler.wfile.flush()
        except OSError:
            hung_up.set()

    monkeypatch.setattr(previews, "SECONDS", 1.0)
    outside.sites["news.example"] = drip
    post = say(LINK)
    previews.fetch_due()
    assert page_of(post).problem
    assert hung_up.wait(10)


# Who sees it --------------------------------------------------------------------------------------------------------


def test_a_preview_of_a_closed_channel_reaches_nobody_else(
    secret: Channel, engineering: Channel, alice: Person, bruno: Person, outside: Internet, browser_of: Browser
) -> None:
    post = publish(by=alice, channel=secret, text=f"Look {LINK}")
    previews.fetch_due()
    picture_address = f"/p/{post.pk}/preview/picture/"
    mine, others = browser_of(alice), browser_of(bruno)
    for path in ("/", f"/c/{secret.slug}/", f"/p/{post.pk}/", "/@alice/"):
        assert CANARY in mine.get(path).text, path
    assert mine.get(picture_address).status_code == 200
    quote = publish(by=alice, channel=engineering, text="Look at this", quotes=post)
    told = [others.get(path, follow=True).text for path in (
        "/", f"/c/{secret.slug}/", f"/p/{post.pk}/", f"/p/{post.pk}/history/", f"/p/{post.pk}/reactions/",
        f"/p/{quote.pk}/", f"/p/{quote.pk}/quoted/", "/@alice/", "/search/?q=crane", "/search/?q=look", "/bookmarks/",
        f"/live/since/?c={secret.pk}&after=0", f"/live/since/?c={engineering.pk}&after=0", f"/live/mine/?ids={post.pk}",
        "/notices/",
    )]  # fmt: skip
    told += [frame.message["html"] for frame in live.messages_after(engineering.pk, 0, ["en"])["en"]]
    assert others.get(picture_address).status_code == 404
    assert Client().get(picture_address).status_code == 302
    for text in told:
        assert CANARY not in text
        assert picture_address not in text
    with pytest.raises(NotFound):
        selectors.preview_picture(bruno, post.pk)
    with pytest.raises(NotFound):
        remove_preview(by=bruno, post_id=post.pk)


def test_nothing_of_a_preview_leaves(say: Say, alice: Person, outside: Internet, settings: Any) -> None:
    settings.SHARE_DELAY = timedelta(0)
    post = say(f"Look {LINK}")
    previews.fetch_due()
    share = gate.request_share(by=alice, post=post, destination=gate.ensure_press_page())
    Worker("previews").round()
    share.refresh_from_db()
    assert share.state == Share.State.SENT
    out = [share.revision.canonical, *(Client().get(path).text for path in ("/press/", "/press/feed.atom"))]
    for text in out:
        assert "Look" in text
        assert CANARY not in text
        assert "crane.jpg" not in text
        assert "/preview/" not in text


def test_a_deleted_post_shows_no_preview_and_no_picture(
    say: Say, alice: Person, bruno: Person, outside: Internet, browser_of: Browser
) -> None:
    post = say(LINK)
    say("An answer", by=bruno, answers=post)
    previews.fetch_due()
    delete(by=alice, post_id=post.pk)
    assert CANARY not in browser_of(bruno).get(f"/p/{post.pk}/").text
    assert browser_of(bruno).get(f"/p/{post.pk}/preview/picture/").status_code == 404


def test_the_preview_arrives_in_a_frame_and_room_was_kept(say: Say, engineering: Channel, outside: Internet) -> None:
    say(LINK)
    before = live.messages_after(engineering.pk, 0, ["en"])["en"]
    assert "link-card" in before[-1].message["html"]
    assert CANARY not in before[-1].message["html"]
    previews.fetch_due()
    after = live.messages_after(engineering.pk, before[-1].seq, ["en"])["en"]
    assert [(each.message["kind"], each.message["by"]) for each in after] == [("changed", after[0].message["by"])]
    assert CANARY in after[0].message["html"]


def test_where_nothing_comes_nothing_moves(say: Say, engineering: Channel, outside: Internet) -> None:
    outside.sites["news.example"] = site({})
    say(LINK)
    head = live.messages_after(engineering.pk, 0, ["en"])["en"][-1].seq
    previews.fetch_due()
    assert live.messages_after(engineering.pk, head, ["en"])["en"] == []


# Its author's -------------------------------------------------------------------------------------------------------


def test_its_author_takes_it_off_and_it_stays_off(
    say: Say, alice: Person, bruno: Person, outside: Internet, browser_of: Browser
) -> None:
    post = say(LINK)
    previews.fetch_due()
    with pytest.raises(NotAllowed):
        remove_preview(by=bruno, post_id=post.pk)
    assert browser_of(alice).post(f"/p/{post.pk}/preview/remove/").status_code == 302
    assert CANARY not in shown(post)
    assert LINK in shown(post)
    edit(by=alice, post_id=post.pk, text=f"Other words, same link: {LINK}", version=1)
    assert CANARY not in shown(post)


def test_an_edit_decides_anew(say: Say, alice: Person, outside: Internet) -> None:
    post = say(f"First {LINK}")
    previews.fetch_due()
    edit(by=alice, post_id=post.pk, text="No link any more", version=1)
    assert CANARY not in shown(post)
    edit(by=alice, post_id=post.pk, text=f"Back again {LINK}", version=2)
    assert CANARY in shown(post)
    outside.site("later.example", site({"/": ("<title>Another page</title>", "text/html")}))
    edit(by=alice, post_id=post.pk, text="Other https://later.example/", version=3)
    previews.fetch_due()
    assert CANARY not in shown(post)
    assert "Another page" in shown(post)


# What it costs, and what the database keeps -------------------------------------------------------------------------


def test_home_asks_no_more_for_posts_with_previews(
    say: Say, alice: Person, outside: Internet, browser_of: Browser, django_assert_max_num_queries: Any
) -> None:
    client = browser_of(alice)
    say("One without")
    client.get("/")
    with django_assert_max_num_queries(60) as plain:
        client.get("/")
    for number in range(5):
        outside.site(f"s{number}.example", site({"/": (f"<title>Page {number}</title>", "text/html")}))
        say(f"https://s{number}.example/")
    while previews.is_due():
        previews.fetch_due()
    with django_assert_max_num_queries(60) as full:
        page = client.get("/").text
    assert page.count("<strong>Page ") == 5
    assert len(full) == len(plain)


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "", "description": "x", "wanted_at": None, "fetched_at": "2026-01-01T00:00Z"},
        {"title": "", "picture": "f" * 64, "fetched_at": "2026-01-01T00:00Z"},
        {"title": "x"},
    ],
)
def test_the_database_refuses_pages_that_make_no_sense(facts: dict[str, Any], db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkedPage.objects.create(digest="d" * 64, url=LINK, host="news.example", **facts)
