"""Call the outside with sealed bytes, once, and write down what came of it; `doubting` clears up what is unclear."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.sharing import canonical, credentials, guards, seals
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.attachments import Uploads, files
from corpblog.sharing.connectors.base import (
    Arrived,
    Connector,
    Corrects,
    Refused,
    Repeat,
    Target,
    Trial,
    Unclear,
    repeat_of,
    takes_of,
)
from corpblog.sharing.models import Destination, Job, Offer, Recall, Receipt, Share, ThreadPart
from corpblog.sharing.models.outbox import FOUND_BY_A_PERSON
from corpblog.sharing.services import sealing
from corpblog.sharing.services.sealing import Case
from corpblog.sharing.services.telling import noted, told

log = structlog.get_logger(__name__)

# Read-back assumes that the remote shows its own writes after a while.
LOOK_AFTER: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = timedelta(hours=6)
Outcome = Arrived | Refused | Unclear | guards.Stopped


@dataclass(frozen=True)
class Call:
    """One attempt that may begin now."""

    payload: seals.SealedPayload
    target: Target
    connector: Connector
    not_after: float
    lease: int


def send(*, job_id: int, lease: int) -> None:
    """Make the one attempt that the lease stands for and write down what came of it."""
    call = begin_call(job_id=job_id, lease=lease)
    if call is not None:
        finish(job_id=job_id, lease=lease, outcome=attempt(call))


@transaction.atomic
def begin_call(*, job_id: int, lease: int) -> Call | None:
    """Note that bytes are about to be on the wire; None where the lease is stale or something stopped it since.

    A crash after this commit leaves a job that was perhaps sent, and it is treated as that.
    """
    case = sealing.case_of(job_id)
    if case is None or case.job.state != Job.State.SEALED:
        return None
    try:
        guards.lease_fence(case.job, lease, case.now)
    except guards.Wait:
        return None
    try:
        # Sealing and sending are two steps, and a worker may sleep between: the kill switch works until the last one.
        last_look(case)
        return _called(case)
    except (guards.Stopped, seals.BrokenSeal, credentials.CredentialsUnreadable) as stop:
        log.warning("share_stopped_before_call", job=job_id, why=str(stop))
        sealing.back_to_waiting(case)
        return None


def last_look(case: Case) -> None:
    """Check again, between sealing and calling, what somebody may have stopped."""
    guards.gate_open(case.gate)
    guards.connector_open(case.destination)
    guards.not_quiet(case.destination, case.now)
    guards.hold_connector(case.destination, case.revision)
    guards.withdraw_stops(case.share)
    guards.post_alive(case.post)
    guards.original_stands(case.share.corrects, case.destination)
    guards.offer_stands(case.share)
    guards.owner_alone(case.share, case.destination)
    guards.author_stays(case.share)
    guards.delegate_stays(case.share, case.post)
    guards.bind_attachment(case.job.sealed)


def _called(case: Case) -> Call:
    job = case.job
    call = call_of(job, case.destination, case.now)
    job.state = Job.State.CALLING
    job.first_call_at = job.first_call_at or case.now
    job.last_call_at = case.now
    job.looks = 0
    job.save()
    return call


def call_of(job: Job, destination: Destination, now: datetime) -> Call:
    """Give the job's sealed bytes, where they go, and until when the lease lets them: five seconds less than it lasts.

    Raises what `seals.opened` raises if the bytes are not those that were sealed.
    """
    above = tuple(job.parts.values_list("remote_id", flat=True))
    payload = seals.opened(job_id=job.pk, body=job.sealed, seal=job.mac, attempt=job.tries, above=above)
    assert job.lease_until is not None
    left = (job.lease_until - now).total_seconds() - 5
    return Call(payload, target_of(destination), connector_for(destination.kind), time.monotonic() + left, job.lease)


def target_of(destination: Destination) -> Target:
    """Return what a connector needs to reach the destination, its secrets opened."""
    return Target(
        destination_id=destination.pk,
        account=destination.remote_account,
        config=destination.config,
        secrets=credentials.opened(destination.credentials, of=credentials.destination_name(destination.pk)),
    )


def attempt(call: Call) -> Outcome:
    """Call the connector; whatever it does not understand is unclear, never a failure."""
    try:
        if not call.payload.is_correction:
            return call.connector.publish(_with_files(call), call.target, not_after=call.not_after)
        if isinstance(call.connector, Corrects):
            return call.connector.correct(call.payload, call.target, not_after=call.not_after)
        return Refused("cannot_correct", for_good=True)
    except (Refused, Unclear, guards.Stopped) as outcome:
        return outcome
    except Exception:
        log.exception("connector_failed", job=call.payload.job_id)
        return Unclear("connector_failed")


def _with_files(call: Call) -> seals.SealedPayload:
    """Hand the files over, where the network takes them beforehand. That takes time, in which people change their
    minds: it is looked before each, and once more before the post.
    """
    if not isinstance(call.connector, Uploads) or call.payload.above:
        return call.payload
    media: list[Any] = []
    try:
        for file in files(call.payload, takes_of(call.connector, call.target.config)):
            look_again(call)
            media.append(call.connector.upload(file, call.target, not_after=call.not_after))
        if media:
            look_again(call)
    except (Refused, guards.Stopped):
        _drop(call.connector, media, call.target)
        raise
    return call.payload.with_media(media)


@transaction.atomic
def look_again(call: Call) -> None:
    """Raise Stopped where what is being called for may not go any more."""
    case = sealing.case_of(call.payload.job_id)
    if case is None or case.job.state != Job.State.CALLING:
        raise guards.Wait("stale_lease")
    guards.lease_fence(case.job, call.lease, case.now)
    last_look(case)


def _drop(connector: Uploads, media: Sequence[Any], target: Target) -> None:
    for each in media:
        try:
            connector.drop(each, target)
        except Exception:
            # Nobody sees it there; whatever kept it from being taken away, the share stopped all the same.
            log.warning("upload_not_dropped", destination=target.destination_id, exc_info=True)


@transaction.atomic
def finish(*, job_id: int, lease: int, outcome: Outcome) -> None:
    """Write down what came of a call; a lease that is not the newest writes nothing."""
    case = sealing.case_of(job_id)
    if case is None or case.job.lease != lease or case.job.state not in {Job.State.CALLING, Job.State.DOUBTFUL}:
        log.warning("stale_outcome", job=job_id, lease=lease, outcome=type(outcome).__name__)
        return
    if isinstance(outcome, Arrived):
        arrived(case, outcome, how="answer")
    elif isinstance(outcome, Refused):
        _refused(case, outcome)
    elif isinstance(outcome, guards.Stopped):
        _stopped_meanwhile(case)
    else:
        _unclear(case, outcome)


def arrived(case: Case, outcome: Arrived, *, how: str) -> None:
    """Note the receipt, or of a correction that its words stand there now; the caller holds the case's locks."""
    if case.share.corrects_id is not None:
        Receipt.objects.filter(job__share=case.share.corrects_id).update(shows=case.job)
        end(case, Job.State.SENT, Share.State.SENT, "", how=how)
        return
    if len(canonical.parts(canonical.read(case.job.sealed))) > 1:
        first = _part_arrived(case, outcome)
        if first is None:
            return
        outcome = first
    Receipt.objects.create(
        job=case.job,
        destination=case.destination,
        remote_id=outcome.remote_id,
        url=outcome.url[:500],
        how=how,
        received_at=case.now,
    )
    end(case, Job.State.SENT, Share.State.SENT, "", remote_id=outcome.remote_id, how=how)
    if case.share.is_trial and connector_for(case.destination.kind).trial is Trial.TAKEN_BACK:
        _take_back(case, gettext("It was a test."))
    elif (offer := _taken_back_meanwhile(case.share)) is not None:
        _take_back(case, offer.reason)


def _taken_back_meanwhile(share: Share) -> Offer | None:
    """Return the offer that was ended with all its copies while this one was on the wire."""
    return Offer.objects.filter(share=share.revoices_id, takes_copies_back=True).first() if share.is_copy else None


def _part_arrived(case: Case, outcome: Arrived) -> Arrived | None:
    """Note a part of a thread. Return where the thread begins once all of it is there; else the next part may go."""
    job = case.job
    number = job.parts.count()
    facts = {"destination": case.destination, "remote_id": outcome.remote_id, "url": outcome.url[:500]}
    ThreadPart.objects.create(job=job, number=number, arrived_at=case.now, **facts)
    record(action="share.part_sent", actor_id=None, subject=case.share.subject, part=number + 1)
    if number + 1 == len(canonical.parts(canonical.read(job.sealed))):
        first = job.parts.get(number=0)
        return Arrived(first.remote_id, first.url)
    if outcome.remote_id.startswith(FOUND_BY_A_PERSON):
        # Nothing can be put under what only a person can point at.
        end(case, Job.State.FAILED, Share.State.FAILED, "thread_stopped")
        return None
    job.tries, job.looks, job.may_be_there, job.first_call_at, job.trouble, job.told = 0, 0, False, None, "", ""
    sealing.back_to_waiting(case)
    told(case.share, was_silent=True)
    return None


def _take_back(case: Case, reason: str) -> None:
    by = case.share.requester
    Recall.objects.create(share=case.share, asked_by=by, reason=reason, asked_at=clock.now(), due_at=case.now)
    record(
        action="share.recall_asked", actor_id=None, subject=case.share.subject, digest=case.share.digest, reason=reason
    )


def _refused(case: Case, outcome: Refused) -> None:
    """It is certainly not there: later, or never. A later try is sealed anew, with every check."""
    job = case.job
    job.trouble, job.told = outcome.code, outcome.told[:300]
    patience = connector_for(case.destination.kind).patience
    if job.may_be_there:
        # It refuses this call. What became of the one whose answer was lost, it does not say.
        _unclear(case, Unclear(outcome.code, told=outcome.told), after=timedelta(seconds=outcome.retry_after or 0))
        return
    if outcome.for_good or job.tries >= patience.tries:
        end(case, Job.State.FAILED, Share.State.FAILED, outcome.code if outcome.for_good else "gave_up")
        return
    wait = timedelta(seconds=outcome.retry_after) if outcome.retry_after else patience.pause(job.tries)
    sealing.back_to_waiting(case, after=min(max(wait, timedelta(seconds=1)), LONGEST_WAIT))
    noted(case.share, outcome.code)
    record(action="share.delayed", actor_id=None, subject=case.share.subject, why=outcome.code, tries=job.tries)


def _stopped_meanwhile(case: Case) -> None:
    """Nothing was posted by this call. What stopped it is found again at the next sealing, and said there."""
    if case.job.may_be_there:
        _unclear(case, Unclear(case.job.trouble, told=case.job.told))
        return
    # It is nobody's failure: it uses up no try.
    case.job.tries = max(0, case.job.tries - 1)
    sealing.back_to_waiting(case)


def has_arrived(case: Case) -> bool:
    """Whether the job's receipt is here, whatever its row says: somebody may have loaded an old table of jobs."""
    if not Receipt.objects.filter(Q(job=case.job) | Q(shows=case.job)).exists():
        return False
    Job.objects.filter(pk=case.job.pk).update(state=Job.State.SENT, lease_until=None)
    return True


def _unclear(case: Case, outcome: Unclear, *, after: timedelta = timedelta(0)) -> None:
    """It may be there. Ask the remote where it can tell; where none can, a person has to look."""
    if has_arrived(case):
        return
    job = case.job
    job.trouble, job.told, job.may_be_there = outcome.code, outcome.told[:300], True
    connector = connector_for(case.destination.kind)
    repeat = repeat_of(connector, is_correction=case.share.corrects_id is not None)
    if repeat is Repeat.BLIND or job.tries >= connector.patience.tries:
        end(case, Job.State.UNKNOWN, Share.State.UNKNOWN, outcome.code)
        return
    pause = connector.patience.pause(job.tries) if repeat is Repeat.KEY else LOOK_AFTER
    job.state, job.due_at, job.lease_until = Job.State.DOUBTFUL, case.now + max(pause, min(after, LONGEST_WAIT)), None
    job.save()
    record(action="share.in_doubt", actor_id=None, subject=case.share.subject, why=outcome.code, tries=job.tries)


def end(case: Case, job_state: str, share_state: str, note: str, **facts: str) -> None:
    case.job.state, case.job.lease_until = job_state, None
    case.job.save()
    case.share.state, case.share.note = share_state, note
    case.share.save()
    record(
        action=f"share.{share_state}",
        actor_id=None,
        subject=case.share.subject,
        digest=case.job.revision.digest,
        lease=case.job.lease,
        tries=case.job.tries,
        why=note,
        **facts,
    )
    told(case.share)


@transaction.atomic
def recover() -> int:
    """Take over what a worker left when it died: sealed jobs wait again, called ones are doubtful. Return how many."""
    now = clock.database_now()
    left = Job.objects.filter(state__in=[Job.State.SEALED, Job.State.CALLING], lease_until__lt=now)
    ids = list(left.values_list("pk", flat=True)[:100])
    for job_id in ids:
        _recover_one(job_id)
    return len(ids)


@transaction.atomic
def _recover_one(job_id: int) -> None:
    case = sealing.case_of(job_id)
    if case is None or case.job.lease_until is None or case.job.lease_until >= case.now:
        return
    if case.job.state == Job.State.SEALED:
        sealing.back_to_waiting(case)
    elif case.job.state == Job.State.CALLING:
        _unclear(case, Unclear("worker_died"))
