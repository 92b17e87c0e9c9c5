"""One web process: Daphne with limits, and a way out that loses no request."""

# First, before anything imports Twisted's reactor: Daphne installs the asyncio one.
import daphne.server as daphne_server  # isort: skip

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from twisted.internet import reactor

from corpblog.config.serving.requests import LimitedFactory
from corpblog.kernel import lifecycle
from corpblog.realtime.limits import MESSAGE_BYTES

Application = Callable[[dict[str, Any], Callable[..., Any], Callable[..., Any]], Awaitable[None]]

PING_EVERY = 15
PING_PATIENCE = 15
# Sockets live shorter than a group membership in Redis, which expires silently after 24 h.
SOCKET_LIFE = 12 * 3600
_IN_FLIGHT_PATIENCE = 15.0
_FLUSH = 0.2


class AlreadyServed(Exception):
    """Another web process holds this instance's SQLite file."""


@contextlib.contextmanager
def sole_web_process(lock: Path) -> Iterator[None]:
    """Hold the instance's lock: SQLite's writers are not fair to each other, and wake-ups stay in one process."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        _take(file, lock)
        yield


def _take(file: TextIO, lock: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise AlreadyServed(str(lock)) from error


class InFlight:
    """The application, counting the requests that wait for their answer."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.count = 0

    async def __call__(self, scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        self.count += 1
        try:
            await self._application(scope, receive, send)
        finally:
            self.count -= 1


class Server(daphne_server.Server):  # type: ignore[misc]
    """Daphne, which on SIGTERM would cut sockets and drop the answers of requests that it had already committed.

    drain: seconds over which sockets are closed, while the load balancer learns from /readyz to look elsewhere.
    """

    def __init__(self, application: Application, *, host: str, port: int, drain: float, trust_proxy: bool) -> None:
        self._requests = InFlight(application)
        self._drain_seconds = drain
        super().__init__(
            application=self._requests,
            endpoints=[f"tcp:{port}:interface={host.replace(':', chr(92) + ':')}"],
            signal_handlers=False,
            server_name="corpblog",
            verbosity=0,
            ping_interval=PING_EVERY,
            ping_timeout=PING_PATIENCE,
            websocket_timeout=SOCKET_LIFE,
            # Daphne's own limit of 1 MiB let one client take 500 MB (measured).
            websocket_max_message_size=MESSAGE_BYTES,
            websocket_max_frame_size=MESSAGE_BYTES,
            proxy_forwarded_address_header="X-Forwarded-For" if trust_proxy else None,
            proxy_forwarded_proto_header="X-Forwarded-Proto" if trust_proxy else None,
            ready_callable=self._begin,
        )

    def run(self) -> None:
        # Daphne's run() looks its factory up in its own module.
        daphne_server.HTTPFactory = LimitedFactory
        super().run()

    def _begin(self) -> None:
        loop = asyncio.get_event_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._start_leaving)
        reactor.callWhenRunning(tell_systemd, "READY=1")

    def _start_leaving(self) -> None:
        if not lifecycle.is_draining():
            self._leaving = asyncio.ensure_future(self._leave())

    async def _leave(self) -> None:
        """Answer 503 on /readyz, close sockets little by little, wait for the answers under way, stop."""
        tell_systemd("STOPPING=1")
        lifecycle.begin_drain(self._drain_seconds)
        await asyncio.sleep(self._drain_seconds)
        deadline = time.monotonic() + _IN_FLIGHT_PATIENCE
        while self._requests.count and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        await asyncio.sleep(_FLUSH)
        self.stop()


def tell_systemd(message: str) -> None:
    """Report to systemd where it started this process (`Type=notify`)."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as report, contextlib.suppress(OSError):
        report.connect("\0" + address[1:] if address.startswith("@") else address)
        report.sendall(message.encode())
