"""Real sockets to real processes, and a company to put on the other side."""

import json
import secrets
import socket
import struct
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from corpblog.people.models import Person, RoleGrant
from corpblog.policy import services as policy
from corpblog.policy.models import PolicyVersion
from corpblog.posts import services as posts
from corpblog.posts.models import ChannelEvent, Post
from corpblog.posts.services.judging import EDITS, POSTS
from corpblog.teams import services as teams
from corpblog.teams.models import Channel, ChannelCounter
from tests.conftest import CAST
from tests.servers.daphne import Daphne

# Long enough for a busy machine; a test that works never waits for it.
DEADLINE = 15.0


POLICY = """\
policy: 1
name: Acme
rules:
  - id: cards
    title: {en: Payment cards}
    detect:
      - identifier: {kinds: [payment-card]}
    outcome: block
"""


class Company:
    """People, channels and posts in the database that the web processes serve."""

    def __init__(self) -> None:
        # Without a policy in force nothing may be posted.
        if not PolicyVersion.objects.in_force().exists():
            irene, omar = self.person("irene"), self.person("omar")
            draft = policy.create_draft(by=irene)
            draft = policy.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=POLICY)
            policy.propose(by=irene, number=draft.number, edit=draft.edit, note="Because.")
            policy.put_in_force(by=omar, number=draft.number, replacing=None)

    def person(self, username: str) -> Person:
        name, department, roles = CAST[username]
        somebody, created = Person.objects.get_or_create(
            username=username,
            defaults={"display_name": name, "department": department, "directory_id": f"id-of-{username}"},
        )
        if created:
            RoleGrant.objects.bulk_create(RoleGrant(person=somebody, role=role) for role in roles)
        return somebody

    def newcomer(self) -> Person:
        """Somebody whom no other test knows, and who may be cut off."""
        username = f"newcomer-{secrets.token_hex(4)}"
        return Person.objects.create(username=username, display_name="Newcomer", directory_id=username)

    def channel(self, *members: Person, is_private: bool = False) -> Channel:
        owner, *others = members
        made = teams.create_channel(by=owner, name=f"Channel {secrets.token_hex(4)}", is_private=is_private)
        for other in others:
            teams.invite(by=owner, channel=made, person=other)
        return made

    def cookie(self, person: Person) -> str:
        """The cookie of a browser that just signed in."""
        client = Client()
        client.force_login(person, backend="corpblog.people.directory.backend.DirectoryBackend")
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    def post(self, by: Person, channel: Channel, text: str = "") -> Post:
        # The tests' people post more in a minute than anybody may.
        POSTS.forget(str(by.pk))
        EDITS.forget(str(by.pk))
        return posts.publish(by=by, channel=channel, text=text or f"Said {secrets.token_hex(4)}")


def stir(post: Post, times: int) -> int:
    """Let so many things happen to a post in one moment, as a busy channel would; return the channel's last number."""
    with transaction.atomic():
        counter = ChannelCounter.objects.select_for_update().get(channel=post.channel)
        numbers = range(counter.last_seq + 1, counter.last_seq + times + 1)
        ChannelEvent.objects.bulk_create(
            ChannelEvent(channel=post.channel, seq=number, kind="reacted", post=post) for number in numbers
        )
        counter.last_seq += times
        counter.save(update_fields=["last_seq"])
    return counter.last_seq


class Page:
    """One open page: a socket, and everything it heard."""

    def __init__(self, connection: ClientConnection) -> None:
        # Entered here, as a page may speak before its `with` block begins.
        self.connection = connection.__enter__()
        self.heard: list[dict[str, Any]] = []
        self.last = ""

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.connection.close()

    def say(self, **message: Any) -> None:
        self.connection.send(json.dumps(message))

    def follow(self, *channels: Channel, after: dict[int, int] | None = None) -> None:
        """Follow, and wait until it is so: a ping behind it tells only that it was read, so a mark is asked for."""
        wanted = {str(number): seq for number, seq in (after or {}).items()}
        self.say(t="sub", channels=[channel.pk for channel in channels], after=wanted)

    def next(self, kind: str = "", seconds: float = DEADLINE) -> dict[str, Any]:
        """The next message of this kind; others are kept in `heard`."""
        return self.until(lambda message: not kind or message["t"] == kind, seconds)

    def until(self, wanted: Callable[[dict[str, Any]], bool], seconds: float = DEADLINE) -> dict[str, Any]:
        deadline = time.monotonic() + seconds
        while True:
            self.last = str(self.connection.recv(timeout=max(0.0, deadline - time.monotonic())))
            message: dict[str, Any] = json.loads(self.last)
            self.heard.append(message)
            if wanted(message):
                return message

    def hears_nothing_of(self, channel: Channel, seconds: float) -> bool:
        """Whether no post of the channel arrives in this time."""
        try:
            self.until(lambda message: message["t"] == "post" and message["c"] == channel.pk, seconds)
        except TimeoutError:
            return True
        return False

    def close_code(self, seconds: float = DEADLINE) -> int:
        """Wait for the server to close."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self.heard.append(json.loads(self.connection.recv(timeout=max(0.0, deadline - time.monotonic()))))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006

    def posts(self, channel: Channel) -> list[int]:
        return [each["s"] for each in self.heard if each["t"] == "post" and each["c"] == channel.pk]


def open_page(web: Daphne, cookie: str = "", *, origin: str | None = "", **headers: str) -> Page:
    """Open a socket as a browser does. origin: the page's own by default; None leaves the header out."""
    sent = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    from_where = web.origin if origin == "" else origin
    return Page(connect(web.live, origin=from_where, additional_headers=sent, proxy=None, compression=None))


def following(web: Daphne, cookie: str, channel: Channel, *, seq: int | None = None, **headers: str) -> Page:
    """A page that follows a channel from where it stands, as soon as it certainly does.

    Catching up on the channel's last event proves that; a channel without one gets its pages by `after=0`.
    """
    page = open_page(web, cookie, **headers)
    page.next("hello")
    head = channel_head(channel) if seq is None else seq
    page.follow(channel, after={channel.pk: max(0, head - 1)})
    if head:
        page.until(lambda message: message["t"] == "post" and message["s"] == head)
        page.heard.clear()
    return page


def channel_head(channel: Channel) -> int:
    from corpblog.posts.selectors import heads

    return heads([channel.pk]).get(channel.pk, 0)


def press(web: Daphne, cookie: str, path: str, **fields: str) -> int:
    """Send a form of the page, over HTTP, to the process that holds the sockets; return the answer's status."""
    token = _get_new_csrf_string()
    cookies = f"{settings.SESSION_COOKIE_NAME}={cookie}; {settings.CSRF_COOKIE_NAME}={token}"
    body = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
    sent = {"Cookie": cookies, "Origin": web.origin, "X-Requested-With": "fetch"}
    with urlopen(Request(web.origin + path, body, sent), timeout=30) as answer:
        return int(answer.status)


class Raw:
    """A WebSocket whose bytes the test writes itself."""

    def __init__(self, web: Daphne, cookie: str, *, buffer: int = 0) -> None:
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.connect(("127.0.0.1", web.port))
        self.socket.settimeout(DEADLINE)
        key = b64encode(secrets.token_bytes(16)).decode()
        lines = [
            "GET /live/ HTTP/1.1",
            f"Host: 127.0.0.1:{web.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Origin: {web.origin}",
            f"Cookie: {settings.SESSION_COOKIE_NAME}={cookie}",
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.socket.recv(1)
        assert head.startswith(b"HTTP/1.1 101"), head

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.socket.close()

    def send(self, wire: bytes) -> None:
        self.socket.sendall(wire)

    def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and payload; opcode -1 where the line was cut."""
        try:
            first, second = self._exactly(2)
            length = second & 127
            if length == 126:
                (length,) = struct.unpack("!H", self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._exactly(8))
            return first & 15, self._exactly(length)
        except (ConnectionError, EOFError):
            return -1, b""

    def _exactly(self, size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            part = self.socket.recv(size - len(parts))
            if not part:
                raise EOFError
            parts += part
        return parts

    def close_code(self) -> int:
        """Read until the server's close frame; 1006 where it cut the line without one."""
        while True:
            opcode, payload = self.frame()
            if opcode == -1:
                return 1006
            if opcode == 8:
                return int(struct.unpack("!H", payload[:2])[0])


def masked(opcode: int, payload: bytes, *, fin: bool = True, rsv: int = 0, mask: bool = True) -> bytes:
    """A frame as a client sends it, right or wrong."""
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if mask else 0
    if len(payload) < 126:
        head += bytes([bit | len(payload)])
    elif len(payload) < 65_536:
        head += bytes([bit | 126]) + struct.pack("!H", len(payload))
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", len(payload))
    # A mask of zeros leaves the payload as it is.
    return head + (b"\0\0\0\0" if mask else b"") + payload
