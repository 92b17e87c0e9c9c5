"""What this package keeps of somebody, for the export."""

from collections.abc import Iterator

from django.db.models import Q

from corpblog.people.exports import Table
from corpblog.people.models import Person
from corpblog.sharing.models import Destination, Share


def gather(person: Person) -> Iterator[Table]:
    """What somebody asked to be sent outside and what became of it, and their own accounts; never officers' reasons."""
    rows = Share.objects.filter(Q(author=person) | Q(requester=person)).select_related("destination").order_by("pk")
    yield Table(
        "shares",
        (
            {
                "id": str(share.pk),
                "post": str(share.post_id),
                "destination": share.destination.name,
                "state": share.state,
                "asked_at": share.created_at,
                "changed_at": share.changed_at,
                "words": share.words if share.requester_id == person.pk else "",
                "reason": share.justification if share.requester_id == person.pk else "",
            }
            for share in rows.iterator(500)
        ),
    )
    accounts = Destination.objects.own(person).order_by("pk")
    yield Table(
        "own_accounts",
        [
            {
                "network": account.kind,
                "name": account.name,
                "account": account.remote_account,
                "connected_at": account.created_at,
                "is_connected": account.is_open,
            }
            for account in accounts
        ],
    )
