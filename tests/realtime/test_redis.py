"""Several web processes, joined by Redis: what is posted beside one is heard at the other, and Redis may fail."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator

import pytest
from channels.layers import channel_layers

from corpblog.realtime import metrics
from corpblog.realtime.limits import POLL_SECONDS_WITH_REDIS
from corpblog.realtime.wakeups import Kind, Wakeup, announce, courier
from tests.realtime.wire import Company, channel_head, following, press
from tests.servers.daphne import Daphne, Database, daphne
from tests.servers.redis import Redis, redis_server

# One worker runs them all: they share their web processes.
pytestmark = pytest.mark.xdist_group("sockets")

_LAYER = "channels_redis.pubsub.RedisPubSubChannelLayer"


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with redis_server() as running:
        yield running


@pytest.fixture
def redis(server: Redis) -> Redis:
    """A Redis that works, whatever the test before did to it."""
    server.start()
    return server


@pytest.fixture(scope="module")
def two(base: Database, server: Redis) -> Iterator[tuple[Daphne, Daphne]]:
    with daphne(base, {"REDIS_URL": server.url}) as one, daphne(base, {"REDIS_URL": server.url}) as other:
        yield one, other


@pytest.fixture
def joined(settings: object, redis: Redis) -> Iterator[None]:
    """Make the test's own process one that speaks to this Redis, as a worker does."""
    settings.REDIS_URL = redis.url  # type: ignore[attr-defined]
    config = {"hosts": [{"address": redis.url, "socket_connect_timeout": 0.5}]}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": _LAYER, "CONFIG": config}}  # type: ignore[attr-defined]
    channel_layers.backends.clear()
    yield
    courier.flush(5)
    channel_layers.backends.clear()


def polled(*processes: Daphne) -> float:
    return sum(process.metric("corpblog_live_polled_total") for process in processes)


def test_what_one_process_posts_every_other_hears_at_once(
    two: tuple[Daphne, Daphne], joined: None, company: Company
) -> None:
    alice, bruno = company.person("alice"), company.person("bruno")
    channel = company.channel(alice, bruno)
    company.post(alice, channel)
    one, other = two
    with (
        following(one, company.cookie(alice), channel) as left,
        following(other, company.cookie(bruno), channel) as right,
    ):
        before = polled(*two)
        for number in range(2, 12):
            company.post(alice, channel)
            for page in (left, right):
                page.until(lambda message, number=number: message.get("s") == number)
        # All ten by wake-ups: polling every five seconds would hardly have been first once.
        assert polled(*two) - before <= 2
        assert left.posts(channel) == right.posts(channel) == list(range(2, 12))


def test_what_is_posted_at_one_process_arrives_at_the_other(two: tuple[Daphne, Daphne], company: Company) -> None:
    alice, bruno = company.person("alice"), company.person("bruno")
    channel = company.channel(alice, bruno)
    company.post(alice, channel)
    one, other = two
    mine = company.cookie(alice)
    with following(other, company.cookie(bruno), channel) as page:
        before = polled(other)
        for number in range(2, 7):
            text = f"Number {number}"
            assert press(one, mine, "/posts/", channel=str(channel.pk), text=text, client_key=text) == 201
            page.until(lambda message, text=text: text in message.get("html", ""))
        assert polled(other) - before <= 2


def test_news_of_a_lost_right_crosses_as_well(two: tuple[Daphne, Daphne], joined: None, company: Company) -> None:
    from corpblog.people.models import Person
    from corpblog.people.services.cut_off import cut_off

    leaver = company.newcomer()
    channel = company.channel(leaver)
    company.post(leaver, channel)
    with following(two[1], company.cookie(leaver), channel) as page:
        cut_off(person=leaver, reason=next(iter(Person.Inactive)))
        assert page.close_code(2) == 4401


def test_redis_restarts_and_no_hole_stays(
    two: tuple[Daphne, Daphne], redis: Redis, joined: None, company: Company
) -> None:
    alice = company.person("alice")
    channel = company.channel(alice)
    company.post(alice, channel)
    cookie = company.cookie(alice)
    with following(two[0], cookie, channel) as left, following(two[1], cookie, channel) as right:
        redis.kill()
        for _ in range(5):
            company.post(alice, channel)
        head = channel_head(channel)
        for page in (left, right):
            page.until(lambda message: message.get("s") == head, seconds=30)
        redis.start()
        company.post(alice, channel)
        for page in (left, right):
            page.until(lambda message: message.get("s") == head + 1, seconds=30)
            assert page.posts(channel) == list(range(2, head + 2))


def test_after_a_restart_wake_ups_cross_again(
    two: tuple[Daphne, Daphne], redis: Redis, joined: None, company: Company
) -> None:
    """The layer finds back by itself; until it has, polling carries the feed."""
    alice = company.person("alice")
    channel = company.channel(alice)
    company.post(alice, channel)
    redis.kill()
    redis.start()
    with following(two[0], company.cookie(alice), channel) as page:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            before = polled(two[0])
            post = company.post(alice, channel)
            page.until(lambda message, post=post: message.get("id") == str(post.pk), seconds=30)
            if polled(two[0]) == before:
                return
    pytest.fail("no wake-up came through Redis any more")


def test_flushing_redis_makes_nobody_deaf(
    two: tuple[Daphne, Daphne], redis: Redis, joined: None, company: Company
) -> None:
    alice = company.person("alice")
    channel = company.channel(alice)
    company.post(alice, channel)
    with following(two[0], company.cookie(alice), channel) as page:
        redis.say("FLUSHALL")
        company.post(alice, channel)
        page.next("post", POLL_SECONDS_WITH_REDIS - 1)


def test_a_hanging_redis_holds_no_post(
    two: tuple[Daphne, Daphne], redis: Redis, joined: None, company: Company
) -> None:
    alice = company.person("alice")
    channel = company.channel(alice)
    company.post(alice, channel)
    lost = metrics.wakeups_lost.labels("redis")._value.get()
    with following(two[0], company.cookie(alice), channel) as page, hanging(redis):
        for _ in range(5):
            before = time.monotonic()
            company.post(alice, channel)
            # Five seconds would be Redis's own patience; ours is not asked for at all.
            assert time.monotonic() - before < 5
        head = channel_head(channel)
        page.until(lambda message: message.get("s") == head, seconds=30)
        assert page.posts(channel) == list(range(2, head + 1))
        assert courier.flush(10)
        assert metrics.wakeups_lost.labels("redis")._value.get() > lost


@contextlib.contextmanager
def hanging(redis: Redis) -> Iterator[None]:
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(redis.pid, signal.SIGCONT)


def test_announcing_never_waits_for_redis(joined: None, redis: Redis) -> None:
    with hanging(redis):
        started = time.monotonic()
        for number in range(1000):
            announce(Wakeup(Kind.POST, number, 1))
        assert time.monotonic() - started < 0.4


def test_wake_ups_of_one_channel_are_carried_as_one(joined: None, redis: Redis) -> None:
    assert courier.flush(30)
    before = metrics.wakeups_sent._value.get()
    with hanging(redis):
        for seq in range(500):
            announce(Wakeup(Kind.POST, 1, seq))
    assert courier.flush(10)
    assert metrics.wakeups_sent._value.get() - before <= 5


def test_an_idle_page_stays_open_through_redis_timeouts(two: tuple[Daphne, Daphne], company: Company) -> None:
    """redis-py 8 closed every idle socket after six seconds; seven without a word must do no harm."""
    with following(two[0], company.cookie(company.person("alice")), company.channel(company.person("alice"))) as page:
        with contextlib.suppress(TimeoutError):
            page.next("nothing", seconds=7)
        page.say(t="ping")
        page.next("pong")
