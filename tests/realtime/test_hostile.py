"""Sockets that shout, that do not listen, that speak no WebSocket: cut with the right code, and no traceback."""

import contextlib
import json
import time

import pytest

from corpblog.realtime.limits import MESSAGE_BYTES, MESSAGES_PER_SECOND, SOCKETS_PER_SESSION
from tests.realtime.wire import Company, Raw, following, masked, open_page, stir
from tests.servers.daphne import Daphne

# One worker runs them all: they share their web processes.
pytestmark = pytest.mark.xdist_group("sockets")

TEXT, BINARY, CLOSE, PING, CONTINUATION = 1, 2, 8, 9, 0
PING_MESSAGE = b'{"t":"ping"}'


@pytest.fixture
def cookie(company: Company) -> str:
    return company.cookie(company.newcomer())


@pytest.fixture(autouse=True)
def no_traceback(web: Daphne) -> object:
    yield
    assert "Traceback" not in web.said()
    with open_page(web) as page:
        assert page.close_code() == 4401, "the process goes on"


MALFORMED = {
    "text that is not UTF-8": ([masked(TEXT, b"\xff\xfe\x00")], {1007}),
    "text that ends within a character": ([masked(TEXT, "é".encode()[:1])], {1007}),
    "a reserved opcode": ([masked(3, b"x")], {1002}),
    "a reserved control opcode": ([masked(11, b"x")], {1002}),
    "an unmasked frame": ([masked(TEXT, PING_MESSAGE, mask=False)], {1002}),
    "a reserved bit": ([masked(TEXT, PING_MESSAGE, rsv=4)], {1002}),
    "a ping that is too long": ([masked(PING, b"x" * 126)], {1002}),
    "a fragmented ping": ([masked(PING, b"x", fin=False)], {1002}),
    "a continuation of nothing": ([masked(CONTINUATION, b"x")], {1002}),
    "a close frame with half a code": ([masked(CLOSE, b"\x03")], {1002, 1006}),
    "a close frame with a forbidden code": ([masked(CLOSE, b"\x03\xed")], {1002, 1006}),
    "bytes": ([masked(BINARY, PING_MESSAGE)], {1008}),
    "nothing": ([masked(TEXT, b"")], {1008}),
    "no JSON": ([masked(TEXT, b"hello")], {1008}),
    "a nul": ([masked(TEXT, b"\x00")], {1008}),
    "JSON that is too deep": ([masked(TEXT, b"[" * 60_000)], {1008}),
    "a huge number": ([masked(TEXT, b'{"t":"sub","channels":[' + b"9" * 60_000 + b"]}")], {1008}),
    "an unknown word": ([masked(TEXT, b'{"t":"live.wake"}')], {1008}),
    "a frame that is a byte too long": ([masked(TEXT, b" " * (MESSAGE_BYTES + 1))], {1009}),
    "a frame of a megabyte": ([masked(TEXT, b" " * (1 << 20))], {1009, 1006}),
    "fragments without an end": (
        [masked(TEXT, b" " * 60_000, fin=False)] + [masked(0, b" " * 60_000, fin=False)] * 20,
        {1009, 1006},
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed(web: Daphne, cookie: str, case: str) -> None:
    frames, codes = MALFORMED[case]
    with Raw(web, cookie) as raw:
        with contextlib.suppress(ConnectionError):  # cut while it was still talking
            for frame in frames:
                raw.send(frame)
        assert raw.close_code() in codes


def test_the_largest_frame_is_read(web: Daphne, cookie: str) -> None:
    with Raw(web, cookie) as raw:
        raw.send(masked(TEXT, PING_MESSAGE + b" " * (MESSAGE_BYTES - len(PING_MESSAGE))))
        while (frame := raw.frame())[1] != b'{"t":"pong"}':
            assert frame[0] == TEXT


def test_a_large_frame_costs_no_memory(web: Daphne, cookie: str) -> None:
    before = web.memory()
    for _ in range(5):
        with Raw(web, cookie) as raw:
            with contextlib.suppress(ConnectionError):
                raw.send(masked(TEXT, b" " * (16 << 20)))
            assert raw.close_code() in {1006, 1009}
    assert web.memory() - before < 20 << 20


def test_a_flood_is_cut_and_kept_out_of_memory(web: Daphne, cookie: str, company: Company) -> None:
    before, cut = web.memory(), web.metric("corpblog_live_closed_total", "flood")
    with Raw(web, cookie) as raw:
        burst = masked(TEXT, PING_MESSAGE + b" " * 1000) * 200
        started = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - started < 10:
                raw.send(burst)
        assert time.monotonic() - started < 5, "cut while it shouted"
        assert raw.close_code() in {1008, 1006}, "a reset may overtake the code where nobody reads"
    assert web.metric("corpblog_live_closed_total", "flood") == cut + 1
    assert web.memory() - before < 50 << 20


def test_a_short_flood_is_told_why(web: Daphne, cookie: str) -> None:
    with Raw(web, cookie) as raw:
        raw.send(masked(TEXT, PING_MESSAGE) * (MESSAGES_PER_SECOND + 1))
        assert raw.close_code() == 1008


def test_a_lively_page_is_no_flood(web: Daphne, cookie: str) -> None:
    with open_page(web, cookie) as page:
        for _ in range(MESSAGES_PER_SECOND):
            page.say(t="ping")
        for _ in range(MESSAGES_PER_SECOND):
            page.next("pong")


def test_a_session_opens_only_so_many_sockets(web: Daphne, cookie: str) -> None:
    pages = [open_page(web, cookie) for _ in range(SOCKETS_PER_SESSION)]
    try:
        for page in pages:
            page.next("hello")
        with open_page(web, cookie) as one_more:
            assert one_more.close_code() == 1008
            assert one_more.heard == [{"t": "bye", "reason": "sockets"}]
    finally:
        for page in pages:
            page.connection.close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with open_page(web, cookie) as page:
            if page.next()["t"] == "hello":
                return
    pytest.fail("closed sockets keep their room")


def test_a_reader_who_does_not_read_is_cut_and_costs_little(web: Daphne, company: Company) -> None:
    alice = company.person("alice")
    channel = company.channel(alice)
    post = company.post(alice, channel, "x" * 450)
    cookie = company.cookie(alice)
    before, cut = web.memory(), web.metric("corpblog_live_closed_total", "slow")
    wish = json.dumps({"t": "sub", "channels": [channel.pk], "after": {str(channel.pk): 0}}).encode()
    deaf = [Raw(web, cookie, buffer=4096) for _ in range(10)]
    with following(web, cookie, channel) as quick:
        for raw in deaf:
            raw.send(masked(TEXT, wish))
        head = 1
        deadline = time.monotonic() + 60
        while web.metric("corpblog_live_closed_total", "slow") < cut + len(deaf):
            assert time.monotonic() < deadline, "nobody was cut"
            head = stir(post, 400)
            quick.until(lambda message, head=head: message.get("s") == head)
        # Everybody else heard everything.
        assert quick.posts(channel) == list(range(2, head + 1))
    for raw in deaf:
        raw.socket.close()
    assert web.memory() - before < 50 << 20
