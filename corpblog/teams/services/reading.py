"""Move read marks. They only ever go forward, whatever order two devices speak in."""

from django.db import transaction
from django.db.models import BigIntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Greatest, Least

from corpblog.people.models import Person
from corpblog.teams.access import must_read
from corpblog.teams.events import ReadMarkMoved, read_mark_moved
from corpblog.teams.models import Channel, ChannelCounter, Membership


@transaction.atomic
def mark_read(*, by: Person, channel: Channel, number: int) -> int:
    """Set the mark to the post with that number, and return how many are unread now.

    A number from the future is taken for the newest: a page cannot hide posts that are still to come.
    """
    must_read(by, channel)
    newest = Subquery(ChannelCounter.objects.filter(channel=OuterRef("channel")).values("posts"))
    bounded = Value(min(max(number, 0), 2**63 - 1), output_field=BigIntegerField())
    mine = Membership.objects.filter(person=by, channel=channel)
    moved = mine.filter(read_posts__lt=bounded).update(read_posts=Greatest("read_posts", Least(newest, bounded)))
    unread = mine.values_list(Membership.unread(), flat=True).first() or 0
    if moved:
        read_mark_moved.publish(ReadMarkMoved(by.pk, channel.pk, unread))
    return unread


def advance_own_mark(*, person: Person, channel_id: int, number: int) -> None:
    """Count one's own post as read where nothing before it was unread; runs in the post's transaction."""
    mine = Membership.objects.filter(person=person, channel_id=channel_id)
    mine.filter(read_posts=number - 1).update(read_posts=number)
