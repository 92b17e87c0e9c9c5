"""Who may see how the audit log is kept."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role


def check_may_see_anchors(person: Person) -> None:
    """Raise unless the person proves things with the log, or repairs what keeps it."""
    if not has_role(person, Role.COMPLIANCE, Role.AUDITOR, Role.SYSTEM_ADMIN):
        raise NotAllowed(_("The state of the audit log is for officers, auditors and administrators."))
