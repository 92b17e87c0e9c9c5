"""Wake-ups: small hints that something may be new. They carry numbers, never content, so losing one does no harm.

Within a process a wake-up goes straight to the hub's loop. To other processes it travels through the channel layer
where Redis joins them, on a thread of its own: nobody who just committed a write ever waits for Redis.
"""

import asyncio
import atexit
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from corpblog.realtime import metrics
from corpblog.realtime.limits import PUBLISH_SECONDS

log = structlog.get_logger(__name__)

GROUP = "live"
# The layer picks the receiver's method by this word, so it is fixed and never made from data.
MESSAGE_TYPE = "live.wake"
_MOST_PENDING = 10_000


class Kind(StrEnum):
    """What may be new."""

    POST = "post"  # number: channel, upto: its sequence
    RIGHTS = "rights"  # number: person; somebody may have lost a session or a channel
    CHANNEL = "channel"  # number: channel; who may read it may have changed
    NOTICE = "notice"  # number: person, upto: the notice
    SHARE = "share"  # number: share
    READ = "read"  # number: person; they read on, on one of their devices


class Wakeup(NamedTuple):
    """One hint. Two with the same kind and number are one: the larger `upto` says it all."""

    kind: Kind
    number: int
    upto: int = 0

    def message(self) -> dict[str, Any]:
        return {"type": MESSAGE_TYPE, "kind": self.kind.value, "number": self.number, "upto": self.upto}


def parse(message: dict[str, Any]) -> Wakeup | None:
    """Read a wake-up from the layer; whatever is not one is nobody's business (another version may speak there)."""
    try:
        return Wakeup(Kind(message["kind"]), int(message["number"]), int(message["upto"]))
    except (KeyError, TypeError, ValueError):
        return None


class Courier:
    """Carries this process's wake-ups to the others, at most PUBLISH_SECONDS for each, and counts what it loses."""

    def __init__(self) -> None:
        self._pending: dict[tuple[Kind, int], Wakeup] = {}
        self._lock = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False

    def take(self, wakeup: Wakeup) -> None:
        """Accept a wake-up from any thread and return at once."""
        with self._lock:
            key = (wakeup.kind, wakeup.number)
            known = self._pending.get(key)
            if known is None and len(self._pending) >= _MOST_PENDING:
                metrics.wakeups_lost.labels("full").inc()
                return
            if known is None or wakeup.upto > known.upto:
                self._pending[key] = wakeup
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="wakeups", daemon=True)
                self._thread.start()
            self._lock.notify_all()

    def flush(self, seconds: float = 1.0) -> bool:
        """Wait until everything taken has left or was lost; a command that ends must not take its wake-ups with it."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._pending and not self._busy, seconds)

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            while True:
                with self._lock:
                    self._busy = False
                    self._lock.notify_all()
                    self._lock.wait_for(lambda: bool(self._pending))
                    batch, self._pending = self._pending, {}
                    self._busy = True
                runner.run(self._carry(list(batch.values())))

    async def _carry(self, batch: list[Wakeup]) -> None:
        layer = get_channel_layer()
        for wakeup in batch:
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await layer.group_send(GROUP, wakeup.message())
                metrics.wakeups_sent.inc()
            except Exception as error:  # the post is committed; whatever Redis does now may only be counted
                metrics.wakeups_lost.labels("redis").inc()
                log.warning("wakeup_lost", kind=wakeup.kind.value, error=type(error).__name__)


courier = Courier()
atexit.register(courier.flush)

_receivers: list[Callable[[Wakeup], None]] = []


def deliver_here(receiver: Callable[[Wakeup], None]) -> None:
    """Give every wake-up of this process to `receiver`, which must be safe to call from any thread."""
    _receivers.append(receiver)


def deliver_no_more(receiver: Callable[[Wakeup], None]) -> None:
    """Undo `deliver_here`."""
    if receiver in _receivers:
        _receivers.remove(receiver)


def announce(wakeup: Wakeup) -> None:
    """Tell this process's hub, and the other processes. Never blocks, never raises."""
    for receiver in _receivers.copy():
        try:
            receiver(wakeup)
        except RuntimeError:
            # The loop of a hub that just stopped; its sockets are gone.
            metrics.wakeups_lost.labels("stopped").inc()
    if settings.REDIS_URL:
        courier.take(wakeup)
