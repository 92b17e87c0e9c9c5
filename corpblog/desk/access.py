"""Who may read the desk, who may act there, and who may rule on one case."""

from django.db.models import F
from django.utils.translation import gettext as _

from corpblog.desk.models import Appeal, CaseFile, Hold
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


def check_may_act(person: Person) -> None:
    """Raise unless the person is an officer: auditors read and change nothing."""
    if not can_review(person):
        raise NotAllowed(_("Only compliance officers act at the desk."))


def check_may_handle(person: Person, share: Share) -> None:
    """Raise where the person may neither look after the case nor write about it: it is about their own words."""
    check_may_act(person)
    if had_a_hand(person, share):
        raise NotAllowed(_("You wrote, edited or asked for this share, so it is for another officer."))


def check_may_rule(person: Person, share_id: int) -> None:
    """Raise where the person asked for a second pair of eyes; the gate itself checks everything else."""
    if passed_up_by(person, share_id):
        raise NotAllowed(_("You escalated this case, so another officer has to decide."))
    if overruled(person, share_id):
        raise NotAllowed(_("Your rejection was lifted, so another officer has to decide."))


def may_rule_on_hold(person: Person, hold: Hold) -> bool:
    """Nobody has a say in what is kept of themselves."""
    return hold.person_id != person.pk


def check_may_rule_on_hold(person: Person, hold: Hold) -> None:
    if not may_rule_on_hold(person, hold):
        raise NotAllowed(_("This hold is about you, so other officers rule on it."))


def check_is_second(person: Person, first_id: int) -> None:
    """Raise where the person is the one who asked for what takes two."""
    if person.pk == first_id:
        raise NotAllowed(_("You asked for it, so another officer has to agree."))


def had_a_hand(person: Person, share: Share) -> bool:
    """Whether the person wrote, edited or asked for the share, and therefore never decides on it."""
    return Hand.objects.filter(share=share, person=person).exists()


def overruled(person: Person, share_id: int) -> bool:
    """Whether a colleague lifted this person's rejection of the share as it is."""
    lifted = Appeal.objects.filter(revision__share=share_id, answer=Appeal.Answer.LIFTED, decision__reviewer=person)
    return bool(lifted.filter(revision__share__revision=F("revision")).exists())


def passed_up_by(person: Person, share_id: int) -> bool:
    return bool(CaseFile.objects.filter(share_id=share_id, escalated_by=person).exists())
