"""Propose a wording without the words that keep it inside; its author takes it or leaves it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import Proposal
from corpblog.desk.services.ruling import ask_for_changes
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.posts import services as posts
from corpblog.sharing.canonical import read
from corpblog.sharing.marks import Marked, of_form
from corpblog.sharing.models import Share, ShareRevision
from corpblog.sharing.services import locks

GAP: Final = "[…]"
Span = tuple[int, int]


@transaction.atomic
def redact(
    *, by: Person, share_id: int, digest: str, spans: Sequence[Span], note: str = "", authenticated_at: datetime | None
) -> Share:
    """Give the share back with a wording in which the spans are gaps: a ruling that asks for changes, and the proposal.

    spans: pairs of places in the text, in code points, end excluded. Officers take words out; they never put any in.
    """
    access.check_may_act(by)
    revision = _revision(locks.share(share_id))
    said = of_form(read(revision.canonical))
    without(said.text, spans)  # raises where there is nothing sensible to propose
    proposed = said.changed((start, end, GAP) for start, end in _merged(spans)).as_typed()
    with translation.override(revision.share.author.language or None):
        reason = note.strip() or _("We propose a wording that can leave.")
    share = ask_for_changes(by=by, share_id=share_id, digest=digest, reason=reason, authenticated_at=authenticated_at)
    # One that an undone ruling left behind is no longer offered.
    _open_of(revision).update(answer=Proposal.Answer.LEFT, answered_at=clock.now())
    Proposal.objects.create(
        revision=revision, by=by, spans=[list(span) for span in _merged(spans)], text=proposed, at=clock.now()
    )
    record(action="desk.wording_proposed", actor_id=by.pk, subject=share.subject, digest=digest)
    return share


def answer_proposal(*, by: Person, share_id: int, proposal_id: int, take: bool) -> None:
    """Take the wording as an edit of one's own, which is judged from the start, or leave it.

    Raises NotFound for everybody but the author, Conflict where the post or the ruling is another by now.
    """
    with transaction.atomic():
        share = locks.share(share_id)
        if by.pk != share.author_id:
            raise NotFound(_("There is no such share."))
        proposal = Proposal.objects.select_for_update().filter(pk=proposal_id, revision=share.revision_id).first()
        if proposal is None or not is_offered(share, proposal):
            raise Conflict(_("This wording is not offered any more. The page shows how things are now."))
        proposal.answer = Proposal.Answer.TAKEN if take else Proposal.Answer.LEFT
        proposal.answered_at = clock.now()
        proposal.save()
        record(action=f"desk.wording_{proposal.answer}", actor_id=by.pk, subject=share.subject, digest=share.digest)
        if take:
            posts.edit(by=by, post_id=share.post_id, text=proposal.text, version=_revision(share).post_version)


def is_offered(share: Share, proposal: Proposal) -> bool:
    """Whether the author can still take it: the words are the same, and the ruling still asks for changes."""
    return proposal.answer == Proposal.Answer.OPEN and share.state == Share.State.CHANGES_ASKED


def without(text: str, spans: Iterable[Span]) -> str:
    """Return the text with a gap for each span; raise Invalid where nothing sensible is left."""
    merged = _merged(spans)
    if not merged or merged[0][0] < 0 or merged[-1][1] > len(text):
        raise Invalid(_("Choose the words to take out."))
    proposed = Marked(text).changed((start, end, GAP) for start, end in merged).text
    if not any(sign.isalnum() for sign in proposed.replace(GAP, "")):
        raise Invalid(_("Nothing would be left. Reject it, or ask for changes."))
    return proposed


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _revision(share: Share) -> ShareRevision:
    if share.revision is None:
        raise NotFound(_("There is no such case."))
    return share.revision


def _open_of(revision: ShareRevision) -> QuerySet[Proposal]:
    return Proposal.objects.filter(revision=revision, answer=Proposal.Answer.OPEN)
