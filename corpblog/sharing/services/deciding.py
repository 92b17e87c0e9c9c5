"""Rule on what was held, and take a ruling back while nothing has left."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.people.models import Person
from corpblog.policy.engine import Verdict
from corpblog.sharing import access, guards
from corpblog.sharing.errors import OnItsWay, StaleCase
from corpblog.sharing.models import Decision, Job, Share, ShareRevision
from corpblog.sharing.services import locks, releasing
from corpblog.sharing.services.telling import told

State = Share.State
Ruling = Literal["approve", "reject", "changes"]
# Rejecting wins until the bytes are sealed, also over another officer's approval.
_OPEN_TO = {"approve": (State.HELD,), "changes": (State.HELD,), "reject": (State.HELD, *Share.RELEASED)}


@transaction.atomic
def decide(
    *,
    by: Person,
    share_id: int,
    revision_digest: str,
    ruling: Ruling,
    reason: str = "",
    authenticated_at: datetime | None,
) -> Share:
    """Rule on the bytes that the reviewer saw; they are released once as many people approved as the policy asks for.

    revision_digest: what the page showed; other bytes by now raise StaleCase and nothing is decided.
    authenticated_at: when the door last saw the reviewer's password; None for tokens, which never decide.
    """
    access.check_may_review(by, authenticated_at)
    reason = reason.strip()
    if ruling != "approve" and not reason:
        raise Invalid(_("Say why, so that the author can do better."))
    share = locks.share(share_id)
    revision = _current(share)
    guards.no_self(share, by)
    guards.no_editor(share, by)
    guards.bind_decision(share, revision, revision_digest)
    if share.state not in _OPEN_TO[ruling]:
        raise StaleCase(_("This share was decided or withdrawn in the meantime."))
    _write(by, revision, ruling, reason)
    _move(share, revision, ruling)
    share.save()
    record(
        action=f"share.{_VERBS[ruling]}",
        actor_id=by.pk,
        subject=share.subject,
        state=share.state,
        digest=revision.digest,
        revision=revision.number,
        policy_digest=revision.policy_digest,
        approvals=guards.two_distinct(revision),
        approvals_needed=revision.approvals_needed,
    )
    told(share, by=by, was_silent=share.state == State.HELD)
    return share


_VERBS = {"approve": "approved", "reject": "rejected", "changes": "changes_asked"}


def _current(share: Share) -> ShareRevision:
    if share.revision is None:
        raise StaleCase(_("This share is not ready yet."))
    return share.revision


def _write(by: Person, revision: ShareRevision, ruling: Ruling, reason: str) -> None:
    verdict = Verdict.from_record(revision.verdict)
    try:
        with transaction.atomic():
            Decision.objects.create(
                revision=revision,
                digest=revision.digest,
                reviewer=by,
                ruling=ruling,
                reason=reason,
                policy_digest=revision.policy_digest,
                engine_version=verdict.engine_version,
                normaliser_version=verdict.normaliser_version,
                decided_at=clock.now(),
            )
    except IntegrityError as error:
        # One reviewer, two tabs: the second click finds the first one's row.
        if not revision.decisions.filter(reviewer=by, undone_at__isnull=True).exists():
            raise
        raise Conflict(_("You already decided on this. Another officer has to decide next.")) from error


def _move(share: Share, revision: ShareRevision, ruling: Ruling) -> None:
    if ruling == "approve":
        if revision.approvals_needed is None or guards.two_distinct(revision) < revision.approvals_needed:
            return
        share.state, share.note = State.APPROVED, ""
        releasing.put_on_its_way(share)
        return
    share.state = State.REJECTED if ruling == "reject" else State.CHANGES_ASKED
    share.note = ""


@transaction.atomic
def undo_decision(*, by: Person, share_id: int) -> Share:
    """Take one's own last ruling back, as long as nothing was sealed and the delay before sending lasts."""
    share = locks.share(share_id)
    revision = _current(share)
    job = locks.job_of(share.pk)
    decision = revision.decisions.filter(reviewer=by, undone_at__isnull=True).first()
    if decision is None:
        raise Conflict(_("There is no decision of yours to undo."))
    if job is not None and job.state not in {Job.State.WAITING, Job.State.STOPPED}:
        raise OnItsWay(_("It is on its way, so the decision can no longer be undone."))
    if clock.now() > decision.decided_at + settings.SHARE_DELAY or share.state not in _UNDOABLE:
        raise Conflict(_("The time in which a decision can be undone is over."))
    decision.undone_at = clock.now()
    decision.save(update_fields=["undone_at"])
    share.state, share.note = _state_without(revision), ""
    _save_reopened(share)
    record(
        action="share.decision_undone",
        actor_id=by.pk,
        subject=share.subject,
        state=share.state,
        ruling=decision.ruling,
        digest=revision.digest,
    )
    told(share, by=by, was_silent=True)
    return share


@transaction.atomic
def lift_rejection(*, by: Person, share_id: int, decision_id: int) -> Share:
    """Take a colleague's rejection back because its author contested it; the share waits for decisions again.

    The desk says who may. Bytes that were rejected in another share stay rejected: sealing finds that ruling.
    """
    share = locks.share(share_id)
    guards.no_self(share, by)
    guards.no_editor(share, by)
    revision = _current(share)
    rejection = revision.decisions.filter(pk=decision_id, ruling="reject", undone_at__isnull=True).first()
    if rejection is None or share.state != State.REJECTED:
        raise StaleCase(_("This share was decided or withdrawn in the meantime."))
    rejection.undone_at = clock.now()
    rejection.save(update_fields=["undone_at"])
    share.state, share.note = _state_without(revision), ""
    share.held_since = clock.now()
    _save_reopened(share)
    record(
        action="share.rejection_lifted",
        actor_id=by.pk,
        subject=share.subject,
        state=share.state,
        rejected_by=rejection.reviewer_id,
        digest=revision.digest,
    )
    return share


def _state_without(revision: ShareRevision) -> Share.State:
    """What the rulings that still stand make of the share: an approval taken back never lifts a colleague's no."""
    rulings = set(revision.decisions.filter(undone_at__isnull=True).values_list("ruling", flat=True))
    if Decision.Ruling.REJECT in rulings:
        return State.REJECTED
    return State.CHANGES_ASKED if Decision.Ruling.CHANGES in rulings else State.HELD


def _save_reopened(share: Share) -> None:
    try:
        with transaction.atomic():
            share.save()
    except IntegrityError as error:
        # After a rejection the author may have asked with other words, and one share at a time is open.
        raise Conflict(_("The author asked again with other words meanwhile. Decide on those.")) from error


_UNDOABLE = {State.HELD, State.APPROVED, State.REJECTED, State.CHANGES_ASKED}
