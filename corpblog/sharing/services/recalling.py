"""Take back what is outside, with patience, whether or not the gate is open, and with a result for each place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.sharing import access, canonical, credentials
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Connector, Refused, Target, Unclear
from corpblog.sharing.models import Job, Recall, Receipt, Share, ThreadPart
from corpblog.sharing.models.outbox import FOUND_BY_A_PERSON
from corpblog.sharing.services import copies, locks
from corpblog.sharing.services.renewing import renew_if_due
from corpblog.sharing.services.sending import target_of
from corpblog.sharing.services.telling import told

log = structlog.get_logger(__name__)

# A call ends within twenty seconds; whoever took one and is silent for longer died.
LEASE: Final = timedelta(seconds=60)
LOOK_AGAIN: Final = timedelta(seconds=5)


@dataclass(frozen=True)
class Taking:
    """One attempt that may begin now."""

    recall_id: int
    lease: int
    remote_ids: tuple[str, ...]
    target: Target
    connector: Connector


@transaction.atomic
def recall(*, by: Person, share: Share, reason: str, with_copies: bool = False) -> Recall:
    """Have a share that is outside taken back there; asking twice answers with the first wish.

    with_copies: what employees made of it on their own accounts is taken back too, also what is on the wire now.
    reason: for the record; Invalid without one. Nothing about the gate or the destination being closed matters here.
    """
    share = locks.share(share.corrects_id or share.pk)
    access.check_may_recall(by, share)
    made = Recall.objects.filter(share=share).first() or _wished(by, share, _checked(reason))
    copies.follow_recall(share, by, made.reason, takes_copies_back=with_copies)
    for copy in copies.out_of(share) if with_copies else ():
        if not Recall.objects.filter(share=copy).exists():
            _wished(by, copy, made.reason)
    return made


def _wished(by: Person, share: Share, reason: str) -> Recall:
    if not is_out(share):
        raise Conflict(_("Only what is out can be taken back. Say first whether it arrived, or withdraw it."))
    now = clock.database_now()
    made = Recall.objects.create(share=share, asked_by=by, reason=reason, asked_at=clock.now(), due_at=now)
    record(action="share.recall_asked", actor_id=by.pk, subject=share.subject, digest=share.digest, reason=reason)
    told(share, was_silent=True)
    return made


def is_out(share: Share) -> bool:
    """Whether there is something of the share to take back: all of it, or the parts of a thread that was stopped."""
    if share.state == Share.State.SENT:
        return True
    is_stopped = share.state not in {*Share.RELEASED, Share.State.SENDING, Share.State.RECALLED}
    return is_stopped and ThreadPart.objects.filter(job__share=share).exists()


def recall_everywhere(*, by: Person, post: Post, reason: str) -> list[Recall]:
    """Have the post taken back wherever it is out, by employees as well; return one wish for each place of ours."""
    reason = _checked(reason)
    shares = Share.objects.filter(post=post, state=Share.State.SENT).originals().companys().for_rows().order_by("pk")
    mine = [share for share in shares if access.can_recall(by, share)]
    return [recall(by=by, share=share, reason=reason, with_copies=True) for share in mine]


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why it is taken back, for the record."))
    if len(reason) > 500:
        raise Invalid(_("Say it in 500 characters at most."))
    return reason


def is_to_be_taken_back() -> bool:
    """Whether an attempt is due; one quick look."""
    return _due(clock.database_now()).exists()


def take_back_next(worker: str) -> bool:
    """Make the next attempt that is due; return whether there was one."""
    due = _due(clock.database_now()).order_by("due_at").values_list("share_id", "share__destination_id").first()
    if due is None:
        return False
    share_id, destination_id = due
    # Asks the network, so it comes before the locks.
    renew_if_due(destination_id)
    taking = _begin(worker, share_id)
    if taking is not None:
        _finish(taking, _attempt(taking))
    return True


def _due(now: datetime) -> QuerySet[Recall]:
    return Recall.objects.filter(state__in=[Recall.State.WAITING, Recall.State.CALLING], due_at__lte=now)


@transaction.atomic
def _begin(worker: str, share_id: int) -> Taking | None:
    """Take the attempt, unless another worker did meanwhile; None where there is nothing to call now."""
    now = clock.database_now()
    share = locks.share(share_id)
    found = Recall.objects.select_for_update().get(share=share)
    if found.due_at > now or found.state not in {Recall.State.WAITING, Recall.State.CALLING}:
        return None
    if Job.objects.filter(share__corrects=share, state=Job.State.CALLING).exists():
        # A correction is on the wire: it must not arrive after the deletion, and make the other side show it again.
        Recall.objects.filter(pk=found.pk).update(due_at=now + LOOK_AGAIN)
        return None
    found.lease, found.tries = found.lease + 1, found.tries + 1
    found.state, found.due_at = Recall.State.CALLING, now + LEASE
    found.save()
    log.info("recall_begins", worker=worker, share=share.pk)
    return _taking(found, share)


def _taking(found: Recall, share: Share) -> Taking | None:
    """Return the attempt, or None where a person has to do it."""
    connector = connector_for(share.destination.kind)
    if found.tries > connector.patience.tries:
        _by_hand(found, share, Refused(found.trouble or "gave_up_recall", for_good=True, told=found.told))
        return None
    there = _remote_ids(share)
    problem = _unreachable(share, there)
    if problem:
        _by_hand(found, share, Refused(problem, for_good=True))
        return None
    try:
        target = target_of(share.destination)
    except credentials.CredentialsUnreadable:
        _by_hand(found, share, Refused("token", for_good=True))
        return None
    return Taking(found.pk, found.lease, there, target, connector)


def _remote_ids(share: Share) -> tuple[str, ...]:
    """Return what is there, of a thread the last part first: an answer without what it answers looks odd."""
    parts = ThreadPart.objects.filter(job__share=share).order_by("-number").values_list("remote_id", flat=True)
    return tuple(parts or Receipt.objects.filter(job__share=share).values_list("remote_id", flat=True))


def _unreachable(share: Share, there: tuple[str, ...]) -> str:
    """Say what keeps a machine from it: nobody knows its id, or the account behind the destination is another."""
    if not there or any(remote_id.startswith(FOUND_BY_A_PERSON) for remote_id in there):
        return "no_remote_id"
    assert share.revision is not None
    now = share.destination
    return "" if canonical.is_for(share.revision.canonical, now.remote_account, now.place) else "other_account"


def _attempt(taking: Taking) -> Refused | Unclear | None:
    try:
        # What is gone already counts as taken away, so a second try begins with the first again.
        for remote_id in taking.remote_ids:
            taking.connector.delete(remote_id, taking.target)
    except (Refused, Unclear) as outcome:
        return outcome
    except Exception:
        log.exception("connector_failed", recall=taking.recall_id)
        return Unclear("recall_failed")
    return None


@transaction.atomic
def _finish(taking: Taking, outcome: Refused | Unclear | None) -> None:
    """Write down what came of it; a lease that is not the newest writes nothing."""
    share = locks.share(Recall.objects.values_list("share_id", flat=True).get(pk=taking.recall_id))
    found = Recall.objects.select_for_update().get(pk=taking.recall_id)
    if not _is_newest(found, taking):
        log.warning("stale_outcome", recall=found.pk, lease=taking.lease)
        return
    if outcome is None:
        _done(found, share, by=None)
    elif isinstance(outcome, Refused) and outcome.for_good:
        _by_hand(found, share, outcome)
    else:
        found.trouble, found.told, found.state = outcome.code, outcome.told[:300], Recall.State.WAITING
        wait = getattr(outcome, "retry_after", None)
        pause = timedelta(seconds=wait) if wait else taking.connector.patience.pause(found.tries)
        found.due_at = clock.database_now() + pause
        found.save()
        told(share, was_silent=True)


def _is_newest(found: Recall, taking: Taking) -> bool:
    return found.lease == taking.lease and found.state == Recall.State.CALLING


def _done(found: Recall, share: Share, by: Person | None) -> None:
    found.state, found.trouble, found.told, found.ended_at = Recall.State.DONE, "", "", clock.now()
    found.save()
    share.state, share.note = Share.State.RECALLED, ""
    share.save()
    share.corrections.filter(state=Share.State.SENT).update(state=Share.State.RECALLED)
    record(
        action="share.recalled",
        actor_id=by.pk if by else None,
        subject=share.subject,
        digest=share.digest,
        by_hand=by is not None,
        tries=found.tries,
    )
    told(share, by=by)


def _by_hand(found: Recall, share: Share, why: Refused) -> None:
    found.state, found.trouble, found.told = Recall.State.BY_HAND, why.code, why.told[:300]
    found.save()
    record(action="share.recall_by_hand", actor_id=None, subject=share.subject, why=why.code)
    told(share)


@transaction.atomic
def settle_recall(*, by: Person, share: Share, gone: bool) -> Recall:
    """A person took it away by hand (`gone`), or wants the machine to try again."""
    share = locks.share(share.pk)
    access.check_may_recall(by, share)
    found = Recall.objects.select_for_update().filter(share=share).first()
    if found is None or found.state != Recall.State.BY_HAND:
        raise Conflict(_("Nothing waits for you there: it was taken back, or is being taken back."))
    if gone:
        _done(found, share, by=by)
        return found
    found.state, found.tries, found.due_at = Recall.State.WAITING, 0, clock.database_now()
    found.save()
    record(action="share.recall_asked", actor_id=by.pk, subject=share.subject, digest=share.digest, reason=found.reason)
    told(share, was_silent=True)
    return found
