"""The queries of home and of what one missed: what is newest in each of somebody's channels, without any feed table.

Direct conversations are read where they are: home is open on screens that others see.

Measured on 5,000,000 posts: taking the newest of the channels with the newest posts costs twice one range scan of an
index and does not grow with the table, where a join grows and a feed table would cost a write per reader.
"""

from collections.abc import Collection, Sequence

from django.db import connection
from django.db.models.expressions import RawSQL

from corpblog.people.models import Person

_NEWEST_CHANNELS = """
    SELECT membership.channel_id FROM teams_membership membership
    JOIN teams_channelcounter counter ON counter.channel_id = membership.channel_id
    JOIN teams_channel channel ON channel.id = membership.channel_id AND channel.kind <> 'direct'
    WHERE membership.person_id = %s AND counter.last_post_id IS NOT NULL
    ORDER BY counter.last_post_id DESC LIMIT %s
"""
_ALL_CHANNELS = """
    SELECT membership.channel_id FROM teams_membership membership
    JOIN teams_channel channel ON channel.id = membership.channel_id AND channel.kind <> 'direct'
    WHERE membership.person_id = %s
"""
_NEWEST_OF_CHANNEL = """
    SELECT post.id FROM posts_post post
    WHERE post.channel_id = mine.channel_id AND post.is_listed {older} ORDER BY post.id DESC LIMIT %s
"""
_UNREAD_CHANNELS = """
    SELECT membership.channel_id, membership.read_posts FROM teams_membership membership
    WHERE membership.person_id = %s AND membership.channel_id IN ({channels})
"""
# By number, as the read mark counts: in a channel with little that is unread, its index ends the search at the mark.
_UNREAD_OF_CHANNEL = """
    SELECT post.id FROM posts_post post
    WHERE post.channel_id = mine.channel_id AND post.number > mine.read_posts AND post.is_listed
    AND post.deleted_at IS NULL ORDER BY post.number DESC LIMIT %s
"""
_LATERAL = "SELECT newest.id FROM ({mine}) mine CROSS JOIN LATERAL ({newest}) newest ORDER BY newest.id DESC LIMIT %s"
# SQLite has no LATERAL, but a table function may look at the row before it; three times as fast as a correlated IN.
_EACH = """
    SELECT newest.value FROM ({mine}) mine CROSS JOIN json_each((SELECT json_group_array(id) FROM ({newest}))) newest
    ORDER BY newest.value DESC LIMIT %s
"""


def home_ids(person: Person, cursor: int | None, limit: int) -> RawSQL:
    """Return the subquery of the ids of one page of somebody's home.

    The first page looks only at as many channels as it has posts: one more channel could add nothing newer.
    """
    mine = _NEWEST_CHANNELS if cursor is None else _ALL_CHANNELS
    newest = _NEWEST_OF_CHANNEL.format(older="" if cursor is None else "AND post.id < %s")
    first_page, later_page = [person.pk, limit, limit, limit], [person.pk, cursor, limit, limit]
    return _of_each(mine, newest, first_page if cursor is None else later_page)


def unread_ids(person: Person, channel_ids: Collection[int], each: int) -> RawSQL:
    """Return the subquery of the ids of the newest unread threads of each channel, one at least.

    each: how many at most of one channel, however many another one has.
    """
    mine = _UNREAD_CHANNELS.format(channels=", ".join(["%s"] * len(channel_ids)))
    return _of_each(mine, _UNREAD_OF_CHANNEL, [person.pk, *channel_ids, each, each * len(channel_ids)])


def _of_each(mine: str, newest: str, numbers: Sequence[int | None]) -> RawSQL:
    shape = _LATERAL if connection.vendor == "postgresql" else _EACH
    return RawSQL(shape.format(mine=mine, newest=newest), numbers)  # noqa: S611
