"""The direct path, against Daphne's own protocol and Twisted's own transport, over a real pair of sockets."""

import asyncio
import functools
import json
import socket
import struct
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory
from twisted.internet.tcp import Server as Transport

from corpblog.realtime import outlets
from corpblog.realtime.frames import Parcel, frame, parcel
from corpblog.realtime.limits import FLOOD, TOO_SLOW, WAITING_BYTES, WAITING_FRAMES, WAITING_SECONDS
from corpblog.realtime.outlets import DaphneOutlet, DirectOutlet, Outlet, PlainOutlet, outlet_for


def _nothing(_: object) -> None:
    """What the test does not look at."""


class Line:
    """An open WebSocket as Daphne holds it, and the other end of its wire."""

    def __init__(self) -> None:
        ours, self.reader = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        reactor = SimpleNamespace(
            addWriter=self._add, removeWriter=self._remove, addReader=_nothing, removeReader=_nothing
        )
        server = SimpleNamespace(protocol_disconnected=_nothing)
        self.protocol = WebSocketFactory(server).buildProtocol(None)
        listener = SimpleNamespace(_realPortNumber=0)
        self.transport = Transport(ours, self.protocol, ("127.0.0.1", 1), listener, 0, reactor)
        self.protocol.makeConnection(self.transport)
        self.protocol.state = self.protocol.STATE_OPEN
        self.is_asked_to_write = False
        self.send = functools.partial(Server.handle_reply, self.protocol)

    def _add(self, _writer: object) -> None:
        self.is_asked_to_write = True

    def _remove(self, _writer: object) -> None:
        self.is_asked_to_write = False

    def turn(self) -> None:
        """One turn of Twisted's loop."""
        if self.is_asked_to_write:
            self.transport.doWrite()

    def received(self) -> bytes:
        self.reader.setblocking(False)
        parts = []
        while True:
            try:
                part = self.reader.recv(1 << 20)
            except BlockingIOError:
                return b"".join(parts)
            if not part:
                return b"".join(parts)
            parts.append(part)

    def received_in_the_end(self) -> bytes:
        parts = [self.received()]
        while self.is_asked_to_write:
            self.turn()
            parts.append(self.received())
        return b"".join(parts)


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.reader.close()
    made.transport.socket.close()


def letter(number: int, size: int = 10) -> Parcel:
    return parcel([frame({"n": number, "x": "x" * size})])


def test_an_empty_line_takes_the_frame_at_once(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    assert isinstance(outlet, DirectOutlet)
    outlet.write(letter(1))
    assert not line.is_asked_to_write
    assert line.received() == letter(1).wire
    assert outlet.waiting() == (0, 0, 0.0)


def test_what_the_kernel_does_not_take_follows_in_order(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    letters = [letter(number, 3000) for number in range(40)]
    for each in letters:
        outlet.write(each)
    assert line.is_asked_to_write
    assert outlet.waiting().frames > 0
    assert line.received_in_the_end() == b"".join(each.wire for each in letters)
    assert outlet.waiting().frames == 0


def test_a_frame_cut_in_the_middle_is_finished_before_the_next(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    outlet.write(letter(1, 300_000))
    assert 0 < outlet.waiting().bytes < 300_000
    line.received()  # the line is free again, but Twisted holds the rest of the first frame
    outlet.write(letter(2))
    assert line.received_in_the_end().endswith(letter(2).wire)


def test_a_frame_waits_behind_what_the_protocol_itself_sent(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    line.transport.write(b"a pong that waits")
    outlet.write(letter(1))
    assert line.received() == b""
    assert line.received_in_the_end() == b"a pong that waits" + letter(1).wire


def test_a_frame_waits_behind_what_the_protocol_holds_back(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    line.protocol.send_queue.append((b"first", True))
    outlet.write(letter(1))
    assert line.received() == b""


def test_a_reader_who_left_harms_nobody(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    line.reader.close()
    outlet.write(letter(1))
    outlet.write(letter(2))
    # The error is left for Twisted to meet on its own turn.
    assert line.is_asked_to_write


@pytest.mark.parametrize("direct", [True, False])
def test_nothing_is_written_to_a_closed_socket(line: Line, direct: bool) -> None:
    outlet = outlet_for(line.send, direct=direct)
    line.protocol.state = line.protocol.STATE_CLOSED
    outlet.write(letter(1))
    assert line.received_in_the_end() == b""


@pytest.mark.parametrize("direct", [True, False])
def test_nothing_is_written_to_a_lost_connection(line: Line, direct: bool) -> None:
    outlet = outlet_for(line.send, direct=direct)
    line.transport.connected = 0
    outlet.write(letter(1))
    assert line.received_in_the_end() == b""


def test_who_left_before_the_socket_was_looked_at_gets_nothing(line: Line) -> None:
    line.protocol.state = line.protocol.STATE_CLOSED
    left = line.transport.socket
    # What Twisted does with the transport of a connection that is gone.
    del line.transport.socket
    outlet_for(line.send, direct=True).write(letter(1))
    line.transport.socket = left
    assert line.received_in_the_end() == b""


@pytest.mark.parametrize("direct", [True, False])
def test_waiting_is_counted_in_frames(line: Line, direct: bool) -> None:
    outlet = outlet_for(line.send, direct=direct)
    outlet.write(letter(0, 300_000))
    for number in range(WAITING_FRAMES):
        outlet.write(letter(number))
    assert outlet.waiting().is_too_much
    assert outlet.waiting().frames == WAITING_FRAMES + 1


@pytest.mark.parametrize("direct", [True, False])
def test_waiting_is_counted_in_bytes(line: Line, direct: bool) -> None:
    outlet = outlet_for(line.send, direct=direct)
    outlet.write(letter(0, WAITING_BYTES // 2))
    assert not outlet.waiting().is_too_much
    outlet.write(letter(0, WAITING_BYTES))
    assert outlet.waiting().is_too_much


def test_waiting_is_counted_in_seconds(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    outlet = outlet_for(line.send, direct=True)
    outlet.write(letter(0, 300_000))
    assert not outlet.waiting().is_too_much
    later = time.monotonic() + WAITING_SECONDS + 1
    monkeypatch.setattr(outlets.time, "monotonic", lambda: later)
    assert outlet.waiting().is_too_much


def test_taken_frames_wait_no_more(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    for number in range(20):
        outlet.write(letter(number, 20_000))
    before = outlet.waiting().frames
    while outlet.waiting().frames == before:
        line.received()
        line.turn()
    assert 0 < outlet.waiting().frames < before
    line.received_in_the_end()
    assert outlet.waiting() == (0, 0, 0.0)


def closing(wire: bytes) -> tuple[str, int]:
    """The reason in the last message, and the code in the close frame."""
    reason = json.loads(wire[2 : 2 + wire[1]])["reason"]
    close = wire[2 + wire[1] :]
    assert close[0] == 0x88
    return reason, struct.unpack("!H", close[2:4])[0]


@pytest.mark.parametrize("direct", [True, False])
def test_closing_says_why_with_codes_that_daphne_refuses(line: Line, direct: bool) -> None:
    outlet = outlet_for(line.send, direct=direct)
    outlet.close(FLOOD)
    assert closing(line.received_in_the_end()) == ("flood", 1008)
    outlet.write(letter(1))
    assert line.received_in_the_end() == b""


def test_the_direct_path_closes_before_the_next_turn(line: Line) -> None:
    outlet = outlet_for(line.send, direct=True)
    outlet.close(TOO_SLOW)
    assert closing(line.received()) == ("slow", 1013)


def test_a_closed_socket_is_deaf(line: Line) -> None:
    outlet_for(line.send, direct=True).close(FLOOD)
    assert line.protocol.failedByMe


@pytest.mark.parametrize("direct", [True, False])
def test_a_broken_frame_gets_a_code_and_no_reset(line: Line, direct: bool) -> None:
    outlet_for(line.send, direct=direct)
    assert line.protocol.failByDrop is False


def test_compression_forbids_the_direct_path(line: Line) -> None:
    line.protocol._perMessageCompress = object()
    assert type(outlet_for(line.send, direct=True)) is DaphneOutlet


def test_tls_forbids_the_direct_path(line: Line) -> None:
    line.transport.TLS = True
    assert type(outlet_for(line.send, direct=True)) is DaphneOutlet


def test_another_transport_forbids_the_direct_path(line: Line) -> None:
    line.protocol.transport = SimpleNamespace(connected=1)
    assert type(outlet_for(line.send, direct=True)) is DaphneOutlet


def test_the_setting_forbids_the_direct_path(line: Line) -> None:
    assert type(outlet_for(line.send, direct=False)) is DaphneOutlet


def test_daphne_still_gives_the_send_we_expect() -> None:
    """A new Daphne that wraps it otherwise would silently cost the fast path."""
    protocol = WebSocketFactory(SimpleNamespace()).buildProtocol(None)
    given: list[Any] = []

    async def application(scope: object, receive: object, send: Any) -> None:
        given.append(send)

    async def connect() -> None:
        server = Server(application, endpoints=["tcp:0"])
        server.connections = {protocol: {}}
        server.create_application(protocol, {"type": "websocket"})
        await server.connections[protocol]["application_instance"]

    asyncio.run(connect())
    assert outlets._daphne_protocol(given[0]) is protocol


class AnotherServer:
    """Any other ASGI server: takes a message when it is ready for one."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.is_ready = asyncio.Event()
        self.is_ready.set()

    async def send(self, message: dict[str, Any]) -> None:
        await self.is_ready.wait()
        self.messages.append(message)


async def settle(outlet: Outlet) -> None:
    assert isinstance(outlet, PlainOutlet)
    if outlet._task:
        await outlet._task


@pytest.mark.asyncio
async def test_another_server_gets_plain_messages() -> None:
    server = AnotherServer()
    outlet = outlet_for(server.send, direct=True)
    outlet.write(letter(1))
    outlet.write(letter(2))
    await settle(outlet)
    assert server.messages == [{"type": "websocket.send", "text": letter(n).frames[0].text} for n in (1, 2)]
    assert outlet.waiting().frames == 0


@pytest.mark.asyncio
async def test_another_server_that_holds_back_makes_frames_wait() -> None:
    server = AnotherServer()
    server.is_ready.clear()
    outlet = outlet_for(server.send, direct=True)
    for number in range(WAITING_FRAMES + 1):
        outlet.write(letter(number))
    await asyncio.sleep(0)
    assert outlet.waiting().is_too_much
    server.is_ready.set()
    await settle(outlet)
    assert outlet.waiting() == (0, 0, 0.0)


@pytest.mark.asyncio
async def test_another_server_is_told_why_at_the_end() -> None:
    server = AnotherServer()
    outlet = outlet_for(server.send, direct=True)
    outlet.write(letter(1))
    outlet.close(FLOOD)
    outlet.write(letter(2))
    await settle(outlet)
    assert [message["type"] for message in server.messages] == ["websocket.send", "websocket.send", "websocket.close"]
    assert server.messages[-1]["code"] == 1008


@pytest.mark.asyncio
async def test_another_server_does_not_get_the_rest_for_who_does_not_read() -> None:
    server = AnotherServer()
    server.is_ready.clear()
    outlet = outlet_for(server.send, direct=True)
    for number in range(WAITING_FRAMES + 1):
        outlet.write(letter(number))
    outlet.close(TOO_SLOW)
    server.is_ready.set()
    await settle(outlet)
    assert server.messages[-1] == {"type": "websocket.close", "code": 1013, "reason": "slow"}
    assert len(server.messages) <= 2
