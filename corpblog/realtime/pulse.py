"""What the hub does by the clock: beat, ask the database, and listen to Redis for as long as it lives."""

import asyncio
import random
import time
from typing import TYPE_CHECKING

import structlog
from channels.layers import get_channel_layer
from django.conf import settings

from corpblog.realtime import metrics
from corpblog.realtime.frames import Parcel, frame, parcel
from corpblog.realtime.limits import BEAT_SECONDS, POLL_SECONDS, POLL_SECONDS_WITH_REDIS
from corpblog.realtime.topics import Socket, Topic
from corpblog.realtime.wakeups import GROUP, parse

if TYPE_CHECKING:
    from corpblog.realtime.hub import Hub

log = structlog.get_logger(__name__)


async def beat(hub: "Hub") -> None:
    """Run for ever: tell each socket at times where its channels stand, so that pages see what they missed."""
    while True:
        await asyncio.sleep(1)
        now = time.monotonic()
        ready: dict[tuple[tuple[int, int], ...], Parcel] = {}
        for socket in list(hub.sockets.all):
            if now - socket.beaten < BEAT_SECONDS:
                continue
            # Where rights are in doubt a beat still keeps the connection alive, but tells nothing.
            heads = tuple(_changed_heads(hub.sockets.topics, socket)) if hub.guard.is_sure() else ()
            if heads not in ready:
                ready[heads] = parcel([frame({"t": "beat", "heads": {str(number): seq for number, seq in heads}})])
            socket.beaten = now
            socket.write(ready[heads])


def _changed_heads(topics: dict[int, Topic], socket: Socket) -> list[tuple[int, int]]:
    """Return where the channels stand that moved since the socket's last beat."""
    found = []
    for channel_id in socket.at:
        topic = topics.get(channel_id)
        if topic and topic.changed >= socket.beaten:
            # What is being read just now is not missing yet.
            found.append((channel_id, topic.delivered if topic.is_delivering else topic.head))
    return found


async def poll(hub: "Hub") -> None:
    """Run for ever: ask the database what is new, because a wake-up may be lost, and because without Redis those of
    other processes (the worker, commands) never come. One query for all channels, one for each other kind of news.
    """
    has_looked = False
    while True:
        # The first look learns where things stand, so it comes before the first page waits for news: what it finds is
        # taken for old, and a mention made in the first second after a start was never told.
        if len(hub.sockets) or not has_looked:
            try:
                await _ask_what_is_new(hub)
                has_looked = True
            except Exception as error:  # the database is away: the next round asks again
                metrics.failures.labels("poll").inc()
                log.warning("poll_failed", error=repr(error))
        await asyncio.sleep(POLL_SECONDS_WITH_REDIS if settings.REDIS_URL else POLL_SECONDS)


async def _ask_what_is_new(hub: "Hub") -> None:
    heads = await hub.readers.run(hub.source.heads, list(hub.sockets.topics))
    for channel_id, seq in heads.items():
        if hub.advance(channel_id, seq):
            metrics.polled.inc()
    for wakeup in await hub.readers.run(hub.source.news, hub.sockets.people()):
        hub.receive_found(wakeup)


async def listen(hub: "Hub") -> None:
    """Run for ever: this process's one subscription to the wake-ups of the others.

    Once subscribed, the layer finds back to a restarted Redis by itself; what was sent meanwhile is lost, and polled.
    """
    layer = get_channel_layer()
    while True:
        try:
            channel = await layer.new_channel()
            await layer.group_add(GROUP, channel)
            while True:
                wakeup = parse(await layer.receive(channel))
                if wakeup:
                    hub.receive(wakeup)
        except Exception as error:  # Redis is away at the start, or spoke what the layer cannot read
            metrics.failures.labels("listen").inc()
            log.warning("no_wakeups_from_redis", error=repr(error))
            await asyncio.sleep(random.uniform(1, 3))  # noqa: S311  (spreads processes, hides nothing)
