"""A channel's events as the messages that live pages understand; sockets and the catch-up page send the same ones."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from corpblog.posts.models import ChannelEvent
from corpblog.posts.rendering import render_card
from corpblog.posts.selectors import events_after

Message = dict[str, Any]


class Numbered(NamedTuple):
    """One event's message with its number in the channel."""

    seq: int
    message: Message


def messages_after(
    channel_id: int, after: int, languages: Iterable[str], *, upto: int | None = None, limit: int = 100
) -> dict[str, list[Numbered]]:
    """Return the channel's next events in each language, oldest first, one query.

    Whoever calls has made sure that the reader may read the channel. A post is shown as it stands now, also for events
    of its past: what was deleted or edited away since must not come back through a late reader.
    """
    events = [event for event in events_after(channel_id, after, limit) if upto is None or event.seq <= upto]
    return {language: _messages(events, language) for language in languages}


def _messages(events: list[ChannelEvent], language: str) -> list[Numbered]:
    cards: dict[int, str] = {}
    for event in events:
        if event.post_id not in cards:
            cards[event.post_id] = render_card(event.post, language)
    return [Numbered(event.seq, _message(event, cards[event.post_id])) for event in events]


def _message(event: ChannelEvent, card: str) -> Message:
    post = event.post
    return {
        "t": "post",
        "c": event.channel_id,
        "s": event.seq,
        # Text: numbers of 63 bits do not fit into a script's numbers.
        "id": str(post.pk),
        "kind": event.kind,
        "cid": post.client_key or None,
        "by": post.author_id,
        "thread": str(post.root_id) if post.root_id else None,
        "html": card,
    }
