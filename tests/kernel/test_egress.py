"""The only way out reaches no address inside, whatever the URL looks like and whatever the name server says."""

import ast
import socket
import socketserver
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest

from corpblog.kernel import egress

INSIDE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::", "2002:c0a8:101::", "2001:0:53aa:64c:0:0:80ff:fffe", "100::1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1",
    "93.184.216.34",
    "8.8.8.8",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
# Every spelling of an address inside, and everything else that has no business here.
FORBIDDEN_URLS = [
    "https://127.0.0.1/", "https://127.1/", "https://0x7f.1/", "https://0x7f000001/", "https://2130706433/",
    "https://017700000001/", "https://0/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::7f00:1]/", "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://127.0.0.1./",
    "https://10.1.2.3/", "https://169.254.169.254/latest/meta-data/", "https://[fd00::1]/", "https://[fe80::1]/",
    "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/", "http://1.1.1.1/", "https://1.1.1.1:8443/", "https://1.1.1.1:22/",
    "ftp://1.1.1.1/", "file:///etc/passwd", "gopher://1.1.1.1/", "unix:///run/docker.sock", "data:text/plain,hi",
    "javascript:alert(1)", "//1.1.1.1/", "1.1.1.1", "", "https://", "https:///path", "https://user:pass@1.1.1.1/",
    "https://user@1.1.1.1/", "https://1.1.1.1:99999/", "https://1.1.1.1:abc/", "https://[::1", "https://\x00/",
    "https://a b/",
]  # fmt: skip


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
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def allow(settings):
    def add(server):
        settings.EGRESS_PRIVATE = [*settings.EGRESS_PRIVATE, f"127.0.0.1:{server.server_address[1]}"]
        return f"http://127.0.0.1:{server.server_address[1]}"

    return add


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_refused(address):
    assert not egress.is_outside(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_public_addresses_are_not(address):
    assert egress.is_outside(ip_address(address))


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_no_spelling_of_an_address_gets_through(url, monkeypatch):
    def never(*_args, **_kwargs):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(egress.httpcore.SyncBackend, "connect_tcp", never)
    with pytest.raises(egress.EgressError) as refusal:
        egress.send("GET", url)
    assert not refusal.value.reached


def test_one_address_inside_spoils_the_whole_name(monkeypatch):
    place = egress.place_of("https://mixed.example/")
    with pytest.raises(egress.Forbidden):
        egress.judged_addresses(place, ["1.1.1.1", "10.0.0.1"])
    assert egress.judged_addresses(place, ["1.1.1.1", "8.8.8.8"]) == ["1.1.1.1", "8.8.8.8"]


def test_a_name_that_changes_its_answer_is_asked_only_once(monkeypatch):
    """A rebinding name server says something public first and something inside after: it is not heard twice."""
    answers, tried = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]]), []
    monkeypatch.setattr(egress, "resolve", lambda host, port: next(answers))

    def connect(self, host, port, **_more):
        tried.append((host, port))
        raise egress.httpcore.ConnectError

    monkeypatch.setattr(egress.httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(egress.EgressError) as refusal:
        egress.send("GET", "https://rebinding.example/")
    assert tried == [("93.184.216.34", 443)]
    assert not refusal.value.reached


def test_a_rebinding_name_leads_nowhere_at_its_second_answer(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", ("127.0.0.1", 443))])
    with pytest.raises(egress.Forbidden):
        egress.send("GET", "https://public.example/")


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


def test_garbage_is_an_error_and_not_a_crash(allow):
    with serving(lambda handler: handler.wfile.write(b"\x00\xffnonsense\r\n\r\n")) as server:
        with pytest.raises(egress.EgressError) as refusal:
            egress.send("GET", f"{allow(server)}/")
        assert refusal.value.reached


def test_nothing_else_in_the_product_can_make_a_request():
    """Import-linter watches whole packages; these parts of the standard library it cannot name."""
    forbidden = {"urllib.request", "http.client", "ftplib", "smtplib", "telnetlib", "xmlrpc.client"}
    for file in Path(egress.__file__).parents[1].rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            assert not forbidden & set(names), f"{file} imports {names}"
