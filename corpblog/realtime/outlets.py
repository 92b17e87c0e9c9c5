"""How frames leave: straight into the socket under Daphne, or through ASGI `send` under any other server.

Under Daphne a frame that goes through ASGI `send` costs about 40 µs of layers, and 35 µs even as a ready frame through
`transport.write`, which only queues it for the next turn of the loop. Written straight to the non-blocking socket it
costs 4.5 µs. That is allowed exactly when nothing waits in front of it and nothing has to be done to the bytes: the
transport's buffers are empty, the connection is plain TCP, the protocol is open and negotiated no compression. What the
kernel does not take goes to the transport, which then owns the order of everything that follows.
"""

import asyncio
import functools
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar, NamedTuple, Protocol

from corpblog.realtime.frames import Parcel, bye
from corpblog.realtime.limits import WAITING_BYTES, WAITING_FRAMES, WAITING_SECONDS, CloseCode

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Waiting(NamedTuple):
    """What a reader has not taken yet."""

    frames: int
    bytes: int
    seconds: float

    @property
    def is_too_much(self) -> bool:
        return self.frames > WAITING_FRAMES or self.bytes > WAITING_BYTES or self.seconds > WAITING_SECONDS


NOTHING = Waiting(0, 0, 0.0)


class Outlet(Protocol):
    """Where a socket's frames go. No method blocks; all are called on the loop that owns the socket."""

    name: ClassVar[str]

    def write(self, parcel: Parcel) -> None:
        """Hand frames over, in order."""

    def waiting(self) -> Waiting:
        """Return what was handed over and not taken by the network yet."""

    def close(self, why: CloseCode) -> None:
        """Say why and close; what is written afterwards vanishes."""


def outlet_for(send: Send, *, direct: bool) -> Outlet:
    """Return the fastest outlet that is right for the server behind `send`."""
    protocol = _daphne_protocol(send)
    if protocol is None:
        return PlainOutlet(send)
    # A broken frame is answered with a close code that says what was wrong, not with a reset.
    protocol.failByDrop = False
    if direct and _may_write_directly(protocol):
        return DirectOutlet(protocol)
    return DaphneOutlet(protocol)


def _daphne_protocol(send: Send) -> Any | None:
    """Return Daphne's protocol behind an ASGI `send` that nothing wraps, else None.

    Daphne gives `partial(Server.handle_reply, protocol)`. Should that change, the plain outlet takes over, slower and
    as right; a test pins what is expected here.
    """
    module = sys.modules.get("daphne.ws_protocol")
    if module is None or not isinstance(send, functools.partial) or len(send.args) != 1:
        return None
    protocol = send.args[0]
    return protocol if isinstance(protocol, module.WebSocketProtocol) else None


def _may_write_directly(protocol: Any) -> bool:
    """Whether bytes handed to the socket arrive as the frames they are: plain TCP, no compression, no mask."""
    from twisted.internet.tcp import Connection

    transport = protocol.transport
    return (
        isinstance(transport, Connection)
        # Gone with a browser that left while its visitor was looked up.
        and hasattr(transport, "socket")
        # TLS inside the connection: the socket would get what OpenSSL has not seen.
        and not getattr(transport, "TLS", False)
        and protocol._perMessageCompress is None
        and not protocol.factory.maskServerFrames
    )


class DaphneOutlet:
    """Through Twisted's transport, which says how much waits in it (ASGI `send` under Daphne would not)."""

    name: ClassVar[str] = "daphne"
    __slots__ = ("_ends", "_given", "_protocol", "_transport")

    def __init__(self, protocol: Any) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._given = 0
        # For each parcel that had to wait: where it ends in the bytes given so far, how many frames, and since when.
        self._ends: deque[tuple[int, int, float]] = deque()

    def write(self, parcel: Parcel) -> None:
        if self._is_open():
            self._queue(parcel, parcel.wire)

    def _is_open(self) -> bool:
        return bool(self._protocol.state == self._protocol.STATE_OPEN and self._transport.connected)

    def _queue(self, parcel: Parcel, rest: bytes) -> None:
        """Give the transport what the kernel did not take, and remember when."""
        self._given += len(rest)
        self._ends.append((self._given, len(parcel.frames), time.monotonic()))
        self._protocol.sendData(rest)

    def _queued(self) -> int:
        transport = self._transport
        return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)

    def waiting(self) -> Waiting:
        if not self._ends:
            return NOTHING
        queued = self._queued()
        taken = self._given - queued
        while self._ends and self._ends[0][0] <= taken:
            self._ends.popleft()
        if not self._ends:
            return NOTHING
        frames = sum(count for _, count, _ in self._ends)
        return Waiting(frames, queued, time.monotonic() - self._ends[0][2])

    def close(self, why: CloseCode) -> None:
        if self._is_open():
            self.write(bye(why))
            # Daphne's own close refuses every code below 3000 with a traceback. Messages that still arrive are dropped:
            # a flood must not fill the queue of a socket that nobody reads any more. One second later it is cut.
            self._protocol.failedByMe = True
            self._protocol.sendCloseFrame(code=why.code, reasonUtf8=why.reason.encode())


class DirectOutlet(DaphneOutlet):
    """Straight into the socket whenever nothing waits before it."""

    name: ClassVar[str] = "direct"
    __slots__ = ("_socket",)

    def __init__(self, protocol: Any) -> None:
        super().__init__(protocol)
        self._socket = protocol.transport.socket

    def write(self, parcel: Parcel) -> None:
        if not self._is_open():
            return
        wire = parcel.wire
        if self._is_empty():
            try:
                taken = self._socket.send(wire)
            except BlockingIOError:
                taken = 0
            except OSError:
                # The transport meets the same error on its next turn and closes the connection the way Twisted wants.
                taken = 0
            if taken == len(wire):
                return
            wire = wire[taken:]
        self._queue(parcel, wire)

    def _is_empty(self) -> bool:
        transport = self._transport
        return not (
            transport._tempDataLen
            or len(transport.dataBuffer) - transport.offset
            or transport.disconnecting
            or transport._writeDisconnected
            or self._protocol.send_queue
        )

    def close(self, why: CloseCode) -> None:
        super().close(why)
        # On SIGTERM Twisted stops before its next turn: what fits is written now, so that pages see why (else 1006).
        transport = self._transport
        if self._queued() and transport.connected and not transport.disconnecting:
            transport.doWrite()


class PlainOutlet:
    """Through ASGI `send`, one frame after the other, by a task that lives while something waits."""

    name: ClassVar[str] = "plain"
    __slots__ = ("_bytes", "_closing", "_queue", "_send", "_task")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._queue: deque[tuple[str, int, float]] = deque()
        self._bytes = 0
        self._closing: CloseCode | None = None
        self._task: asyncio.Task[None] | None = None

    def write(self, parcel: Parcel) -> None:
        if self._closing:
            return
        moment = time.monotonic()
        for frame in parcel.frames:
            self._queue.append((frame.text, len(frame.wire), moment))
            self._bytes += len(frame.wire)
        self._start()

    def waiting(self) -> Waiting:
        if not self._queue:
            return NOTHING
        return Waiting(len(self._queue), self._bytes, time.monotonic() - self._queue[0][2])

    def close(self, why: CloseCode) -> None:
        if self._closing:
            return
        if self.waiting().is_too_much:
            # A reader who does not read will not read the rest either.
            self._queue.clear()
        else:
            self.write(bye(why))
        self._closing = why
        self._start()

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue:
            text, size, _ = self._queue[0]
            await self._send({"type": "websocket.send", "text": text})
            # Taken off only now, so that what the server holds back counts as waiting.
            if self._queue:
                self._queue.popleft()
                self._bytes -= size
        if self._closing:
            await self._send({"type": "websocket.close", "code": self._closing.code, "reason": self._closing.reason})
