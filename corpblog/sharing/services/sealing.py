"""The one place where bytes are sealed: all is checked again, under lock, in the transaction that freezes them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.policy.models import PolicyVersion
from corpblog.posts.models import Post
from corpblog.sharing import guards, revoicing, seals
from corpblog.sharing.models import Destination, GateState, Job, Share, ShareRevision
from corpblog.sharing.services import following, judging, locks
from corpblog.sharing.services.telling import noted, told

LEASE: Final = timedelta(seconds=60)
LOOK_AGAIN: Final = timedelta(seconds=15)


@dataclass
class Case:
    """Everything that decides whether one job may go, locked and read at one instant."""

    gate: GateState
    destination: Destination
    share: Share
    job: Job
    post: Post
    now: datetime

    @property
    def revision(self) -> ShareRevision:
        assert self.share.revision is not None
        return self.share.revision


def case_of(job_id: int) -> Case | None:
    """Lock and read a job with all it depends on; None where there is no such job."""
    found = Job.objects.filter(pk=job_id).values_list("share_id", "share__destination_id", "share__post_id").first()
    if found is None:
        return None
    share_id, destination_id, post_id = found
    gate, destination = locks.gate(), locks.destination(destination_id)
    # Post and destination are locked and read by themselves.
    share = locks.share(share_id, around=("author", "requester", "revision"))
    job = locks.job_of(share_id)
    assert job is not None
    # The policy is locked too: a stricter one that is put in force now waits for this transaction.
    list(PolicyVersion.objects.in_force().select_for_update())
    post = locks.post(post_id)
    share.destination, share.post, job.share = destination, post, share
    return Case(gate, destination, share, job, post, clock.database_now())


def final_check(case: Case) -> None:
    """Raise Wait, Withdraw or JudgeAgain unless everything that was promised holds at this instant."""
    guards.withdraw_stops(case.share)
    guards.gate_open(case.gate)
    guards.connector_open(case.destination)
    guards.author_stays(case.share)
    guards.delegate_stays(case.share, case.post)
    guards.post_alive(case.post)
    guards.original_stands(case.share.corrects, case.destination)
    guards.offer_stands(case.share)
    guards.owner_alone(case.share, case.destination)
    guards.channel_cap(case.post.channel, case.destination)
    guards.children_scanned(case.post, case.destination)
    guards.due(case.job, case.now)
    guards.not_quiet(case.destination, case.now)
    guards.hold_connector(case.destination, case.revision)
    guards.bytes_untouched(case.revision)
    guards.bind_hash(case.revision, _form_now(case))
    guards.bind_attachment(case.revision.canonical)
    guards.described(case.destination, case.revision.canonical)
    guards.decisions_stand(case.revision, case.now)
    verdict = judging.verdict_on(
        case.revision.canonical,
        case.destination,
        case.share.author,
        case.post.channel,
        case.post,
        cleared=revoicing.cleared(case.share.revoices_id) if case.share.revoices_id else None,
    )
    guards.policy_recheck(case.revision, verdict)


def _form_now(case: Case) -> str:
    if case.job.parts.exists():
        # A thread whose first part is out goes on as it was approved, or not at all.
        return case.revision.canonical
    return judging.form_of(case.post, case.destination, case.share.wish)


def seal(*, job_id: int, worker: str) -> int | None:
    """Freeze and sign the bytes of a waiting job and lease it; return the lease, or None where it does not go now."""
    # Asks servers of strangers, so it comes before the locks.
    following.follow_links_of_job(job_id)
    return _sealed(job_id, worker)


@transaction.atomic
def _sealed(job_id: int, worker: str) -> int | None:
    case = case_of(job_id)
    if case is None or case.job.state != Job.State.WAITING:
        return None
    try:
        final_check(case)
    except guards.Stopped as stop:
        _stopped(case, stop)
        return None
    job, share = case.job, case.share
    job.revision = case.revision
    job.sealed = case.revision.canonical
    job.mac = seals.mac(job.pk, job.sealed)
    job.state = Job.State.SEALED
    lease = take_lease(job, worker, case.now)
    # Before the share's state moves: the database's own rule on sealed jobs looks at the share as it was released.
    job.save()
    share.state, share.note = Share.State.SENDING, ""
    share.save()
    record(
        action="share.sealed",
        actor_id=None,
        subject=share.subject,
        digest=case.revision.digest,
        lease=lease,
        policy_digest=case.revision.policy_digest,
        approvals=guards.two_distinct(case.revision),
        destination=case.destination.slug,
        account=case.destination.remote_account,
    )
    told(share, was_silent=True)
    if guards.look_first(share):
        _look_before_sending(case)
        return None
    return lease


def _look_before_sending(case: Case) -> None:
    """Treat the job as one that was called when the backup was made: it is looked for, and sent only if not there."""
    case.job.state, case.job.lease_until = Job.State.DOUBTFUL, None
    case.job.first_call_at, case.job.looks = case.share.in_doubt_since, 0
    case.job.due_at, case.job.trouble = case.now, "perhaps_sent"
    case.job.save()


def take_lease(job: Job, worker: str, now: datetime) -> int:
    """Make this worker the only one who may send the job, for a minute by the database's clock."""
    job.lease += 1
    job.lease_until = now + LEASE
    job.worker = worker[:100]
    return job.lease


def back_to_waiting(case: Case, *, after: timedelta = timedelta(0)) -> None:
    """Let the job be sealed anew, with every check, after some time."""
    case.job.state = Job.State.WAITING
    case.job.due_at = case.now + after
    case.job.lease_until = None
    case.job.save()
    if case.share.state == Share.State.SENDING:
        case.share.state = Share.State.APPROVED if case.revision.approvals_needed else Share.State.CLEARED
        case.share.save()


def _stopped(case: Case, stop: guards.Stopped) -> None:
    stop = guards.thread_whole(case.job, stop)
    if isinstance(stop, guards.Wait):
        _later(case, stop)
    elif isinstance(stop, guards.JudgeAgain):
        _void(case, stop)
    else:
        Job.objects.filter(pk=case.job.pk).update(state=Job.State.STOPPED)
        if stop.code != "not_released":
            withdraw_for(case.share, stop.code)


def _later(case: Case, stop: guards.Stopped) -> None:
    due = case.share.send_at if stop.code == "scheduled" else None
    # Waiting is nobody's fault: it does not use up the job's tries.
    tries = max(0, case.job.tries - 1)
    Job.objects.filter(pk=case.job.pk).update(due_at=due or case.now + LOOK_AGAIN, tries=tries)
    if case.share.note != stop.code:
        noted(case.share, stop.code)
        record(action="share.waits", actor_id=None, subject=case.share.subject, why=stop.code)


def _void(case: Case, stop: guards.Stopped) -> None:
    # What was decided is not about what would leave now: it becomes a new revision and is judged from the start.
    record(action="share.voided", actor_id=None, subject=case.share.subject, why=stop.code, digest=case.share.digest)
    judging.enter_again(case.share, why=_WHY.get(stop.code, "rescanned"))
    if case.share.state == Share.State.HELD:
        # Author and officers are told why it did not go although it was released.
        noted(case.share, f"again_{stop.code}")


_WHY = {"edited": "edited", "original": "original", "account": "account", "links": "link_moved", "expired": "expired"}


def withdraw_for(share: Share, code: str) -> None:
    """Take back what must not leave any more; the caller holds the share's lock."""
    share.state, share.note = Share.State.WITHDRAWN, code
    share.save()
    record(action="share.withdrawn", actor_id=None, subject=share.subject, why=code, digest=share.digest)
    told(share)
