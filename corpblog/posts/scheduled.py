"""What somebody has scheduled; nobody else sees it."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.posts.models import ScheduledPost


def scheduled_of(person: Person) -> list[ScheduledPost]:
    """Return somebody's scheduled posts, what was returned first, then in the order in which they are posted."""
    rows = ScheduledPost.objects.filter(author=person).select_related("channel__person").order_by("send_at", "pk")
    return sorted(rows, key=lambda row: row.state != ScheduledPost.State.RETURNED)


def scheduled_for(person: Person, number: int) -> ScheduledPost:
    """Return one of somebody's own; NotFound for every other number."""
    found = ScheduledPost.objects.filter(author=person, pk=number).select_related("channel__person", "author").first()
    if found is None:
        raise NotFound(_("This scheduled post is not there any more: it was posted, or you took it away."))
    return found
