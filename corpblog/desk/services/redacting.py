"""Propose a wording without the words that keep it inside; its author takes it or leaves it."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import Proposal
from corpblog.desk.redaction import Instead, Spans, instead, merged_spans, redactable, without
from corpblog.desk.services.ruling import ask_for_changes
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.posts import services as posts
from corpblog.posts.files import Wish as FileWish
from corpblog.posts.models import Post
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share, ShareRevision
from corpblog.sharing.services import locks


@transaction.atomic
def redact(
    *, by: Person, share_id: int, digest: str, spans: Spans, note: str = "", authenticated_at: datetime | None
) -> Share:
    """Give the share back with a wording in which the spans are gaps: a ruling that asks for changes, and the proposal.

    spans: for each field of `redactable` pairs of places in it, in code points, end excluded. Officers take words out;
    they never put any in.
    """
    access.check_may_act(by)
    revision = _revision(locks.share(share_id))
    proposed = _proposed(revision, spans)
    with translation.override(revision.share.author.spoken_language):
        reason = note.strip() or _("We propose a wording that can leave.")
    share = ask_for_changes(by=by, share_id=share_id, digest=digest, reason=reason, authenticated_at=authenticated_at)
    # One that an undone ruling left behind is no longer offered.
    _open_of(revision).update(answer=Proposal.Answer.LEFT, answered_at=clock.now())
    Proposal.objects.create(revision=revision, by=by, fields=proposed, at=clock.now())
    record(action="desk.wording_proposed", actor_id=by.pk, subject=share.subject, digest=digest, fields=[*proposed])
    return share


def _proposed(revision: ShareRevision, spans: Spans) -> dict[str, dict[str, object]]:
    known = redactable(revision.share, revision.canonical)
    if not spans or not spans.keys() <= known.keys():
        raise Invalid(_("Choose the words to take out."))
    return {
        name: {"spans": [list(span) for span in merged_spans(chosen)], "text": without(name, known[name], chosen)}
        for name, chosen in spans.items()
    }


def answer_proposal(*, by: Person, share_id: int, proposal_id: int, take: bool) -> None:
    """Take the wording as a change of one's own, which is judged from the start, or leave it.

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
            _take(by, share, proposal)


def _take(by: Person, share: Share, proposal: Proposal) -> None:
    revision = _revision(share)
    found = instead(share, revision.canonical, proposal.spans)
    words, comment = (
        now if now is not None else before
        for now, before in ((found.words, share.words), (found.comment, share.comment))
    )
    # Nothing in it is new, so its links were followed when it was asked for: no stranger's server keeps the locks.
    gate.plan(by=by, share=share, wish=replace(share.wish, words=words, comment=comment))
    if found.changes_post:
        post = share.post
        text = post.text if found.text is None else found.text
        posts.edit(by=by, post_id=post.pk, text=text, version=revision.post_version, descriptions=_files(post, found))


def _files(post: Post, found: Instead) -> list[FileWish]:
    """Return what is said anew of the post's files; what does not change of them is said as it was."""
    wishes = []
    for index in sorted(found.alts.keys() | found.names.keys()):
        alt = found.alts.get(index, post.files[index]["alt"])
        is_decorative = not alt and post.files[index]["width"] is not None
        wishes.append(FileWish(int(post.files[index]["id"]), alt, is_decorative, found.names.get(index, "")))
    return wishes


def is_offered(share: Share, proposal: Proposal) -> bool:
    """Whether the author can still take it: the words are the same, and the ruling still asks for changes."""
    return proposal.answer == Proposal.Answer.OPEN and share.state == Share.State.CHANGES_ASKED


def _revision(share: Share) -> ShareRevision:
    if share.revision is None:
        raise NotFound(_("There is no such case."))
    return share.revision


def _open_of(revision: ShareRevision) -> QuerySet[Proposal]:
    return Proposal.objects.filter(revision=revision, answer=Proposal.Answer.OPEN)
