"""Move read marks. They only ever go forward, whatever order two devices speak in."""

from django.db import transaction

from corpblog.people.models import Person
from corpblog.teams.access import must_read
from corpblog.teams.events import ReadMarkMoved, read_mark_moved
from corpblog.teams.models import Channel, ChannelCounter, Membership


@transaction.atomic
def mark_read(*, by: Person, channel: Channel, number: int) -> int:
    """Set the mark to the post with that number, and return how many are unread now.

    Who saw the newest post that is still there has read all. A number from the future is taken for that one: a page
    cannot hide posts that are still to come.
    """
    must_read(by, channel)
    counter = ChannelCounter.objects.get(channel=channel)
    upto = counter.posts if number >= counter.last_number else number
    mine = Membership.objects.filter(person=by, channel=channel)
    moved = mine.filter(read_posts__lt=upto).update(read_posts=upto)
    unread = mine.values_list(Membership.unread(), flat=True).first() or 0
    if moved:
        read_mark_moved.publish(ReadMarkMoved(by.pk, channel.pk, unread))
    return unread


def advance_own_mark(*, person: Person, channel_id: int, number: int) -> None:
    """Count one's own post as read where nothing before it was unread; runs in the post's transaction."""
    mine = Membership.objects.filter(person=person, channel_id=channel_id)
    mine.filter(read_posts=number - 1).update(read_posts=number)
