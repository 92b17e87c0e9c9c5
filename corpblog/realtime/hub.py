"""The heart of the live feed: one hub per process hears the wake-ups, reads once, renders once, and writes to all.

A wake-up says only that a channel got further. The hub reads what is new since the last sequence it delivered, so a
lost, doubled or late wake-up changes nothing but the moment. While it reads, further wake-ups of the same channel only
raise the mark it reads up to.
"""

import asyncio
import time
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError

from corpblog.realtime import metrics, wakeups
from corpblog.realtime.frames import RESYNC, Parcel
from corpblog.realtime.guard import Guard
from corpblog.realtime.limits import CATCH_UP_EVENTS, RESTART, SOCKETS_PER_PERSON, SOCKETS_PER_SESSION
from corpblog.realtime.pulse import beat, listen, poll
from corpblog.realtime.readers import Readers
from corpblog.realtime.recent import Once
from corpblog.realtime.source import Reading, Source
from corpblog.realtime.topics import Socket, Sockets, Topic
from corpblog.realtime.wakeups import Kind, Wakeup

log = structlog.get_logger(__name__)

# After so many sockets the loop serves somebody else for a turn: 500 writes are about 3 ms.
_WRITES_A_TURN = 500
_ATTEMPTS = 3


class Hub:
    """All live sockets of this process. Everything but `wake` is called on the loop it was started on."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sockets = Sockets()
        self.readers = Readers()
        self.guard = Guard(self.sockets, source, self.readers)
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._epoch: str | None = None
        self._notices = Once()

    def start(self) -> None:
        """Begin to hear wake-ups, to poll, to beat and to sweep."""
        wakeups.deliver_here(self.wake)
        for task in (self.guard.sweep(), poll(self), beat(self)):
            self._spawn(task)
        if settings.REDIS_URL:
            self._spawn(listen(self))

    async def stop(self) -> None:
        """End every task; sockets are left to the server."""
        wakeups.deliver_no_more(self.wake)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.readers.close()

    def _spawn(self, task: Coroutine[Any, Any, None]) -> None:
        # The loop itself keeps only weak references to tasks.
        running = self._loop.create_task(task)
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)

    # Sockets come and go ----------------------------------------------------------------------------------------------

    def has_room_for(self, person_id: int, session_key: str) -> bool:
        """Whether the session and its person may open one more socket here."""
        return (
            len(self.sockets.of_session(session_key)) < SOCKETS_PER_SESSION
            and len(self.sockets.of_person(person_id)) < SOCKETS_PER_PERSON
        )

    def add(self, socket: Socket) -> None:
        self.sockets.add(socket)
        metrics.sockets.set(len(self.sockets))

    def remove(self, socket: Socket) -> None:
        socket.leave_quietly()
        self.sockets.remove(socket)
        metrics.sockets.set(len(self.sockets))

    async def hello(self) -> dict[str, Any]:
        """Return the first message of a socket. Its heads are empty: what is followed is only known after it."""
        if self._epoch is None:
            self._epoch = await self.readers.run(self.source.epoch)
        return {"t": "hello", "v": 1, "heads": {}, "epoch": self._epoch}

    def drain_over(self, seconds: float) -> None:
        """Begin to drain and return."""
        self._spawn(self.drain(seconds))

    async def drain(self, seconds: float) -> None:
        """Send every page elsewhere, spread over `seconds`, so that they do not all come back in one moment."""
        waiting = list(self.sockets.all)
        for socket in waiting:
            socket.close(RESTART)
            self.remove(socket)
            await asyncio.sleep(seconds / len(waiting))

    # Following channels -----------------------------------------------------------------------------------------------

    async def follow(self, socket: Socket, channel_ids: Iterable[int], after: Mapping[int, int]) -> None:
        """Make these the channels a socket follows; give it first what it missed since `after`.

        Channels that do not exist and those the person may not read are left out alike, without a word.
        """
        heads = await self.readers.run(self.source.opening, socket.person, set(channel_ids))
        for channel_id in list(socket.at):
            if channel_id not in heads or after.get(channel_id, socket.at[channel_id]) < socket.at[channel_id]:
                self.sockets.leave(socket, channel_id)
        new = [channel_id for channel_id in heads if channel_id not in socket.at]
        starts = {channel_id: after.get(channel_id, heads[channel_id]) for channel_id in new}
        if _is_too_far_behind(starts, heads):
            socket.write(RESYNC)
            starts = {channel_id: heads[channel_id] for channel_id in new}
        for channel_id in new:
            await self._catch_up(socket, channel_id, starts[channel_id], heads[channel_id])

    async def _catch_up(self, socket: Socket, channel_id: int, at: int, head: int) -> None:
        """Bring a socket to where its channel's other sockets are, then let it in. No await lies between the two."""
        while at < (target := self._target(channel_id, head)):
            reading = await self._read(channel_id, at, target, {socket.language})
            if reading.last > at:
                socket.write(reading.parcel(socket.language))
            # Where old events were cleared away there is nothing between: the page sees the hole by the numbers.
            at = reading.last if at < reading.last < target else target
        if socket in self.sockets.all and socket.is_open:
            self._begin(self.sockets.join(socket, channel_id, at, max(at, head)))

    def _target(self, channel_id: int, head: int) -> int:
        topic = self.sockets.topics.get(channel_id)
        return max(head, topic.delivered) if topic else head

    async def _read(self, channel_id: int, after: int, upto: int | None, languages: set[str]) -> Reading:
        return await self.readers.run(self.source.read, channel_id, after, upto, languages)

    # Wake-ups ---------------------------------------------------------------------------------------------------------

    def wake(self, wakeup: Wakeup) -> None:
        """Take a wake-up from any thread."""
        self._loop.call_soon_threadsafe(self.receive, wakeup)

    def receive(self, wakeup: Wakeup) -> None:
        """Act on a wake-up."""
        if wakeup.kind is Kind.NOTICE:
            self._notices.only_new([wakeup])  # so that the next look at the database does not tell of it again
        match wakeup.kind:
            case Kind.POST:
                self.advance(wakeup.number, wakeup.upto)
            case Kind.RIGHTS:
                if self.sockets.of_person(wakeup.number):
                    self.guard.doubt()
            case Kind.CHANNEL:
                if wakeup.number in self.sockets.topics:
                    self.guard.doubt()
            case Kind.NOTICE:
                if self.sockets.of_person(wakeup.number):
                    self._spawn(self._notice(wakeup.number, wakeup.upto))
            case Kind.READ:
                if self.sockets.of_person(wakeup.number):
                    self._spawn(self._unread(wakeup.number))
            case Kind.SHARE:
                if len(self.sockets):
                    self._spawn(self._share(wakeup.number))

    def receive_found(self, wakeup: Wakeup) -> None:
        """Act on what a look at the database found, unless a wake-up brought the same notice before."""
        if wakeup.kind is not Kind.NOTICE or self._notices.only_new([wakeup]):
            self.receive(wakeup)

    def advance(self, channel_id: int, seq: int) -> bool:
        """Learn that a channel reached `seq`; return whether that was news to a socket here."""
        topic = self.sockets.topics.get(channel_id)
        if topic is None:
            return False
        is_news = topic.raise_head(seq)
        self._begin(topic)
        return is_news

    def _begin(self, topic: Topic) -> None:
        if topic.head > topic.delivered and not topic.is_delivering:
            topic.is_delivering = True
            self._spawn(self._deliver(topic))

    async def _deliver(self, topic: Topic) -> None:
        started = time.monotonic()
        try:
            while topic.sockets and topic.head > topic.delivered:
                await self._deliver_once(topic)
                topic.failures = 0
            metrics.delivery.observe(time.monotonic() - started)
        except (DatabaseError, OSError) as error:  # the database is away: polling comes back to this channel
            metrics.failures.labels("deliver").inc()
            log.warning("delivery_failed", channel_id=topic.channel_id, error=repr(error))
        except Exception:
            metrics.failures.labels("deliver").inc()
            log.exception("delivery_failed", channel_id=topic.channel_id)
            self._give_up_in_time(topic)
        finally:
            topic.is_delivering = False

    def _give_up_in_time(self, topic: Topic) -> None:
        """Pass over an event that cannot be drawn: it must not keep back for ever what comes after it."""
        topic.failures += 1
        if topic.failures < _ATTEMPTS:
            return
        topic.failures, topic.delivered = 0, topic.head
        for socket in list(topic.sockets):
            socket.at[topic.channel_id] = topic.head
            socket.write(RESYNC)

    async def _deliver_once(self, topic: Topic) -> None:
        reading = await self._read(topic.channel_id, topic.delivered, None, topic.languages())
        if reading.last <= topic.delivered:
            # Whoever said there was more was wrong; pages must not be sent looking for it.
            topic.head = topic.delivered
            return
        await self._complete(topic, reading)
        await self._write_to_all(topic, reading)

    async def _complete(self, topic: Topic, reading: Reading) -> None:
        """Make sure that everybody in the topic may read it now, and that each has their language."""
        while True:
            missing = topic.languages() - reading.frames.keys()
            if missing:
                reading.add(await self._read(topic.channel_id, topic.delivered, reading.last, missing))
            elif not self.guard.is_sure():
                await self.guard.make_sure()
            else:
                return

    async def _write_to_all(self, topic: Topic, reading: Reading) -> None:
        """Write the same bytes to every socket. The topic moves on first: who joins meanwhile has these already."""
        before, topic.delivered = topic.delivered, reading.last
        topic.raise_head(reading.last)
        metrics.deliveries.inc(len(topic.sockets) * (reading.last - before))
        for count, socket in enumerate(list(topic.sockets), start=1):
            at = socket.at.get(topic.channel_id)
            if at is not None and at < reading.last:
                ready = reading.parcel(socket.language) if at == before else reading.parcel_after(socket.language, at)
                socket.at[topic.channel_id] = reading.last
                socket.write(ready)
            if count % _WRITES_A_TURN == 0:
                await asyncio.sleep(0)

    # To one person ----------------------------------------------------------------------------------------------------

    async def _notice(self, person_id: int, notice_id: int) -> None:
        person = next((socket.person for socket in self.sockets.of_person(person_id)), None)
        if person is None:
            return
        languages = {socket.language for socket in self.sockets.of_person(person_id)}
        found = await self._try("notice", self.readers.run(self.source.notice, person, notice_id, languages))
        await self._tell(person_id, found or {})

    async def _unread(self, person_id: int) -> None:
        person = next((socket.person for socket in self.sockets.of_person(person_id)), None)
        told = await self._try("unread", self.readers.run(self.source.unread, person)) if person else None
        if told:
            languages = {socket.language for socket in self.sockets.of_person(person_id)}
            await self._tell(person_id, dict.fromkeys(languages, told))

    async def _share(self, share_id: int) -> None:
        found = await self._try("share", self.readers.run(self.source.share, share_id, self.sockets.people()))
        for person_id, told in (found or {}).items():
            languages = {socket.language for socket in self.sockets.of_person(person_id)}
            await self._tell(person_id, dict.fromkeys(languages, told))

    async def _tell(self, person_id: int, by_language: Mapping[str, Parcel]) -> None:
        await self._try("rights", self.guard.make_sure())
        if self.guard.is_sure():
            for socket in list(self.sockets.of_person(person_id)):
                if socket.language in by_language:
                    socket.write(by_language[socket.language])

    async def _try(self, task: str, work: Coroutine[Any, Any, Any]) -> Any:
        """Do without what cannot be read now: the page shows it when it is loaded."""
        try:
            return await work
        except Exception as error:
            metrics.failures.labels(task).inc()
            log.warning("live_read_failed", task=task, error=repr(error))
            return None


def _is_too_far_behind(starts: Mapping[int, int], heads: Mapping[int, int]) -> bool:
    """Whether loading the page afresh is cheaper than catching up, or the numbers are of another time (a restore)."""
    missed = [heads[channel_id] - at for channel_id, at in starts.items()]
    return sum(missed) > CATCH_UP_EVENTS or any(number < 0 for number in missed)
