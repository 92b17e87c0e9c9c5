"""Every single thing that must hold before bytes leave, one function each.

`docs/threat-model.md` maps them to the ways round a gate. The tests take each one away in turn and see that it is
missed, so a guard that nobody would miss does not stay here. Each raises, or answers what may be relied on.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.policy.engine import Finding, Outcome, Verdict
from corpblog.policy.engine.verdict import FAIL_CLOSED_RULE
from corpblog.policy.unread import held_for
from corpblog.posts import files
from corpblog.posts.models import Post, PostRevision
from corpblog.sharing import canonical, revoicing, short_links, timetables
from corpblog.sharing.errors import RejectedBefore, StaleCase
from corpblog.sharing.models import (
    Decision,
    Destination,
    FollowedLink,
    GateState,
    Hand,
    Job,
    Offer,
    OwnKind,
    QuietPeriod,
    Recall,
    Receipt,
    Share,
    ShareRevision,
    Timetable,
)
from corpblog.teams.access import is_delegate
from corpblog.teams.models import Channel, Classification

DECISIONS_LAST: Final = timedelta(days=7)
SPLITS_LAST: Final = timedelta(days=1)
MOST_SPLITS: Final = 20
WAYS_LAST: Final = timedelta(minutes=10)


class Stopped(Exception):
    """It may not leave now. `code` says why; the kind of stop says what becomes of it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wait(Stopped):
    """Nothing is wrong with the share; it goes later."""


class Withdraw(Stopped):
    """It must not leave any more."""


class JudgeAgain(Stopped):
    """What was decided is not about what would leave now."""


# What is judged ---------------------------------------------------------------------------------------------


def bind_context(form: str) -> Mapping[str, str]:
    """Everything that a reader outside could see is scanned, not only the text: the words in files too."""
    return canonical.outgoing_strings(form) | files.judgeable(canonical.read(form)["attachments"]).texts


def unread_means_hold(verdict: Verdict, form: str) -> Verdict:
    """What could not be read in a file is never clean: a person looks at it, and sees why."""
    return held_for(verdict, files.judgeable(canonical.read(form)["attachments"]).unread)


def splits_scanned(
    author: Person, destination: Destination, post: Post | None, form: str, now: datetime
) -> tuple[tuple[str, ...], ...]:
    """What readers there may see of this author just before these words, oldest first: a secret may come in halves.

    Two readings of their other shares of the last day or of the same thread, 20 at most (gate.md, G23): with what is on
    its way, in the order in which it was asked for; and only what is out, in the order in which it went. Neither hides
    the other: what waits may never come between two halves that are out. A correction is read after what it replaces as
    well: networks show the versions of a post side by side.
    """
    theirs = Share.objects.filter(author=author, destination=destination)
    out = theirs.out_or_called().called_since(now - SPLITS_LAST)
    if post is not None:
        out = (out | theirs.out().of_thread(post)).exclude(post=post)
        theirs = theirs.exclude(post=post)
    readings = [(theirs.on_their_way() | out).order_by("-pk"), out.order_by("-job__last_call_at")]
    if canonical.read(form).get("corrects"):
        versions = Share.objects.filter(post=post, destination=destination).exclude(digest=canonical.digest(form))
        readings.append(versions.out_or_called().order_by("-job__last_call_at"))
    return tuple(dict.fromkeys(_texts_of(reading) for reading in readings))


def _texts_of(newest_first: QuerySet[Share]) -> tuple[str, ...]:
    forms = newest_first.values_list("revision__canonical", flat=True)[:MOST_SPLITS]
    read = (canonical.read(form) for form in reversed(forms))
    return tuple("\n".join([*canonical.parts(form), *canonical.addresses(form)]) for form in read)


def links_followed(form: str, internal_hosts: tuple[str, ...], now: datetime) -> tuple[Finding, ...]:
    """A short link says nothing of where it leads; it was followed just now, and is judged by every stop on its way."""
    links = short_links.short_links_in(form)
    rows = FollowedLink.objects.filter(pk__in=[link.digest for link in links], followed_at__gte=now - WAYS_LAST)
    ways = {row.pk: short_links.Way(tuple(row.way), row.end) for row in rows}
    judged = (short_links.objection(link, ways.get(link.digest), internal_hosts) for link in links)
    return tuple(finding for finding in judged if finding is not None)


def edit_budget(form: str, cleared_form: str) -> tuple[Finding, ...]:
    """Words that an employee changed are the cleared ones within a budget; what is beyond it, a person looks at."""
    return revoicing.objections(form, cleared_form)


def off_means_hold(verdict: Verdict) -> Verdict:
    """An answer without a policy behind it never lets anything pass, however friendly it looks."""
    if not verdict.policy_digest and verdict.outcome < Outcome.HOLD:
        raise Wait("no_policy")
    return verdict


def channel_cap(channel: Channel, destination: Destination) -> None:
    """Private channels never share, nor confidential ones, nor those above the destination's own cap."""
    order = [str(level) for level in Classification]
    if channel.is_private or channel.kind == Channel.Kind.DIRECT:
        raise Withdraw("private_channel")
    if order.index(channel.classification) > min(order.index(destination.cap), order.index("internal")):
        raise Withdraw("classification")


def children_scanned(post: Post, destination: Destination) -> None:
    """What a post answers or quotes, and its thread, may leave as well: a reply does not carry a closed thread out."""
    for above in (post.answers, post.root, post.quotes):
        if above is not None:
            channel_cap(above.channel, destination)


def no_reopen(form: str) -> None:
    """What a reviewer rejected stays rejected: asking until somebody lenient sits there does not help.

    Nor does putting other words outside first, and correcting them to these.
    """
    if any(_rejected(name) for name in canonical.names(form)):
        raise RejectedBefore(
            _("A reviewer rejected exactly these words for this destination. Change them, then ask again.")
        )


def _rejected(digest: str) -> bool:
    return Decision.objects.filter(digest=digest, ruling=Decision.Ruling.REJECT, undone_at__isnull=True).exists()


# Who decides ------------------------------------------------------------------------------------------------


def no_self(share: Share, reviewer: Person) -> None:
    """Nobody decides on what they wrote or asked for, by id, whatever account or token they come with."""
    if reviewer.pk in {share.author_id, share.requester_id}:
        raise NotAllowed(_("You cannot decide on your own share. Another officer has to."), guard="no_self")


def no_editor(share: Share, reviewer: Person) -> None:
    """Nobody decides on a post that they edited, also where other words of it leave or the news of the edit is late."""
    edited = Hand.objects.filter(share=share, person=reviewer, part=Hand.Part.EDITOR)
    if edited.exists() or PostRevision.objects.filter(post=share.post_id, editor=reviewer).exists():
        raise NotAllowed(_("You edited this post, so another officer has to decide."), guard="no_editor")


def bind_decision(share: Share, revision: ShareRevision, digest: str) -> None:
    """A ruling counts for the bytes that the reviewer saw, and for no others."""
    if revision.digest != digest:
        raise StaleCase(_("This share changed while you were reading. Look at what would leave now."))


def two_distinct(revision: ShareRevision) -> int:
    """How many different people approve these bytes, or those they ride on, none of whom had a hand in them."""
    decided = revision.decided_on
    hands = Hand.objects.filter(share__in=[revision.share_id, decided.share_id]).values("person")
    approvals = decided.decisions.filter(ruling=Decision.Ruling.APPROVE, undone_at__isnull=True)
    return approvals.exclude(reviewer__in=hands).values("reviewer").distinct().count()


# What must hold at the instant of sealing, and again just before the call -----------------------------------


def gate_open(gate: GateState) -> None:
    """The kill switch stops everything."""
    if gate.is_closed:
        raise Wait("gate_closed")


def connector_open(destination: Destination) -> None:
    """A closed destination gets nothing."""
    if not destination.is_open:
        raise Wait("destination_closed")


def hold_connector(destination: Destination, revision: ShareRevision) -> None:
    """What was approved for one account does not go to another in its place, nor to another server that claims it."""
    if not canonical.is_for(revision.canonical, destination.remote_account, destination.place):
        raise JudgeAgain("account")


def withdraw_stops(share: Share) -> None:
    """Only what is still wanted and released leaves."""
    if share.state not in {*Share.RELEASED, Share.State.SENDING}:
        raise Withdraw("not_released")


def post_alive(post: Post) -> None:
    """A deleted post does not leave."""
    if post.deleted_at is not None:
        raise Withdraw("post_deleted")


def original_stands(original: Share | None, destination: Destination) -> None:
    """A correction goes only where what it corrects still is, on the account that it went to, and nobody wants it gone.

    original: what it corrects; None for a share that is none.
    """
    if original is None:
        return
    receipt = Receipt.objects.filter(job__share=original).select_related("job").first()
    if original.state != Share.State.SENT or receipt is None or Recall.objects.filter(share=original).exists():
        raise Withdraw("original_gone")
    if not receipt.is_known_to_a_machine:
        raise Withdraw("original_unknown")
    if not canonical.is_for(receipt.job.sealed, destination.remote_account, destination.place):
        raise Withdraw("original_elsewhere")


def offer_stands(share: Share) -> None:
    """A copy goes only once what it re-voices is out, while that is offered, on the words that stand there now."""
    if share.revoices_id is None:
        return
    original = Share.objects.get(pk=share.revoices_id)
    is_wanted = Offer.objects.open().filter(share=original).exists()
    if not is_wanted or Recall.objects.filter(share=original).exists():
        raise Withdraw("offer_ended")
    if original.state in {*Share.RELEASED, Share.State.SENDING}:
        raise Wait("offer_waits")
    if original.state != Share.State.SENT:
        raise Withdraw("offer_ended")
    rides_on = share.revision.rides_on_id if share.revision else None
    if rides_on is not None and rides_on != revoicing.cleared(original.pk).pk:
        raise JudgeAgain("original")


def owner_alone(share: Share, destination: Destination) -> None:
    """An employee's own account takes copies of its owner, as long as admins let such accounts be used."""
    if destination.owner_id is None and not share.is_copy:
        return
    if not share.is_copy or {share.author_id, share.requester_id} != {destination.owner_id}:
        raise Withdraw("not_owner")
    if not OwnKind.objects.filter(kind=destination.kind, is_open=True).exists():
        raise Wait("own_closed")


def author_stays(share: Share) -> None:
    """What people asked for who were cut off does not leave."""
    if not (share.author.is_active and share.requester.is_active):
        raise Withdraw("author_left")


def delegate_stays(share: Share, post: Post) -> None:
    """What somebody asked for in the name of a company account does not leave once they no longer speak for it."""
    if post.is_on_behalf and not share.is_copy and not is_delegate(share.requester, post.channel):
        raise Withdraw("not_delegate")


def bind_hash(revision: ShareRevision, current: str) -> None:
    """The bytes that were judged are the post's bytes of now; an edit voids what was decided."""
    if revision.digest != canonical.digest(current):
        raise JudgeAgain("edited")


def bytes_untouched(revision: ShareRevision) -> None:
    """The stored bytes are those that the digest names, whoever wrote into the database."""
    if canonical.digest(revision.canonical) != revision.digest:
        raise JudgeAgain("tampered")


def bind_attachment(form: str) -> None:
    """The files' stored bytes are those that were judged: each still has the digest that stands in the form."""
    if not files.are_whole(canonical.read(form)["attachments"]):
        raise Wait("file_damaged")


def described(destination: Destination, form: str) -> None:
    """No picture goes undescribed where the destination asks for descriptions; a correction leaves pictures alone."""
    content = canonical.read(form)
    if destination.needs_alt and "corrects" not in content and files.undescribed(content["attachments"]):
        raise Wait("alt_missing")


def due(job: Job, now: datetime) -> None:
    """Not before its time, by the database's clock."""
    if job.share.send_at is not None and job.share.send_at > now:
        raise Wait("scheduled")


def not_quiet(destination: Destination, now: datetime) -> None:
    """Nothing leaves while the destination is quiet: at night, at the weekend, on the days before results."""
    table = Timetable.objects.filter(destination=destination).first()
    is_in_period = QuietPeriod.objects.filter(destination=destination).around(now).exists()
    if is_in_period or (table is not None and timetables.is_quiet(table, now)):
        raise Wait("quiet")


def decisions_stand(revision: ShareRevision, now: datetime) -> None:
    """As many people as needed approved, nobody rejected, and not so long ago that the world is another."""
    if revision.approvals_needed is None:
        raise JudgeAgain("blocked")
    # A destination may ask for more people than it did when the share was judged.
    if two_distinct(revision) < max(revision.approvals_needed, revision.share.destination.least_approvals):
        raise JudgeAgain("undecided")
    # The same words may have been rejected in somebody else's share since; judged again, they stay rejected.
    if any(_rejected(name) for name in canonical.names(revision.canonical)):
        raise JudgeAgain("rejected")
    if revision.approvals_needed and revision.decided_on.created_at + DECISIONS_LAST < now:
        raise JudgeAgain("expired")


def policy_recheck(revision: ShareRevision, verdict: Verdict) -> None:
    """What the policy in force says now is covered by what was decided then."""
    if any(finding.rule == FAIL_CLOSED_RULE for finding in verdict.findings):
        raise Wait("no_verdict")
    if verdict.outcome < Outcome.HOLD:
        if verdict.outcome == Outcome.JUSTIFY and not (revision.share.justification or revision.approvals_needed):
            raise JudgeAgain("policy")
        return
    seen = {_what(finding) for finding in Verdict.from_record(revision.verdict).findings}
    asked = {_what(finding) for finding in verdict.findings if finding.outcome >= Outcome.HOLD}
    needed = max(1, verdict.reviewers)
    if verdict.outcome == Outcome.BLOCK or not asked <= seen or two_distinct(revision) < needed:
        is_about_links = {what[0] for what in asked - seen} == {short_links.RULE}
        raise JudgeAgain("links" if is_about_links else "policy")


def _what(finding: object) -> tuple[object, ...]:
    return tuple(getattr(finding, name) for name in ("rule", "term", "field", "start", "end", "outcome"))


def thread_whole(job: Job, stop: Stopped) -> Stopped:
    """What is out of a thread belongs to what was approved: the rest leaves in those words, or not at all."""
    return Withdraw("thread_stopped") if isinstance(stop, JudgeAgain) and job.parts.exists() else stop


def look_first(share: Share) -> bool:
    """What may have been sent after a backup that was restored is looked for outside before it is sent."""
    return share.in_doubt_since is not None


# Who sends --------------------------------------------------------------------------------------------------


def lease_fence(job: Job, lease: int, now: datetime) -> None:
    """Only the newest lease sends, and only while it lasts: a worker that slept is recognised when it wakes."""
    if job.lease != lease or job.lease_until is None or job.lease_until <= now:
        raise Wait("stale_lease")


def idem_key(job_id: int, digest: str, part: int) -> str:
    """The name under which the remote recognises a repetition: the same for every try of a part; the first is 0."""
    key = hashlib.sha256(f"{job_id}:{digest}".encode()).hexdigest()
    return hashlib.sha256(f"{key}:{part}".encode()).hexdigest() if part else key


def readback(job: Job) -> bool:
    """Whether we looked outside, twice, before believing that it did not arrive."""
    return job.looks >= 2
