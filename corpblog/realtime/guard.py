"""Who may still hear: every session and every membership of this process's sockets, asked anew every few seconds.

Checking when a socket opens is not enough: a session ends, an account is closed, somebody is removed from a private
channel, and the socket stays open and goes on hearing. So nothing is delivered on an answer older than RIGHTS_SECONDS,
and news that somebody may have lost a right makes every answer stale at once.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import NamedTuple

import structlog

from corpblog.realtime import metrics
from corpblog.realtime.limits import RIGHTS_SECONDS, SESSION_OVER, SWEEP_SECONDS, TOO_SLOW
from corpblog.realtime.readers import Readers
from corpblog.realtime.source import Source
from corpblog.realtime.topics import Sockets

log = structlog.get_logger(__name__)


class Answer(NamedTuple):
    """What the database says about this process's sockets."""

    sessions: Mapping[str, int]
    readers: Mapping[int, set[int]]


class Guard:
    """Keeps out whoever lost a right; where the database cannot be asked, nothing is delivered (fail closed)."""

    def __init__(self, sockets: Sockets, source: Source, readers: Readers) -> None:
        self._sockets = sockets
        self._source = source
        self._readers = readers
        self._checked = time.monotonic()
        self._doubts = 0
        self._settled = 0
        self._one_at_a_time = asyncio.Lock()

    def is_sure(self) -> bool:
        """Whether what was asked last may still be acted upon."""
        return self._doubts == self._settled and time.monotonic() - self._checked <= RIGHTS_SECONDS

    def doubt(self) -> None:
        """Somebody may have lost a right just now: act on no earlier answer."""
        self._doubts += 1

    async def make_sure(self) -> None:
        """Ask unless what is known is good enough; raise where the database cannot be asked."""
        while not self.is_sure():
            await self.check(at_least=time.monotonic())

    async def check(self, *, at_least: float) -> None:
        """Ask about everybody, and close and drop accordingly; an answer asked for after `at_least` is enough."""
        async with self._one_at_a_time:
            if self._doubts == self._settled and self._checked >= at_least:
                return
            doubts, started = self._doubts, time.monotonic()
            sessions, followed = self._sockets.sessions(), self._sockets.readers()
            answer = await self._readers.run(self._ask, sessions, followed)
            self._end_sessions(sessions - answer.sessions.keys())
            for channel_id, people in followed.items():
                self._sockets.drop(channel_id, people - answer.readers.get(channel_id, set()))
            self._settled, self._checked = doubts, started

    def _ask(self, sessions: set[str], followed: Mapping[int, set[int]]) -> Answer:
        readers = self._source.readers(followed)
        return Answer(self._source.live_sessions(sessions), {number: set(people) for number, people in readers.items()})

    def _end_sessions(self, keys: set[str]) -> None:
        for key in keys:
            for socket in list(self._sockets.of_session(key)):
                socket.close(SESSION_OVER)
                self._sockets.remove(socket)

    async def sweep(self) -> None:
        """Run for ever: check every SWEEP_SECONDS, or at once when there is doubt, and cut off who does not read."""
        while True:
            await self._pause()
            for socket in self._sockets.slow():
                socket.close(TOO_SLOW)
            if not len(self._sockets):
                continue
            try:
                await self.check(at_least=time.monotonic())
            except Exception as error:  # the database is away; deliveries wait until it answers
                metrics.failures.labels("sweep").inc()
                log.warning("sweep_failed", error=type(error).__name__)

    async def _pause(self) -> None:
        until = time.monotonic() + SWEEP_SECONDS
        # A doubt that was not settled is asked about after one step, not in a busy loop: the database may be away.
        while time.monotonic() < until:
            await asyncio.sleep(0.1)
            if self._doubts != self._settled:
                return
