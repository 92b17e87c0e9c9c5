"""Find out whether a call whose answer is unclear arrived, before anything is repeated."""

import itertools
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q

from corpblog.audit.services import record
from corpblog.sharing import canonical, guards
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Arrived, Refused, Repeat, Unclear, Watchable, repeat_of
from corpblog.sharing.models import Job, Receipt, Share, ThreadPart
from corpblog.sharing.services import sealing, sending
from corpblog.sharing.services.sealing import Case

log = structlog.get_logger(__name__)


def settle_doubt(*, job_id: int, worker: str) -> None:
    """Take one step to find out whether a doubtful job arrived: repeat under the same key, or look outside."""
    step = _doubt_step(job_id, worker)
    if step is None:
        return
    lease, call, since, known = step
    if since is None:
        sending.finish(job_id=job_id, lease=lease, outcome=sending.attempt(call))
        return
    try:
        found = _find(call, since, known)
    except (Refused, Unclear) as trouble:
        _note_look(job_id, lease, trouble)
        return
    except Exception:
        log.exception("connector_failed", job=job_id)
        _note_look(job_id, lease, Unclear("connector_failed"))
        return
    _looked(job_id, lease, found)


def _find(call: sending.Call, since: datetime, known: frozenset[str]) -> Arrived | None:
    """Look for what was published; of a correction, whether the post that it corrects says these words."""
    if not call.payload.is_correction:
        return call.connector.find(call.payload, call.target, since=since, known=known)
    if not isinstance(call.connector, Watchable):
        raise Unclear("timeline")
    seen = call.connector.look(call.payload.content["corrects"]["remote_id"], call.target)
    is_there = seen is not None and seen.text.split() == call.payload.content["text"].split()
    return Arrived(seen.remote_id, seen.url) if seen is not None and is_there else None


@transaction.atomic
def _doubt_step(job_id: int, worker: str) -> tuple[int, sending.Call, datetime | None, frozenset[str]] | None:
    """Lease a doubtful job and choose: repeat (no `since`), or look for what came since our first call."""
    case = sealing.case_of(job_id)
    if case is None or case.job.state != Job.State.DOUBTFUL:
        return None
    if sending.has_arrived(case):
        return None
    job = case.job
    lease = sealing.take_lease(job, worker, case.now)
    call = sending.call_of(job, case.destination, case.now)
    repeat = repeat_of(call.connector, is_correction=call.payload.is_correction)
    if repeat is Repeat.BLIND:
        sending.end(case, Job.State.UNKNOWN, Share.State.UNKNOWN, job.trouble)
        return None
    assert job.first_call_at is not None
    if repeat is Repeat.KEY and _key_still_tells(case) and _may_still_go(case):
        job.state, job.last_call_at = Job.State.CALLING, case.now
        job.save()
        return lease, call, None, frozenset()
    if _another_looks_first(case):
        job.due_at, job.lease_until = case.now + sending.LOOK_AFTER, None
        # Waiting for one's turn uses up no try.
        job.tries = max(0, job.tries - 1)
        job.save()
        return None
    job.save()
    known = [
        ours.objects.filter(destination=case.destination).order_by("-id").values_list("remote_id", flat=True)[:1000]
        for ours in (Receipt, ThreadPart)
    ]
    return lease, call, job.first_call_at, frozenset(itertools.chain(*known))


def _another_looks_first(case: Case) -> bool:
    """Whether the same words were called there before ours and may be there: out there nobody tells the two apart.

    Whoever was called first takes the oldest, so each gets its own. Later parts of a thread need not: they are known
    by what they hang under.
    """
    if case.job.parts.exists():
        return False
    called = Job.objects.filter(share__destination=case.destination, state__in=[Job.State.CALLING, Job.State.DOUBTFUL])
    before = called.filter(
        Q(first_call_at__lt=case.job.first_call_at) | Q(first_call_at=case.job.first_call_at, pk__lt=case.job.pk)
    )
    words = canonical.read(case.job.sealed)["text"]
    return any(canonical.read(form)["text"] == words for form in before.values_list("sealed", flat=True))


def _key_still_tells(case: Case) -> bool:
    """Whether the remote would recognise our key; what went out before a restore may have had another one.

    An edit needs no key: it says which post it is for, and made twice it is made once.
    """
    assert case.job.first_call_at is not None
    lasts = connector_for(case.destination.kind).patience.key_lasts
    is_fresh = case.share.corrects_id is not None or case.now - case.job.first_call_at < lasts
    return is_fresh and not guards.look_first(case.share)


def _may_still_go(case: Case) -> bool:
    try:
        sealing.final_check(case)
    except guards.Stopped:
        return False
    return True


@transaction.atomic
def _looked(job_id: int, lease: int, found: Arrived | None) -> None:
    case = sealing.case_of(job_id)
    if case is None or case.job.lease != lease or case.job.state != Job.State.DOUBTFUL:
        return
    if found is not None:
        sending.arrived(case, found, how="found")
        return
    case.job.looks += 1
    if guards.readback(case.job):
        # Not there, seen twice a minute apart: it may be sealed again, and every check is made again.
        record(action="share.not_there", actor_id=None, subject=case.share.subject, looks=case.job.looks)
        case.share.in_doubt_since = None
        case.job.may_be_there = False
        sealing.back_to_waiting(case)
        return
    case.job.due_at, case.job.lease_until = case.now + sending.LOOK_AFTER, None
    case.job.save()


@transaction.atomic
def _note_look(job_id: int, lease: int, trouble: Refused | Unclear) -> None:
    case = sealing.case_of(job_id)
    if case is None or case.job.lease != lease or case.job.state != Job.State.DOUBTFUL:
        return
    case.job.trouble, case.job.told = trouble.code, trouble.told[:300]
    patience = connector_for(case.destination.kind).patience
    if case.job.tries >= patience.tries:
        sending.end(case, Job.State.UNKNOWN, Share.State.UNKNOWN, trouble.code)
        return
    case.job.due_at, case.job.lease_until = case.now + max(sending.LOOK_AFTER, patience.pause(case.job.tries)), None
    case.job.save()
