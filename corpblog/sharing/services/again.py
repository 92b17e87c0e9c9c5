"""Send a dead letter again, once what kept it back is mended."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Conflict, NotFound
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Repeat, repeat_of
from corpblog.sharing.models import Job, Share
from corpblog.sharing.services import sealing
from corpblog.sharing.services.sealing import Case
from corpblog.sharing.services.telling import told


@transaction.atomic
def send_again(*, by: Person, share: Share) -> Share:
    """Put a dead letter back into the outbox, under the same key; it is sealed anew, with every check.

    Only what is certainly not outside, or lies where a repetition is recognised. All else a person settles.
    """
    access.check_may_connect(by)
    job_id = Job.objects.filter(share=share).values_list("pk", flat=True).first()
    case = sealing.case_of(job_id) if job_id else None
    if case is None:
        raise NotFound(_("This share was never sent."))
    if case.share.is_copy:
        # On somebody's own account nobody else posts; they say it anew themselves.
        raise NotFound(_("There is no such share."))
    if not is_dead_letter(case.share, case.now):
        raise Conflict(_("Look there first, then say whether it arrived: it could arrive twice."))
    _check_alone(case)
    was, case.job.tries, case.job.trouble, case.job.told = case.share.state, 0, "", ""
    case.share.state, case.share.note = Share.State.SENDING, ""
    sealing.back_to_waiting(case)
    record(action="share.sent_again", actor_id=by.pk, subject=case.share.subject, was=was, digest=case.share.digest)
    told(case.share, by=by)
    return case.share


def is_dead_letter(share: Share, now: datetime) -> bool:
    """Whether it may be sent again without a look outside."""
    if share.state == Share.State.FAILED:
        return True
    connector = connector_for(share.destination.kind)
    first = share.job.first_call_at
    is_correction = share.corrects_id is not None
    is_recognised = first is not None and (is_correction or now - first < connector.patience.key_lasts)
    repeat = repeat_of(connector, is_correction=is_correction)
    return share.state == Share.State.UNKNOWN and repeat is Repeat.KEY and is_recognised


def _check_alone(case: Case) -> None:
    others = Share.objects.filter(post=case.post, destination=case.destination).exclude(pk=case.share.pk)
    if case.share.corrects_id is not None:
        # What it corrects is there, and so are the corrections before it; only a later one would be overwritten.
        others = others.filter(corrects=case.share.corrects_id, pk__gt=case.share.pk)
    if others.exclude(state__in=(Share.State.WITHDRAWN, Share.State.FAILED)).exists():
        raise Conflict(_("The post was asked for there anew, so this one stays as it is."))
