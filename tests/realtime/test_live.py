"""A real web process and real sockets: who gets in, what arrives, what is refused."""

import time

import pytest
from django.conf import settings
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from corpblog.posts import services as posts
from tests.realtime.wire import Company, Page, channel_head, following, open_page, press
from tests.servers.daphne import Daphne, Database, daphne

# One worker runs them all: they share their web processes.
pytestmark = pytest.mark.xdist_group("sockets")


def test_a_post_arrives_drawn(web: Daphne, company: Company) -> None:
    alice, bruno = company.person("alice"), company.person("bruno")
    channel = company.channel(alice, bruno)
    with open_page(web, company.cookie(bruno)) as page:
        hello = page.next("hello")
        assert (hello["v"], bool(hello["epoch"])) == (1, True)
        page.follow(channel, after={channel.pk: 0})
        post = company.post(alice, channel, "Lunch at noon")
        message = page.next("post")
    assert "Lunch at noon" in message.pop("html")
    assert message == {
        "t": "post",
        "c": channel.pk,
        "s": channel_head(channel),
        "id": str(post.pk),
        "kind": "created",
        "cid": None,
        "by": alice.pk,
        "thread": None,
    }


def test_under_daphne_frames_go_straight_to_the_socket(web: Daphne, company: Company) -> None:
    before = web.metric("corpblog_live_opened_total", 'outlet="direct"')
    with open_page(web, company.cookie(company.person("alice"))) as page:
        page.next("hello")
        assert web.metric("corpblog_live_opened_total", 'outlet="direct"') == before + 1


def test_every_event_of_a_channel_arrives_in_order_without_a_hole(web: Daphne, company: Company) -> None:
    alice, bruno = company.person("alice"), company.person("bruno")
    channel = company.channel(alice, bruno)
    with open_page(web, company.cookie(bruno)) as page:
        page.follow(channel, after={channel.pk: 0})
        post = company.post(alice, channel)
        posts.react(by=bruno, post_id=post.pk, emoji="🎉")
        posts.edit(by=alice, post_id=post.pk, text="Better words", version=1)
        company.post(bruno, channel)
        posts.delete(by=alice, post_id=post.pk)
        head = channel_head(channel)
        page.until(lambda message: message.get("s") == head)
        assert page.posts(channel) == list(range(1, head + 1))
        kinds = [message["kind"] for message in page.heard if message["t"] == "post"]
    assert kinds == ["created", "reacted", "edited", "created", "deleted"]


def test_each_page_gets_its_own_language(web: Daphne, company: Company) -> None:
    alice = company.person("alice")
    channel = company.channel(alice)
    cookie = company.cookie(alice)
    with (
        following(web, cookie, channel, Accept_Language="en") as english,
        following(web, cookie, channel, Accept_Language="fr") as french,
    ):
        company.post(alice, channel)
        pages = [page.next("post")["html"] for page in (english, french)]
    assert all("<article" in html for html in pages)


def test_a_page_that_comes_back_gets_what_it_missed(web: Daphne, company: Company) -> None:
    alice = company.person("alice")
    channel = company.channel(alice)
    for _ in range(5):
        company.post(alice, channel)
    with open_page(web, company.cookie(alice)) as page:
        page.follow(channel, after={channel.pk: 2})
        page.until(lambda message: message.get("s") == 5)
        assert page.posts(channel) == [3, 4, 5]


def test_a_ping_is_answered(web: Daphne, company: Company) -> None:
    with open_page(web, company.cookie(company.person("alice"))) as page:
        page.say(t="ping")
        page.next("pong")


def test_what_is_posted_over_http_wakes_the_pages_of_that_process(web: Daphne, company: Company) -> None:
    alice, bruno = company.person("alice"), company.person("bruno")
    channel = company.channel(alice, bruno)
    company.post(alice, channel)
    mine = company.cookie(alice)
    with following(web, company.cookie(bruno), channel) as page:
        before = web.metric("corpblog_live_polled_total")
        for number in range(2, 7):
            key = f"key-{channel.pk}-{number}"
            assert press(web, mine, "/posts/", channel=str(channel.pk), text=f"Number {number}", client_key=key) == 201
            assert page.next("post")["cid"] == key
        # Polling every second may now and then be first, five times in a row it is not.
        assert web.metric("corpblog_live_polled_total") - before < 5


def test_a_mention_is_told_at_once_wherever_the_page_is(web: Daphne, company: Company) -> None:
    alice, bruno = company.person("alice"), company.person("bruno")
    channel = company.channel(alice, bruno)
    with open_page(web, company.cookie(bruno), Accept_Language="en") as page:
        page.next("hello")
        page.say(t="ping")
        page.next("pong")
        company.post(alice, channel, "Have a look, @bruno")
        notice = page.until(lambda message: message.get("kind") == "mention")
        assert notice["unread"] >= 1
        assert "Alice Martin" in notice["html"]


def test_a_private_channel_stays_so_however_it_is_asked_for(web: Daphne, company: Company) -> None:
    omar, lena, bruno = company.person("omar"), company.person("lena"), company.person("bruno")
    private, shared = company.channel(omar, lena, is_private=True), company.channel(omar, bruno)
    company.post(omar, private)
    with open_page(web, company.cookie(bruno)) as page:
        page.follow(private, shared, after={private.pk: 0, shared.pk: 0})
        company.post(omar, private, "The secret")
        company.post(omar, shared, "For all")
        page.until(lambda message: "For all" in message.get("html", ""))
        assert page.posts(private) == []


# Who gets in ----------------------------------------------------------------------------------------------------------


def test_without_a_session_the_page_is_told_that_it_is_over(web: Daphne) -> None:
    with open_page(web) as page:
        assert page.close_code() == 4401
        assert page.heard == [{"t": "bye", "reason": "session"}]


def test_with_a_made_up_session_too(web: Daphne) -> None:
    with open_page(web, "x" * 32) as page:
        assert page.close_code() == 4401


def test_zoe_does_not_get_in(web: Daphne, company: Company) -> None:
    somebody = company.newcomer()
    cookie = company.cookie(somebody)
    type(somebody).objects.filter(pk=somebody.pk).update(is_active=False)
    with open_page(web, cookie) as page:
        assert page.close_code() == 4401


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "about:blank",
        "https://evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "ftp://127.0.0.1:{port}",
        "http://localhost:{port}",
        "http://127.0.0.1:{port}.evil.example",
        "http://evil.example#http://127.0.0.1:{port}",
        "http://evil@127.0.0.1:{port}",
        "http://127.0.0.1:{port}/",
        "http://127.0.0.1:{port} http://evil.example",
        "http://127.0.0.1:{port}x",
        "HTTP://127.0.0.1:{port}",
    ],
)
def test_a_foreign_page_does_not_get_in(web: Daphne, company: Company, origin: str | None) -> None:
    cookie = company.cookie(company.person("alice"))
    given = origin.format(port=web.port) if origin is not None else None
    with pytest.raises(InvalidStatus) as refused:
        open_page(web, cookie, origin=given)
    # 400: Daphne itself refused what is no address at all.
    assert refused.value.response.status_code in {400, 403}


def test_two_origins_are_none(web: Daphne, company: Company) -> None:
    cookie = company.cookie(company.person("alice"))
    with pytest.raises(InvalidStatus) as refused:
        open_page(web, cookie, Origin="https://evil.example")
    assert refused.value.response.status_code in {400, 403}


def test_there_is_one_address(web: Daphne, company: Company) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Page(connect(web.live + "more/", origin=web.origin, proxy=None))
    assert refused.value.response.status_code == 403
    assert "Traceback" not in web.said()


# Life -----------------------------------------------------------------------------------------------------------------


def test_on_a_deployment_pages_are_told_to_come_back(base: Database, company: Company) -> None:
    cookie = company.cookie(company.person("alice"))
    with daphne(base) as process, open_page(process, cookie) as one, open_page(process, cookie) as two:
        one.next("hello")
        two.next("hello")
        process.stop()
        assert (one.close_code(), two.close_code()) == (1012, 1012)
        assert one.heard[-1] == {"t": "bye", "reason": "restart"}
        assert "Traceback" not in process.said()


def test_with_a_new_secret_key_pages_stay_signed_in(base: Database, company: Company) -> None:
    """channels.auth ignores SECRET_KEY_FALLBACKS and flushed the session: signed out, pages and all."""
    alice = company.person("alice")
    cookie, channel = company.cookie(alice), company.channel(alice)
    company.post(alice, channel)
    rotated = {"SECRET_KEY": "x" * 50, "SECRET_KEY_FALLBACKS": settings.SECRET_KEY}
    with daphne(base, rotated) as process:
        for _ in range(2):
            with following(process, cookie, channel):
                pass
    with daphne(base, {"SECRET_KEY": "x" * 50}) as process, open_page(process, cookie) as page:
        assert page.close_code() == 4401


def test_a_post_arrives_soon(web: Daphne, company: Company) -> None:
    """From another process without Redis: found by polling, within seconds and not with the next beat."""
    alice = company.person("alice")
    channel = company.channel(alice)
    company.post(alice, channel)
    with following(web, company.cookie(alice), channel) as page:
        started = time.monotonic()
        company.post(alice, channel)
        page.next("post", seconds=5)
        assert time.monotonic() - started < 5
