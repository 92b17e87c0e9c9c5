"""Ask policy whether words may be posted inside."""

from datetime import timedelta

from django.db import transaction

from corpblog.audit.services import record
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.policy.services import scan
from corpblog.posts import passages
from corpblog.posts.errors import PostBlocked, PostHeld, ReasonMissing
from corpblog.posts.language import guess
from corpblog.posts.models import PostRevision
from corpblog.teams.models import Channel

POSTS = Limit("posts", 30, timedelta(minutes=1))
EDITS = Limit("edits", 30, timedelta(minutes=1))
_REFUSALS: dict[Outcome, type[PostBlocked]] = {
    Outcome.BLOCK: PostBlocked,
    Outcome.HOLD: PostHeld,
    Outcome.JUSTIFY: ReasonMissing,
}


def judge(*, by: Person, channel: Channel, text: str, reason: str = "") -> Verdict:
    """Return the verdict where the text may be posted; raise what says why not.

    Runs before the transaction that posts: a scan may take long, and a held lock would stop the channel.
    """
    verdict = verdict_inside(text, by, channel)
    refusal = _REFUSALS.get(verdict.outcome)
    if refusal is None or (refusal is ReasonMissing and reason.strip()):
        return verdict
    if refusal is not ReasonMissing:
        _note_refusal(by, channel, verdict)
    raise refusal(verdict, text)


def verdict_inside(text: str, by: Person, channel: Channel | None) -> Verdict:
    """Return what the policy says about these words inside; without a channel, about any."""
    return scan(
        fields={"text": text},
        audience="internal",
        by=by,
        channel_classification=channel.classification if channel else None,
        language=guess(text, by.language),
        attachment_kinds=frozenset(),
        known_texts=lambda texts: passages.known_texts(texts, channel),
    )


@transaction.atomic
def _note_refusal(by: Person, channel: Channel, verdict: Verdict) -> None:
    # Counted like a post: whoever probes for what the rules let pass runs into the limit, and the log is not flooded.
    POSTS.hit(str(by.pk))
    record(action="post.refused", actor_id=by.pk, subject=f"channel:{channel.pk}", **_facts(verdict))


def keep(verdict: Verdict, revision: PostRevision, *, by: Person, reason: str) -> None:
    """Put what policy said beside the words, and in the audited log, where it said something."""
    if verdict.outcome == Outcome.ALLOW and not verdict.shadowed:
        return
    revision.verdict, revision.reason = verdict.to_record(), reason.strip()[:300]
    if verdict.outcome == Outcome.ALLOW:
        return
    record(action="post.warned", actor_id=by.pk, subject=f"post:{revision.post_id}", **_facts(verdict))


def _facts(verdict: Verdict) -> dict[str, object]:
    return {"outcome": verdict.outcome.value, "rules": list(verdict.rules), "policy": verdict.policy_digest}
