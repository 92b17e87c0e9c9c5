"""What this package keeps of somebody, for the export."""

from collections.abc import Iterator
from itertools import chain

from corpblog.notifications.models import ChannelLevel, Keyword, Notice, Reach, Rhythm
from corpblog.people.exports import Table
from corpblog.people.models import Person


def gather(person: Person) -> Iterator[Table]:
    """What somebody wished to be told, and when they were; notices quote others, so their words are left out."""
    wishes = [{"keyword": row.phrase} for row in Keyword.objects.filter(person=person).order_by("pk")]
    levels = ChannelLevel.objects.filter(person=person).select_related("channel").order_by("pk")
    wishes += [{"channel": row.channel.name, "level": row.level} for row in levels]
    wishes += [{"kind": row.kind, "how": row.how} for row in Reach.objects.filter(person=person).order_by("pk")]
    rhythms = Rhythm.objects.filter(person=person).values("digest", "quiet_from", "quiet_to")
    yield Table("notice_wishes", chain(wishes, rhythms))
    yield Table("notices", Notice.objects.filter(person=person).order_by("pk").values("kind", "created_at").iterator())
