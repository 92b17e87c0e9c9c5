"""What this package keeps of somebody, for the export."""

from collections.abc import Iterator

from corpblog.people.exports import Table
from corpblog.people.models import Person


def gather(person: Person) -> Iterator[Table]:
    """The channels somebody is in, and where they asked to be let in."""
    rows = person.memberships.select_related("channel").order_by("pk")
    yield Table(
        "channels",
        [
            {
                "channel": row.channel.name,
                "kind": row.channel.kind,
                "role": row.role,
                "source": row.source,
                "joined_at": row.joined_at,
                "read_posts": row.read_posts,
            }
            for row in rows
        ],
    )
