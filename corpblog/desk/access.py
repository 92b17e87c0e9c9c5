"""Who may read the desk and who may decide there."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.sharing.models import Hand, Share


def can_read(person: Person) -> bool:
    return has_role(person, Role.COMPLIANCE, Role.AUDITOR)


def can_review(person: Person) -> bool:
    return has_role(person, Role.COMPLIANCE)


def check_may_read(person: Person) -> None:
    if not can_read(person):
        raise NotAllowed(_("The desk is open to compliance officers and auditors."))


def had_a_hand(person: Person, share: Share) -> bool:
    """Whether the person wrote, edited or asked for the share, and therefore never decides on it."""
    return Hand.objects.filter(share=share, person=person).exists()
