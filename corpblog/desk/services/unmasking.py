"""See who is behind a pseudonym: one officer asks, another agrees or refuses."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import Unmasking
from corpblog.desk.services import calling
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person, Role
from corpblog.sharing.models import Hand, Share
from corpblog.sharing.services import locks
from corpblog.sharing.services.telling import told


@transaction.atomic
def ask_to_unmask(*, by: Person, share_id: int, reason: str) -> Unmasking:
    """Ask a colleague to agree that the names of a share be shown; the reason stands in the report."""
    share = _handled(by, share_id)
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason:
        raise Invalid(_("Say why you need the name."))
    if len(reason) > Unmasking.LONGEST:
        raise Invalid(_("This is too long: 500 characters at most."))
    try:
        with transaction.atomic():
            made: Unmasking = Unmasking.objects.create(share=share, asked_by=by, reason=reason, asked_at=clock.now())
    except IntegrityError as error:
        raise Conflict(_("Somebody asked for these names already.")) from error
    record(action="desk.unmasking_asked", actor_id=by.pk, subject=share.subject)
    hands = Hand.objects.filter(share=share).values("person")
    able = Person.objects.filter(is_active=True, roles__role=Role.COMPLIANCE).exclude(pk__in=hands)
    calling.call(able, share, calling.Step.UNMASKING, by=by)
    told(share, was_silent=True)
    return made


@transaction.atomic
def agree_to_unmask(*, by: Person, share_id: int) -> Unmasking:
    """Agree, as a second officer: from then on the desk shows the names of this share."""
    share = _handled(by, share_id)
    found = _open(share)
    if found.asked_by_id == by.pk:
        raise NotAllowed(_("You asked for the name, so another officer has to agree."))
    found.agreed_by, found.agreed_at = by, clock.now()
    found.save()
    record(action="desk.unmasked", actor_id=by.pk, subject=share.subject, asked_by=found.asked_by_id)
    calling.call_off(share.pk, calling.Step.UNMASKING)
    told(share, was_silent=True)
    return found


@transaction.atomic
def refuse_to_unmask(*, by: Person, share_id: int) -> Unmasking:
    """Refuse, or take back what one asked for: the names stay hidden, and the report says so."""
    share = _handled(by, share_id)
    found = _open(share)
    found.refused_by, found.refused_at = by, clock.now()
    found.save()
    record(action="desk.unmasking_refused", actor_id=by.pk, subject=share.subject, asked_by=found.asked_by_id)
    calling.call_off(share.pk, calling.Step.UNMASKING)
    told(share, was_silent=True)
    return found


def _open(share: Share) -> Unmasking:
    found: Unmasking | None = Unmasking.objects.open().select_for_update(of=("self",)).filter(share=share).first()
    if found is None:
        raise Conflict(_("Nobody is waiting for an agreement here."))
    return found


def _handled(by: Person, share_id: int) -> Share:
    share = locks.share(share_id)
    access.check_may_handle(by, share)
    if not settings.DESK_PSEUDONYMS:
        raise Conflict(_("The desk shows names, so there is nothing to unmask."))
    return share
