"""Contest a rejection, answer whoever contests it, and say whether a rule was right."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import Appeal, RuleMark
from corpblog.desk.services import calling
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.notifications.services import notify
from corpblog.people.models import Person, Role
from corpblog.sharing import services as gate
from corpblog.sharing.access import check_may_review
from corpblog.sharing.models import Decision, Hand, Share
from corpblog.sharing.services import locks
from corpblog.sharing.services.telling import told

_MARKED: Final = {
    True: "desk.rule_marked_right",
    False: "desk.rule_marked_wrong",
    None: "desk.rule_mark_removed",
}


@transaction.atomic
def appeal(*, by: Person, share_id: int, reason: str) -> Appeal:
    """Ask that another officer look at a rejection; once for the words as they are. Authors only."""
    share = locks.share(share_id)
    if by.pk != share.author_id:
        raise NotFound(_("There is no such share."))
    rejection = _rejection(share)
    if rejection is None:
        raise Conflict(_("This share is not rejected, so there is nothing to contest."))
    try:
        with transaction.atomic():
            made: Appeal = Appeal.objects.create(
                revision=rejection.revision, decision=rejection, reason=_said(reason), at=clock.now()
            )
    except IntegrityError as error:
        raise Conflict(_("You contested this rejection already. Other words can be asked for at any time.")) from error
    record(action="desk.appealed", actor_id=by.pk, subject=share.subject, digest=share.digest)
    told(share, was_silent=True)
    hands = Hand.objects.filter(share=share).values("person")
    others = Person.objects.filter(is_active=True, roles__role=Role.COMPLIANCE).exclude(pk__in=hands)
    calling.call(others.exclude(pk=rejection.reviewer_id), share, calling.Step.APPEAL)
    return made


@transaction.atomic
def answer_appeal(
    *, by: Person, share_id: int, lift: bool, note: str = "", authenticated_at: datetime | None
) -> Appeal:
    """Lift the rejection, and the share waits for a decision again; or let it stand, with a word to the author.

    Never by whoever rejected it, nor by who had a hand in it. The gate keeps every other rule.
    """
    check_may_review(by, authenticated_at)
    share = locks.share(share_id)
    access.check_may_handle(by, share)
    found = Appeal.objects.select_for_update().filter(revision=share.revision_id, answer=Appeal.Answer.OPEN).first()
    if found is None:
        raise Conflict(_("There is no open appeal here any more."))
    if found.decision.reviewer_id == by.pk:
        raise NotAllowed(_("You rejected this share, so another officer has to answer."))
    if not lift:
        note = _said(note)
    found.answer = Appeal.Answer.LIFTED if lift else Appeal.Answer.UPHELD
    found.answered_by, found.note, found.answered_at = by, note.strip()[: Appeal.LONGEST], clock.now()
    found.save()
    record(action=f"desk.appeal_{found.answer}", actor_id=by.pk, subject=share.subject, digest=share.digest)
    calling.call_off(share.pk, calling.Step.APPEAL)
    if lift:
        share = gate.lift_rejection(by=by, share_id=share.pk, decision_id=found.decision_id)
    facts = {"share": str(share.pk), "state": f"appeal_{found.answer}"}
    notify(person=share.author, kind=Notice.Kind.SHARE, facts=facts, post=share.post, url=f"/shares/{share.pk}/")
    told(share, was_silent=True)
    return found


@transaction.atomic
def mark_rule(*, by: Person, share_id: int, rule: str, is_right: bool | None) -> None:
    """Say whether a rule of the case's verdict was right about it; None takes the mark back.

    The last mark counts, whoever made it; the audit log keeps those before. Raises Invalid for any other rule.
    """
    share = locks.share(share_id)
    access.check_may_handle(by, share)
    revision = share.revision
    if revision is None or rule not in {finding["rule"] for finding in revision.verdict["findings"]}:
        raise Invalid(_("This rule says nothing about this case."))
    if is_right is None:
        RuleMark.objects.filter(revision=revision, rule=rule).delete()
    else:
        said = {"is_right": is_right, "by": by, "at": clock.now()}
        RuleMark.objects.update_or_create(revision=revision, rule=rule, defaults=said)
    record(action=_MARKED[is_right], actor_id=by.pk, subject=share.subject, rule=rule)


def _rejection(share: Share) -> Decision | None:
    if share.state != Share.State.REJECTED or share.revision is None:
        return None
    rejections = share.revision.decisions.filter(ruling=Decision.Ruling.REJECT, undone_at__isnull=True)
    found: Decision | None = rejections.order_by("-id").first()
    return found


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(_("Say why."))
    if len(text) > Appeal.LONGEST:
        raise Invalid(_("This is too long: 2,000 characters at most."))
    return text
