"""Make a revision of what would leave, let the policy judge it, and put the share where that verdict belongs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy import services as policy
from corpblog.policy.engine import Finding, Outcome, Verdict, fail_closed
from corpblog.policy.engine.verdict import strictest
from corpblog.policy.selectors import internal_hosts
from corpblog.posts import files, parts, passages
from corpblog.posts.language import guess
from corpblog.posts.models import Post, PostRevision
from corpblog.sharing import canonical, guards, marks, revoicing, splitting
from corpblog.sharing.budget import Reckoning
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Trial
from corpblog.sharing.errors import RejectedBefore
from corpblog.sharing.marks import Mark, Marked
from corpblog.sharing.models import Destination, Hand, Receipt, Share, ShareRevision
from corpblog.sharing.outward import outward
from corpblog.sharing.services import releasing
from corpblog.sharing.services.telling import told
from corpblog.sharing.wishes import Wish
from corpblog.teams.models import Channel

State = Share.State


@dataclass(frozen=True)
class Judged:
    """What would leave, and what the policy says about it; of a copy, also the cleared words that it re-voices."""

    canonical: str
    digest: str
    verdict: Verdict
    post_version: int
    cleared: ShareRevision | None = None


def form_of(post: Post, destination: Destination, wish: Wish) -> str:
    """Return every byte that would leave if this post were sent there as wished."""
    if wish.corrects:
        return _correction(post, destination, wish)
    if wish.revoices:
        return _copy(destination, wish)
    said = _parts(post, destination, wish)
    text, *thread = [part.text for part in said]
    return canonical.build(
        text=text,
        thread=thread,
        marks=marks.as_data(said),
        language=guess(wish.words, post.language) if wish.words else post.language,
        speaker=destination.speaker,
        destination_id=destination.pk,
        kind=destination.kind,
        account=destination.remote_account,
        place=destination.place,
        attachments=files.outgoing(post.files),
        send_at=wish.send_at,
        zone=wish.zone,
        visibility=_visibility(destination, wish),
        quoted=_quoted(post.quotes),
    )


def _parts(post: Post, destination: Destination, wish: Wish) -> list[Marked]:
    """Return the posts it leaves as, with what is posted under it as the last."""
    said, comment = (outward(words, destination.kind) for words in (wish.words or post.text, wish.comment))
    below = [comment] if comment.text else []
    if not wish.as_thread:
        return [said, *below]
    return [*splitting.split_for(said, destination), *below]


def _visibility(destination: Destination, wish: Wish) -> str:
    is_unseen = wish.is_trial and connector_for(destination.kind).trial is Trial.UNSEEN
    return "direct" if is_unseen else "public"


def _correction(post: Post, destination: Destination, wish: Wish) -> str:
    """What stands there now with other words in its place: its files stay, whatever became of the post's."""
    receipt = Receipt.objects.select_related("job", "shows").get(job__share=wish.corrects)
    standing = receipt.standing.sealed
    said = outward(wish.words, destination.kind)
    return canonical.correction(
        standing,
        remote_id=receipt.remote_id,
        text=said.text,
        marks=marks.as_data([said]),
        # As a post of these words would have: so that a rejection of them, on their own, is found again.
        language=guess(wish.words, post.author.language),
        send_at=wish.send_at,
        zone=wish.zone,
    )


def _copy(destination: Destination, wish: Wish) -> str:
    """What an employee says instead of the cleared words, with the same files, and that they are an employee."""
    assert wish.revoices is not None
    said = canonical.read(revoicing.cleared(wish.revoices).canonical)
    language = guess(wish.words, said["language"])
    # Flat: the edit budget reads every address among the words.
    words = outward(wish.words, destination.kind).flat().text
    return canonical.build(
        text=revoicing.disclosed(words, language),
        language=language,
        speaker=destination.speaker,
        destination_id=destination.pk,
        kind=destination.kind,
        account=destination.remote_account,
        place=destination.place,
        attachments=said["attachments"],
        send_at=wish.send_at,
        zone=wish.zone,
        quoted=said["quoted"],
    )


def _quoted(source: Post | None) -> dict[str, str] | None:
    """What is judged of a quoted post: its words, and those of its files' names and descriptions, under its label."""
    if source is None or source.is_deleted:
        return None
    beside = parts.beside(source.kind, source.part).values()
    said = [source.text, *beside, *(each[part] for each in source.files for part in ("name", "alt"))]
    return {"text": "\n".join(filter(None, said)), "classification": source.channel.classification}


def judge(*, post: Post, destination: Destination, by: Person, wish: Wish) -> Judged:
    """Scan everything that would leave under the policy in force."""
    form = form_of(post, destination, wish)
    cleared = revoicing.cleared(wish.revoices) if wish.revoices else None
    verdict = verdict_on(form, destination, by, post.channel, post, cleared=cleared)
    return Judged(form, canonical.digest(form), verdict, post.version, cleared)


def preview_copy(*, post: Post, destination: Destination, by: Person, wish: Wish) -> Judged:
    """Return what the gate would say of a copy, while somebody types: nobody's network is asked."""
    form = form_of(post, destination, wish)
    assert wish.revoices is not None
    cleared = revoicing.cleared(wish.revoices)
    verdict = verdict_on(form, destination, by, post.channel, cleared=cleared)
    return Judged(form, canonical.digest(form), verdict, post.version, cleared)


def reckoned(judged: Judged) -> Reckoning:
    """Return how far a copy's words are from the cleared ones."""
    assert judged.cleared is not None
    return revoicing.reckoned(judged.canonical, judged.cleared.canonical)


def rides(*, judged: Judged, destination: Destination, by: Person) -> bool:
    """Whether a copy of this person that was judged so would leave without a reviewer of its own."""
    cleared = judged.cleared
    if cleared is None:
        return False
    own = cleared.decisions.filter(reviewer=by, ruling="approve", undone_at__isnull=True).exists()
    approvals = guards.two_distinct(cleared) - own
    return _covers(
        cleared, judged, approvals_needed(judged.verdict, destination, cleared.share.justification), approvals
    )


def preview(
    *,
    text: str,
    channel: Channel | None,
    destination: Destination,
    by: Person,
    carried: Sequence[files.Facts] = (),
    quotes: Post | None = None,
    beside: Sequence[Mark] = (),
) -> Verdict:
    """Return what the gate would say if these words and files were asked for now, while somebody types.

    text: as typed, so that findings stand where they were typed; or as `outward` makes of it.
    beside: the marks that `outward` made.
    """
    form = canonical.build(
        text=text,
        marks=marks.as_data([Marked(text, tuple(beside))]),
        language=guess(text, by.language),
        speaker=destination.speaker,
        destination_id=destination.pk,
        kind=destination.kind,
        account=destination.remote_account,
        place=destination.place,
        attachments=files.outgoing(carried),
        quoted=_quoted(quotes),
    )
    return verdict_on(form, destination, by, channel)


def verdict_on(
    form: str,
    destination: Destination,
    by: Person,
    channel: Channel | None,
    post: Post | None = None,
    *,
    cleared: ShareRevision | None = None,
) -> Verdict:
    """Return the policy's answer; whatever is wrong with it, the answer is hold.

    post: what the form was made of, where it is more than words that somebody types.
    cleared: what the form re-voices, where an employee says it on their own account.
    """
    try:
        outgoing = canonical.read(form)
        scan = partial(
            policy.scan,
            fields=guards.bind_context(form),
            audience="external",
            destination=destination.kind,
            destination_name=destination.name,
            by=by,
            channel_classification=canonical.label_of(outgoing, channel.label) if channel else None,
            language=outgoing["language"],
            attachment_kinds=files.kinds_of(outgoing["attachments"]),
            known_texts=lambda texts: passages.known_texts(texts, channel),
        )
        author = post.author if post and not cleared else by
        readings = guards.splits_scanned(author, destination, post, form, clock.now())
        verdict = _strictest_of([scan(earlier=reading) for reading in readings or ((),)])
        verdict = guards.unread_means_hold(guards.off_means_hold(verdict), form)
        verdict = _with(verdict, guards.edit_budget(form, cleared.canonical) if cleared else ())
        # Nobody's network is asked while somebody types; what is known by then is said.
        return _with(verdict, guards.links_followed(form, internal_hosts(), clock.now())) if post else verdict
    except Exception:  # fail closed: no error of a scanner may ever let something pass
        return fail_closed("error")


def _strictest_of(verdicts: list[Verdict]) -> Verdict:
    """The strictest verdict on one and the same form, with what any of them found."""
    worst = max(verdicts, key=lambda verdict: (verdict.outcome.rank, verdict.reviewers))
    findings = dict.fromkeys(finding for verdict in (worst, *verdicts) for finding in verdict.findings)
    return replace(worst, findings=tuple(findings), reviewers=max(verdict.reviewers for verdict in verdicts))


def _with(verdict: Verdict, findings: tuple[Finding, ...]) -> Verdict:
    if not findings:
        return verdict
    return replace(
        verdict,
        outcome=strictest([verdict.outcome, *(finding.outcome for finding in findings)], default=Outcome.HOLD),
        findings=(*verdict.findings, *findings),
        reviewers=max(1, verdict.reviewers),
    )


def approvals_needed(verdict: Verdict, destination: Destination, justification: str) -> int | None:
    """Return how many people must approve; None where nobody can."""
    if verdict.outcome == Outcome.BLOCK:
        return None
    asked = 0
    if verdict.outcome == Outcome.HOLD:
        asked = max(1, verdict.reviewers)
    elif verdict.outcome == Outcome.JUSTIFY and not justification:
        asked = 1
    return max(asked, destination.least_approvals)


def enter(share: Share, judged: Judged, *, why: str, actor_id: int | None) -> None:
    """Give the share its next revision and the state that the verdict asks for; the caller holds the share's lock."""
    needed = approvals_needed(judged.verdict, share.destination, share.justification)
    ridden = _ridden(share, judged, needed) if why != "account" else None
    if why == "account" and needed == 0:
        # It was asked for one account and would go to another: a person has to want that, however clean the words are.
        needed = 1
    try:
        guards.no_reopen(judged.canonical)
        note = "" if needed is not None else "blocked"
    except RejectedBefore:
        needed, note, ridden = None, "rejected_before", None
    share.revision = _written(share, judged, needed, why, ridden)
    share.digest = judged.digest
    share.note = note
    share.state = _state(needed, is_decided=ridden is not None)
    share.held_since = clock.now() if share.state == State.HELD else None
    share.save()
    note_hands(share)
    if share.state in Share.RELEASED:
        releasing.put_on_its_way(share)
    record(
        action=f"share.{why}",
        actor_id=actor_id,
        subject=share.subject,
        state=share.state,
        revision=share.revision.number,
        digest=share.digest,
        outcome=judged.verdict.outcome.value,
        rules=list(judged.verdict.rules),
        approvals_needed=needed,
        policy_digest=judged.verdict.policy_digest,
        note=note,
        **({"rides_on": ridden.digest} if ridden else {}),
    )
    told(share, was_silent=why == "requested")


def _state(needed: int | None, *, is_decided: bool) -> Share.State:
    if needed is None:
        return State.VOID
    if needed == 0:
        return State.CLEARED
    return State.APPROVED if is_decided else State.HELD


def _ridden(share: Share, judged: Judged, needed: int | None) -> ShareRevision | None:
    """Return the cleared words whose clearance covers a copy; None where it has to be decided on its own."""
    cleared = judged.cleared
    if cleared is None:
        return None
    note_hands(share)
    approvals = guards.two_distinct(ShareRevision(share=share, rides_on=cleared))
    return cleared if _covers(cleared, judged, needed, approvals) else None


def _covers(cleared: ShareRevision, judged: Judged, needed: int | None, approvals: int) -> bool:
    """Whether nothing about a copy is to be decided anew: what is held in it was held, and approved, in the cleared."""
    decided = {(finding.rule, finding.term) for finding in Verdict.from_record(cleared.verdict).findings}
    asked = {(each.rule, each.term) for each in judged.verdict.findings if each.outcome >= Outcome.HOLD}
    is_fresh = not needed or cleared.created_at + guards.DECISIONS_LAST > clock.now()
    return needed is not None and asked <= decided and is_fresh and approvals >= needed


def enter_again(share: Share, *, why: str, actor_id: int | None = None) -> None:
    """Judge the post as it is now; approvals of other bytes count no more."""
    judged = judge(post=share.post, destination=share.destination, by=share.author, wish=share.wish)
    enter(share, judged, why=why, actor_id=actor_id)


def _written(share: Share, judged: Judged, needed: int | None, why: str, ridden: ShareRevision | None) -> ShareRevision:
    return ShareRevision.objects.create(
        share=share,
        number=share.revisions.count() + 1,
        canonical=judged.canonical,
        digest=judged.digest,
        post_version=judged.post_version,
        outcome=judged.verdict.outcome.value,
        verdict=judged.verdict.to_record(),
        policy_digest=judged.verdict.policy_digest,
        approvals_needed=needed,
        rides_on=ridden,
        why=why,
        created_at=clock.now(),
    )


def note_hands(share: Share) -> None:
    """Write down everybody who may not decide: author, requester, and whoever edited the post."""
    editors = PostRevision.objects.filter(post=share.post_id).values_list("editor_id", flat=True).distinct()
    hands = {(share.author_id, Hand.Part.AUTHOR), (share.requester_id, Hand.Part.REQUESTER)}
    hands |= {(editor, Hand.Part.EDITOR) for editor in editors}
    Hand.objects.bulk_create(
        [Hand(share=share, person_id=person, part=part) for person, part in sorted(hands)], ignore_conflicts=True
    )
