"""The only way out reaches no address inside, whatever the URL looks like and whatever the name server says."""

import contextlib
import gzip
import itertools
import socketserver
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from corpblog.kernel import egress
from tests.servers.children import serving as until_the_end


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        length = int(self.headers.get("Content-Length") or 0)
        self.server.bodies.append(self.rfile.read(length))
        self.server.behave(self)

    do_GET = do_POST = do_HEAD = answer  # noqa: N815

    def log_message(self, *_args):
        pass


def hello(handler):
    reply(handler, 200, b"hello")


def reply(handler, status, body, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(behave=hello):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.bodies, server.behave, server.daemon_threads = [], [], behave, True
    with until_the_end(server):
        yield server


@pytest.fixture
def allow(settings):
    def add(server):
        settings.EGRESS_PRIVATE = [*settings.EGRESS_PRIVATE, f"127.0.0.1:{server.server_address[1]}"]
        return f"http://127.0.0.1:{server.server_address[1]}"

    return add


def test_one_address_inside_spoils_the_whole_name(monkeypatch):
    place = egress.place_of("https://mixed.example/")
    with pytest.raises(egress.Forbidden):
        egress.judged_addresses(place, ["1.1.1.1", "10.0.0.1"])
    assert egress.judged_addresses(place, ["1.1.1.1", "8.8.8.8"]) == ["1.1.1.1", "8.8.8.8"]


def test_the_administrators_own_server_is_reached_and_only_on_its_port(allow):
    with serving() as server, serving() as other:
        base = allow(server)
        assert egress.send("GET", f"{base}/x").body == b"hello"
        with pytest.raises(egress.Forbidden):
            egress.send("GET", f"http://127.0.0.1:{other.server_address[1]}/")
        assert other.seen == []


def test_redirects_into_the_house_are_refused(allow):
    with serving() as inside, serving() as server:
        target = f"http://127.0.0.1:{inside.server_address[1]}/secret"
        server.behave = lambda handler: reply(handler, 302, b"", Location=target)
        with pytest.raises(egress.Forbidden):
            egress.send("GET", f"{allow(server)}/")
        assert inside.seen == []


def test_a_redirected_request_leaves_its_credentials_behind(allow):
    with serving() as other, serving() as server:
        target = f"{allow(other)}/there"
        server.behave = lambda handler: reply(handler, 302, b"", Location=target)
        answer = egress.send("GET", f"{allow(server)}/", headers={"Authorization": "Bearer canary"})
        assert (answer.body, answer.url) == (b"hello", target)
        assert "Authorization" not in other.seen[0][2]
        assert server.seen[0][2]["Authorization"] == "Bearer canary"


def test_a_post_is_never_repeated_elsewhere(allow):
    with serving() as other, serving() as server:
        target = f"{allow(other)}/there"
        server.behave = lambda handler: reply(handler, 307, b"", Location=target)
        assert egress.send("POST", f"{allow(server)}/", body=b"content").status == 307
        assert other.seen == []


def test_endless_redirects_end(allow):
    with serving() as server:
        base = allow(server)
        server.behave = lambda handler: reply(handler, 302, b"", Location=f"{base}/again")
        with pytest.raises(egress.Forbidden):
            egress.send("GET", f"{base}/")
        assert len(server.seen) == 4


def test_a_large_answer_is_cut(allow):
    with serving(lambda handler: reply(handler, 200, b"x" * 100_000)) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("GET", f"{allow(server)}/", largest=10_000)
        assert refusal.value.reached


def test_the_beginning_is_enough_for_who_says_so(allow):
    with serving(lambda handler: reply(handler, 200, b"x" * 100_000)) as server:
        assert egress.send("GET", f"{allow(server)}/", largest=10_000, cuts=True).body == b"x" * 10_000
        assert egress.send("GET", f"{allow(server)}/", largest=200_000, cuts=True).body == b"x" * 100_000


def test_a_dripping_answer_does_not_hold_the_worker(allow):
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _byte in range(200):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    with serving(drip) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("GET", f"{allow(server)}/", seconds=3)
        assert refusal.value.reached


def test_dripping_headers_do_not_either(allow):
    def drip(handler):
        for byte in b"HTTP/1.1 200 OK\r\n" * 20:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(0.05)

    with serving(drip) as server, pytest.raises(egress.EgressError):
        egress.send("GET", f"{allow(server)}/", seconds=3)


def test_a_server_that_never_answers_counts_as_reached(allow):
    with serving(lambda handler: time.sleep(6)) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("POST", f"{allow(server)}/", body=b"content", seconds=3)
        assert refusal.value.reached


def test_a_closed_port_counts_as_not_reached(settings):
    with socketserver.TCPServer(("127.0.0.1", 0), None, bind_and_activate=True) as server:
        port = server.server_address[1]
    settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
    with pytest.raises(egress.EgressError) as refusal:
        egress.send("POST", f"http://127.0.0.1:{port}/", body=b"x")
    assert not refusal.value.reached


@pytest.mark.gate("G16")
def test_a_lease_that_is_over_sends_not_one_byte(allow):
    with serving() as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("POST", f"{allow(server)}/", body=b"x", not_after=time.monotonic() - 1)
        assert not refusal.value.reached
        assert server.seen == []


def test_proxies_of_the_environment_are_ignored(allow, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving() as server:
        assert egress.send("GET", f"{allow(server)}/").status == 200


def test_endless_headers_end(allow):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(OSError):
            for number in itertools.count():
                handler.wfile.write(b"X-%d: y\r\n" % number)

    with serving(endless) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("GET", f"{allow(server)}/")
        assert refusal.value.reached


def test_endless_promises_end(allow):
    """A server that says "go on" for ever never gets to its answer."""

    def endless(handler):
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 50)

    with serving(endless) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("GET", f"{allow(server)}/", seconds=1)
        assert refusal.value.reached


def test_an_endless_body_is_cut_however_it_is_sent(allow):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

    with serving(endless) as server, pytest.raises(egress.EgressError, match="too large"):
        egress.send("GET", f"{allow(server)}/")


def test_a_small_answer_does_not_unfold_into_a_large_one(allow):
    bomb = gzip.compress(b"0" * 50_000_000)
    behave = lambda handler: reply(handler, 200, bomb, **{"Content-Encoding": "gzip"})  # noqa: E731
    with serving(behave) as server:
        answer = egress.send("GET", f"{allow(server)}/")
        assert server.seen[0][2]["Accept-Encoding"] == "identity"
    assert answer.body == bomb
    with pytest.raises(ValueError):
        answer.json()


def test_garbage_is_an_error_and_not_a_crash(allow):
    with serving(lambda handler: handler.wfile.write(b"\x00\xffnonsense\r\n\r\n")) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("GET", f"{allow(server)}/")
        assert refusal.value.reached
