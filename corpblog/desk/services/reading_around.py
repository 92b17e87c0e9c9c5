"""Read what stands around a case in rooms that the officer is no member of; the log says so first."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access, pseudonyms
from corpblog.desk.selectors.around import Around, around
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.sharing.models import Share


@transaction.atomic
def read_around(*, by: Person, share_id: int) -> Around:
    """Return everything around the case's post. Which closed posts were read is an entry of the case's audit trail.

    Officers only, and nobody about their own words. Raises NotFound where there is no such case.
    """
    share = Share.objects.for_rows().filter(pk=share_id).first()
    if share is None:
        raise NotFound(_("There is no such case."))
    access.check_may_handle(by, share)
    author = pseudonyms.authors(by, [share])[share.pk]
    found = around(by, share, pseudonyms.names(by, share), is_masked=author.is_masked, opens=True)
    if found.closed:
        record(action="desk.thread_read", actor_id=by.pk, subject=share.subject, posts=found.closed)
    return found
