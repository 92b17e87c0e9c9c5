"""A small social network on loopback that fails as it is told to, and keeps every byte that it received.

It speaks as much of Mastodon's API as Corpblog uses: post, timeline, source, edit, delete. `moods` says how the next
requests go, one each; what it accepted before it failed stays accepted, as with the real ones.
"""

import contextlib
import html
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.children import serving

TOKEN = "a-token-of-acme"
KEYS_LAST = timedelta(hours=1)
TOKENS_LAST = timedelta(hours=2)
# Each accepts first and fails then, or fails first; what a client can tell of it is the same.
ACCEPTS = ("accepted_then_silence", "accepted_then_timeout", "error_after_accept", "garbage", "nonsense", "slow")
REFUSES = ("lost", "busy", "token", "redirect", "error")
MOODS = (*ACCEPTS, *REFUSES)


@dataclass
class Request:
    """One request, byte for byte."""

    raw: bytes
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass
class Network:
    """What the network knows. `knows_keys`: it answers a repeated key with the first post, for an hour."""

    knows_keys: bool
    now: Callable[[], datetime]
    inside: int = 0  # the port that `redirect` leads to
    requests: list[Request] = field(default_factory=list)
    accepted: list[Request] = field(default_factory=list)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    alts: dict[str, str] = field(default_factory=dict)
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    moods: list[str] = field(default_factory=list)
    tokens: dict[str, datetime | None] = field(default_factory=lambda: {TOKEN: None})  # until when each lasts
    renewals: set[str] = field(default_factory=set)  # each can be used once
    refuses_renewals: bool = False
    took_back: bool = False  # whether it ever said that a token is no good any more
    working: int = 0  # so many times it is still working on a picture that it took
    blind_looks: int = 0  # so many readings of the timeline do not show what was written last
    last_id: int = 0

    def __post_init__(self) -> None:
        self.changed = threading.Condition()

    def forget(self) -> None:
        for memory in (self.requests, self.accepted, self.posts, self.media, self.alts, self.keys, self.moods):
            memory.clear()
        self.blind_looks = self.working = 0
        self.tokens, self.renewals = {TOKEN: None}, set()
        self.refuses_renewals = self.took_back = False

    def issue(self) -> dict[str, Any]:
        """Give out a token for two hours and what renews it once; both end what was given out before."""
        self.last_id += 1
        token, renewal = f"token-{self.last_id}", f"renewal-{self.last_id}"
        self.tokens, self.renewals = {token: self.now() + TOKENS_LAST}, {renewal}
        seconds = int(TOKENS_LAST.total_seconds())
        return {"access_token": token, "refresh_token": renewal, "expires_in": seconds, "token_type": "Bearer"}

    def take_back(self) -> None:
        """Somebody there revokes the application: neither the token nor its renewal is any good."""
        self.tokens, self.renewals, self.took_back = {}, set(), True

    def is_good(self, token: str) -> bool:
        until = self.tokens.get(token)
        return token in self.tokens and (until is None or until > self.now())

    def wait_for(self, requests: int) -> None:
        """Return once so many requests were read: one whose sender gave up waiting may still be on its way."""
        with self.changed:
            self.changed.wait_for(lambda: len(self.requests) >= requests, timeout=10)

    def answer(self, request: Request) -> tuple[int, Any]:
        """Do what is asked, and return status and JSON."""
        parts = urlsplit(request.path).path.split("/")
        if parts[1:] == ["oauth", "token"]:
            given = request.form["refresh_token"][0]
            is_good = given in self.renewals and not self.refuses_renewals
            return (200, self.issue()) if is_good else (400, {"error": "invalid_grant"})
        if not self.is_good(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return 401, {"error": "The access token is invalid"}
        if request.method == "POST" and parts[3:] == ["statuses"]:
            return 200, self._accept(request)
        if request.method == "POST" and parts[3:] == ["media"]:
            return (202 if self.working else 200), self._keep(request)
        if request.method == "GET" and parts[3] == "media":
            self.working -= 1
            return (206 if self.working > 0 else 200), {"id": parts[4], "url": None}
        if request.method == "DELETE" and parts[3] == "media":
            return (200, {}) if self.media.pop(parts[4], None) is not None else (404, {"error": "Record not found"})
        if request.method == "GET" and parts[3] == "accounts":
            return 200, self._timeline()
        post = self.posts.get(parts[4])
        if post is None:
            return 404, {"error": "Record not found"}
        if parts[5:] == ["source"]:
            return 200, {"id": post["id"], "text": post["text"], "spoiler_text": ""}
        if request.method == "DELETE":
            return 200, self.posts.pop(parts[4])
        if request.method == "PUT":
            self.accepted.append(request)
            above = {"in_reply_to_id": post["in_reply_to_id"], "edited_at": self.now().isoformat()}
            post |= _rendered(request.form["status"][0]) | self._carried(request) | above
        return 200, post

    def _accept(self, request: Request) -> dict[str, Any]:
        self.accepted.append(request)
        key = request.headers.get("idempotency-key", "")
        known, since = self.keys.get(key, ("", self.now()))
        if self.knows_keys and known and self.now() - since < KEYS_LAST:
            return self.posts.get(known, {"id": known, "url": ""})
        self.last_id += 1
        name = str(self.last_id)
        post = {"id": name, "url": f"https://there.example/{name}", "created_at": self.now().isoformat(), "key": key}
        post |= {"favourites_count": 0, "reblogs_count": 0, "replies_count": 0}
        self.posts[name] = post | _rendered(request.form["status"][0]) | self._carried(request)
        self.keys[key] = (name, self.now())
        return self.posts[name]

    def _keep(self, request: Request) -> dict[str, Any]:
        edge = b"--" + request.headers["content-type"].partition("boundary=")[2].encode()
        file = next(part for part in request.body.split(edge) if b'name="file"' in part)
        self.last_id += 1
        self.media[str(self.last_id)] = file.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        about = next(part for part in request.body.split(edge) if b'name="description"' in part)
        self.alts[str(self.last_id)] = about.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n").decode()
        return {"id": str(self.last_id)}

    def _carried(self, request: Request) -> dict[str, Any]:
        media = [{"id": name, "description": self.alts[name]} for name in request.form.get("media_ids[]", [])]
        return {"media_attachments": media, "in_reply_to_id": request.form.get("in_reply_to_id", [None])[0]}

    def _timeline(self) -> list[dict[str, Any]]:
        shown = list(reversed(self.posts.values()))
        if self.blind_looks:
            self.blind_looks -= 1
            return shown[1:]
        return shown[:40]


def _rendered(text: str) -> dict[str, Any]:
    return {"text": text, "content": f"<p>{html.escape(text)}</p>".replace("\n", "<br>")}


class _Handler(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        network: Network = self.server.network  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):
            request = self._read()
            if request is not None:
                self._answer(network, request)

    def _read(self) -> Request | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(65536)
            if not line:
                return None
            head += line
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length") or 0)
        body = self.rfile.read(length)
        method, path, _version = first.split(" ", 2)
        return Request(head + body, method, path, headers, body, is_whole=len(body) == length)

    def _answer(self, network: Network, request: Request) -> None:
        if not request.is_whole:
            # Its sender hung up in the middle: no server acts on half a request.
            with network.changed:
                network.requests.append(request)
                network.changed.notify_all()
            return
        with network.changed:
            # What is uploaded is shown to nobody yet: failing there proves little.
            is_upload = "/media" in request.path or request.path == "/oauth/token"
            mood = network.moods.pop(0) if network.moods and not is_upload else "ok"
            status, said = network.answer(request) if mood not in REFUSES else (0, None)
            network.requests.append(request)
            network.changed.notify_all()
        getattr(self, f"_{mood}")(network, status, said)

    def _ok(self, _network: Network, status: int, said: Any) -> None:
        self._write(status, json.dumps(said).encode())

    def _accepted_then_silence(self, *_about: Any) -> None:
        """The connection is cut without a word."""

    _lost = _accepted_then_silence

    def _accepted_then_timeout(self, *_about: Any) -> None:
        # Until the client hangs up.
        self.rfile.read(1)

    def _error_after_accept(self, *_about: Any) -> None:
        self._write(500, b'{"error": "Something went wrong"}')

    _error = _error_after_accept

    def _garbage(self, *_about: Any) -> None:
        self._write(200, b"<html>Welcome to our proxy</html>")

    def _nonsense(self, *_about: Any) -> None:
        self.wfile.write(b"\x00\xff\xfe no HTTP at all\r\n\r\n")

    def _slow(self, *_about: Any) -> None:
        """A byte now and then, for as long as anybody listens."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        hung_up = threading.Event()
        while not hung_up.wait(0.02):
            self.wfile.write(b"x")

    def _busy(self, *_about: Any) -> None:
        self._write(429, b'{"error": "Too many requests"}', "Retry-After: 30\r\n")

    def _token(self, network: Network, *_about: Any) -> None:
        network.took_back = True
        self._write(401, b'{"error": "The access token was revoked"}')

    def _redirect(self, network: Network, *_about: Any) -> None:
        self._write(302, b"", f"Location: http://127.0.0.1:{network.inside}/secret\r\n")

    def _write(self, status: int, body: bytes, headers: str = "") -> None:
        head = f"HTTP/1.1 {status} X\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.wfile.write(head.encode() + body)


class _Inside(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.server.visits.append(self.client_address)  # type: ignore[attr-defined]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_args: object) -> None:
        """Clients that hang up are what this is for."""


@contextlib.contextmanager
def network(*, knows_keys: bool, now: Callable[[], datetime], inside: int = 0) -> Iterator[tuple[Network, int]]:
    """Run a network; give it and its port."""
    made = Network(knows_keys, now, inside)
    with _listening(_Handler) as server:
        server.network = made  # type: ignore[attr-defined]
        yield made, server.server_address[1]


@contextlib.contextmanager
def house() -> Iterator[tuple[list[Any], int]]:
    """Run something inside that nobody may reach; give its visits, and its port."""
    visits: list[Any] = []
    with _listening(_Inside) as server:
        server.visits = visits  # type: ignore[attr-defined]
        yield visits, server.server_address[1]


@contextlib.contextmanager
def _listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), handler)
    server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with serving(server):
        yield server
