"""Change the order in which what waits at a destination leaves: two neighbours change their times."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Conflict, NotAllowed
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.models import Share
from corpblog.sharing.services import following, locks
from corpblog.sharing.services.planning import replanned
from corpblog.sharing.services.timing import standing_in_line


def move_in_queue(*, by: Person, share: Share, earlier: bool) -> Share:
    """Let the share change places with the one before it, or after it; both are judged anew, for their times change.

    Raises NotAllowed where one of the two is not the person's to move, Conflict where there is no such neighbour or the
    queue changed meanwhile.
    """
    other = _neighbour(share, earlier=earlier)
    for one in (share, other):
        if not access.can_reorder(by, one):
            raise NotAllowed(_("That place belongs to somebody else’s share. Ask communications to change the order."))
        # Asks servers of strangers, so it comes before the locks.
        following.follow_links_of_wish(one.post, one.destination, one.wish)
    return _swapped(by, share, other)


def _neighbour(share: Share, *, earlier: bool) -> Share:
    if share.send_at is None:
        raise Conflict(_("It waits for no time. Choose one on its own page."))
    line = standing_in_line(share.destination).for_rows()
    side = line.filter(send_at__lt=share.send_at).reverse() if earlier else line.filter(send_at__gt=share.send_at)
    found: Share | None = side.first()
    if found is None:
        raise Conflict(_("It is the first already.") if earlier else _("It is the last already."))
    return found


@transaction.atomic
def _swapped(by: Person, share: Share, other: Share) -> Share:
    destination = locks.destination(share.destination_id)
    times = dict(standing_in_line(destination).filter(pk__in=[share.pk, other.pk]).values_list("pk", "send_at"))
    if times != {share.pk: share.send_at, other.pk: other.send_at}:
        raise Conflict(_("The queue changed meanwhile. Look at it as it is now."))
    replanned(by, other.pk, replace(other.wish, send_at=share.send_at, zone=share.zone))
    return replanned(by, share.pk, replace(share.wish, send_at=other.send_at, zone=other.zone))
