"""Give a case to an officer, pass it up to a second one, and write about it."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import CaseFile, Remark
from corpblog.desk.services import calling
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.notifications.models import Notice
from corpblog.notifications.services import notify
from corpblog.people.models import Person, Role
from corpblog.sharing.access import check_may_review
from corpblog.sharing.errors import StaleCase
from corpblog.sharing.events import ShareChanged
from corpblog.sharing.models import Hand, Share
from corpblog.sharing.services import locks
from corpblog.sharing.services.telling import told

# By what a company lets new cases go by themselves, and whose turn it is: the first one's.
_FEWEST = ("load", F("last").asc(nulls_first=True), "pk")
_BY_TURNS = (F("last").asc(nulls_first=True), "pk")
TURNS: Final = {"load": _FEWEST, "round-robin": _BY_TURNS}


@transaction.atomic
def assign(*, by: Person, share_id: int, to: str) -> CaseFile:
    """Give a waiting case to an officer, or back to all.

    to: a username; empty gives it back. Raises NotFound, NotAllowed, and Conflict where it does not wait any more.
    """
    access.check_may_act(by)
    share = _waiting(share_id)
    file = _locked_file(share)
    officer = _officer(to) if to else None
    if officer is not None:
        access.check_may_handle(officer, share)
        access.check_may_rule(officer, share.pk)
    _give(file, officer)
    if officer is not None:
        calling.call([officer], share, calling.Step.ASSIGNED, by=by)
    record(
        action="desk.assigned",
        actor_id=by.pk,
        subject=share.subject,
        officer=officer.pk if officer else None,
        how="hand",
    )
    told(share, was_silent=True)
    return file


@transaction.atomic
def escalate(*, by: Person, share_id: int, digest: str, note: str, authenticated_at: datetime | None) -> Share:
    """Pass a case up, with a note for colleagues; another officer then decides, never the one who passed it up."""
    check_may_review(by, authenticated_at)
    if not note.strip():
        raise Invalid(_("Say what the second officer should look at."))
    share = _waiting(share_id)
    access.check_may_handle(by, share)
    if share.digest != digest:
        raise StaleCase(_("This share changed while you were reading. Look at what would leave now."))
    file = _locked_file(share)
    if file.escalated_at is not None:
        raise Conflict(_("This case was escalated already."))
    file.escalated_by, file.escalated_at = by, clock.now()
    if file.officer_id == by.pk:
        file.officer, file.since = None, None
    file.save()
    _write(share, by, Remark.Kind.ESCALATION, note)
    record(action="desk.escalated", actor_id=by.pk, subject=share.subject, digest=digest)
    calling.call(_able(share, file), share, calling.Step.ESCALATED, by=by)
    told(share, was_silent=True)
    return share


@transaction.atomic
def remark(*, by: Person, share_id: int, kind: str, text: str) -> Remark:
    """Write to colleagues about a case, or to its author, who is told that there is something to read.

    kind: `comment` or `message`. Neither holds up nor releases anything.
    """
    share = locks.share(share_id)
    access.check_may_handle(by, share)
    if kind not in {Remark.Kind.COMMENT, Remark.Kind.MESSAGE}:
        raise Invalid(_("Choose who should read this: colleagues or the author."))
    made = _write(share, by, Remark.Kind(kind), text)
    record(action=f"desk.{kind}", actor_id=by.pk, subject=share.subject)
    if made.kind == Remark.Kind.MESSAGE:
        facts = {"share": str(share.pk), "state": "message"}
        notify(person=share.author, kind=Notice.Kind.SHARE, facts=facts, post=share.post, url=f"/shares/{share.pk}/")
    return made


def share_moved(news: ShareChanged) -> None:
    """Give what is held to the officer whose turn it is, where the company wants it so, or call all who may decide."""
    if news.state != Share.State.HELD:
        calling.call_off(news.share_id, calling.Step.WAITING, calling.Step.ASSIGNED, calling.Step.ESCALATED)
        return
    if settings.DESK_ASSIGNMENT in TURNS:
        assign_by_turn(news.share_id, how=settings.DESK_ASSIGNMENT)
    call_all(news.share_id)


@transaction.atomic
def call_all(share_id: int) -> None:
    """Call every officer who may decide a case that nobody has, once for each wait."""
    share = locks.share(share_id)
    if share.state != Share.State.HELD:
        return
    file = _locked_file(share)
    if file.officer_id is None and file.called_for != share.held_since:
        file.called_for = share.held_since
        file.save(update_fields=["called_for"])
        calling.call(_able(share, file), share, calling.Step.WAITING)


@transaction.atomic
def assign_by_turn(share_id: int, *, how: str) -> CaseFile | None:
    """Give a case that nobody has to an officer who may decide it.

    how: `load` is the one with the fewest, and among equals who waits longest for one; `round-robin` is who waits
    longest, however many they have.
    """
    share = locks.share(share_id)
    if share.state != Share.State.HELD:
        return None
    file = _locked_file(share)
    if file.officer_id is not None:
        return None
    waiting = Q(desk_cases__share__state=Share.State.HELD)
    able = _able(share, file)
    counted = able.annotate(load=Count("desk_cases", filter=waiting, distinct=True), last=Max("desk_cases__since"))
    found = counted.order_by(*TURNS[how]).first()
    if found is None:
        return None
    _give(file, found)
    calling.call([found], share, calling.Step.ASSIGNED)
    record(action="desk.assigned", actor_id=None, subject=share.subject, officer=found.pk, how=how)
    told(share, was_silent=True)
    return file


def _able(share: Share, file: CaseFile) -> QuerySet[Person]:
    """Return the officers who may decide: none who had a hand in it, or who passed it up."""
    hands = Hand.objects.filter(share=share).values("person")
    able = Person.objects.filter(is_active=True, roles__role=Role.COMPLIANCE).exclude(pk__in=hands)
    return able if file.escalated_by_id is None else able.exclude(pk=file.escalated_by_id)


def _waiting(share_id: int) -> Share:
    share = locks.share(share_id)
    if share.state != Share.State.HELD:
        raise Conflict(_("This share is not waiting for a decision any more."))
    return share


def _locked_file(share: Share) -> CaseFile:
    # The share's row is locked, so two of them cannot be made.
    file: CaseFile = CaseFile.objects.get_or_create(share=share)[0]
    return file


def _officer(username: str) -> Person:
    found = Person.objects.filter(username=username).first()
    if found is None or not access.can_review(found):
        raise NotFound(_("There is no such compliance officer."))
    return found


def _give(file: CaseFile, officer: Person | None) -> None:
    file.officer, file.since = officer, clock.now() if officer else None
    file.save()


def _write(share: Share, by: Person, kind: Remark.Kind, text: str) -> Remark:
    text = text.strip()
    if not text:
        raise Invalid(_("Write something first."))
    if len(text) > Remark.LONGEST:
        raise Invalid(_("This is too long: 2,000 characters at most."))
    made: Remark = Remark.objects.create(share=share, by=by, kind=kind, text=text, at=clock.now())
    return made
