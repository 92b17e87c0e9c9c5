"""A person looked outside and says whether it is there."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Conflict, NotAllowed, NotFound
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.sharing import access
from corpblog.sharing.connectors.base import Arrived
from corpblog.sharing.models import Job, Share
from corpblog.sharing.models.outbox import FOUND_BY_A_PERSON
from corpblog.sharing.services import sealing, sending
from corpblog.sharing.services.telling import told


@transaction.atomic
def settle_unknown(*, by: Person, share: Share, sent: bool, url: str = "") -> Share:
    """Write down what a person found outside; it is never sent again by machine."""
    if not (access.can_stop(by, share) or has_role(by, Role.COMPLIANCE, Role.CONNECTOR_ADMIN)):
        raise NotAllowed(_("You cannot settle this share."))
    job_id = Job.objects.filter(share=share).values_list("pk", flat=True).first()
    case = sealing.case_of(job_id) if job_id else None
    if case is None:
        raise NotFound(_("This share was never sent."))
    if case.share.state != Share.State.UNKNOWN:
        raise Conflict(_("This share is settled already."))
    if sent:
        sending.arrived(case, Arrived(remote_id=f"{FOUND_BY_A_PERSON}{case.job.pk}", url=url), how="person")
    else:
        case.job.state = Job.State.FAILED
        case.job.save()
        case.share.state, case.share.note = Share.State.FAILED, "person_says"
        case.share.save()
        told(case.share, by=by)
    record(action="share.settled", actor_id=by.pk, subject=case.share.subject, sent=sent)
    return case.share
