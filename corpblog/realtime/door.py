"""Where sockets come in: one path, one kind of socket. Parse, ask who it is, and hand over to the hub."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings

from corpblog.kernel import lifecycle
from corpblog.realtime import handshake, metrics
from corpblog.realtime.database import Database
from corpblog.realtime.frames import PONG, frame, parcel
from corpblog.realtime.handshake import Scope, Visitor
from corpblog.realtime.hub import Hub
from corpblog.realtime.limits import (
    FLOOD,
    MESSAGES_PER_SECOND,
    PROTOCOL,
    RESTART,
    SESSION_OVER,
    TOO_MANY,
    CloseCode,
)
from corpblog.realtime.messages import Follow, Malformed, Ping, parse
from corpblog.realtime.outlets import Send, outlet_for
from corpblog.realtime.topics import Socket

Receive = Callable[[], Awaitable[dict[str, Any]]]
log = structlog.get_logger(__name__)

_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub_here() -> Hub:
    """Return the hub of the running loop: one for the process under every server, as each has one loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        hub = _hubs[loop] = Hub(Database())
        hub.start()
    return _hubs[loop]


@lifecycle.on_drain
def _drain(seconds: float) -> None:
    """Close the sockets of this process little by little; called on the server's loop."""
    hub = _hubs.get(asyncio.get_running_loop())
    if hub:
        hub.drain_over(seconds)


async def websocket(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application for WebSockets."""
    if (await receive())["type"] != "websocket.connect":
        return
    if scope["path"] != "/live/":
        await _refuse(send, "path")
    elif not handshake.comes_from_us(scope):
        await _refuse(send, "origin")
    else:
        await _open(scope, receive, send)


async def _refuse(send: Send, reason: str) -> None:
    """Answer the handshake with 403, which tells a foreign page nothing."""
    metrics.refused.labels(reason).inc()
    await send({"type": "websocket.close", "code": 1008})


async def _open(scope: Scope, receive: Receive, send: Send) -> None:
    hub = hub_here()
    visitor = await _visitor(hub, handshake.session_key(scope))
    # Accepted even where it is closed at once: a browser hides from the page why a handshake failed.
    await send({"type": "websocket.accept"})
    outlet = outlet_for(send, direct=settings.DIRECT_SOCKETS)
    refusal = _refusal(hub, visitor)
    if refusal or visitor is None:
        outlet.close(refusal or SESSION_OVER)
        return
    language = visitor.person.language or handshake.language(scope)
    await Conversation(hub, Socket(visitor.person, visitor.session_key, language, outlet), receive).run()


async def _visitor(hub: Hub, key: str) -> Visitor | None:
    # Without a cookie no database is asked: a flood of handshakes costs nothing but handshakes.
    return await hub.readers.run(handshake.identify, key) if key else None


def _refusal(hub: Hub, visitor: Visitor | None) -> CloseCode | None:
    if visitor is None:
        return SESSION_OVER
    if lifecycle.is_draining():
        return RESTART
    return None if hub.has_room_for(visitor.person.pk, visitor.session_key) else TOO_MANY


class Conversation:
    """One socket from its hello to its end. Reading only counts and parses; slow work is the hub's."""

    def __init__(self, hub: Hub, socket: Socket, receive: Receive) -> None:
        self._hub = hub
        self._socket = socket
        self._receive = receive
        self._arrivals: deque[float] = deque(maxlen=MESSAGES_PER_SECOND)
        self._wanted: Follow | None = None
        self._following: asyncio.Task[None] | None = None

    async def run(self) -> None:
        self._hub.add(self._socket)
        metrics.opened.labels(self._socket.outlet.name).inc()
        try:
            self._socket.write(parcel([frame(await self._hub.hello())]))
            await self._listen()
        except asyncio.CancelledError:
            # The server goes down; without this the page would see a broken line and not know that it may come back.
            self._socket.close(RESTART)
            raise
        finally:
            self._hub.remove(self._socket)
            if self._following:
                self._following.cancel()

    async def _listen(self) -> None:
        while self._socket.is_open:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                return
            if self._is_flood():
                self._socket.close(FLOOD)
                return
            try:
                self._answer(parse(message))
            except Malformed:
                self._socket.close(PROTOCOL)

    def _is_flood(self) -> bool:
        """Whether this message makes more than MESSAGES_PER_SECOND within the last second."""
        now = time.monotonic()
        is_full = len(self._arrivals) == MESSAGES_PER_SECOND
        oldest = self._arrivals[0] if is_full else now
        self._arrivals.append(now)
        return is_full and now - oldest < 1

    def _answer(self, said: Ping | Follow) -> None:
        match said:
            case Ping():
                self._socket.write(PONG)
            case Follow():
                # Only the newest wish counts, and one is worked on at a time.
                self._wanted = said
                if self._following is None or self._following.done():
                    self._following = asyncio.get_running_loop().create_task(self._follow())

    async def _follow(self) -> None:
        while self._wanted and self._socket.is_open:
            wanted, self._wanted = self._wanted, None
            try:
                await self._hub.follow(self._socket, wanted.channels, wanted.after)
            except Exception as error:  # the database is away: the page comes back and asks again
                metrics.failures.labels("follow").inc()
                log.warning("follow_failed", error=repr(error))
                self._socket.close(RESTART)
