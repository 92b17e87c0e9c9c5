"""Ask policy whether words may be posted inside."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction

from corpblog.audit.services import record
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.policy.services import scan
from corpblog.posts import files, passages, quoting
from corpblog.posts.errors import PostBlocked, PostHeld, ReasonMissing
from corpblog.posts.language import guess
from corpblog.posts.models import Post, PostRevision
from corpblog.teams.models import Channel

POSTS = Limit("posts", 30, timedelta(minutes=1))
EDITS = Limit("edits", 30, timedelta(minutes=1))
_REFUSALS: dict[Outcome, type[PostBlocked]] = {
    Outcome.BLOCK: PostBlocked,
    Outcome.HOLD: PostHeld,
    Outcome.JUSTIFY: ReasonMissing,
}


def judge(
    *,
    by: Person,
    channel: Channel,
    text: str,
    carried: Sequence[files.Facts] = (),
    beside: Mapping[str, str] | None = None,
    quotes: Post | None = None,
    reason: str = "",
) -> Verdict:
    """Return the verdict where the text, its files and what stands beside it may be posted; raise what says why not.

    Runs before the transaction that posts: a scan may take long, and a held lock would stop the channel.
    """
    verdict = verdict_inside(text, by, channel, carried, beside, quotes=quotes)
    refusal = _REFUSALS.get(verdict.outcome)
    if refusal is None or (refusal is ReasonMissing and reason.strip()):
        return verdict
    if refusal is not ReasonMissing:
        _note_refusal(by, channel, verdict)
    raise refusal(verdict, text)


def verdict_inside(
    text: str,
    by: Person,
    channel: Channel | None,
    carried: Sequence[files.Facts] = (),
    beside: Mapping[str, str] | None = None,
    *,
    quotes: Post | None = None,
) -> Verdict:
    """Return what the policy says about these words and files inside; without a channel, about any.

    beside: other words of the post, by their place: `poll.0` (`posts.parts.beside`).
    quotes: was judged when it was posted, and its words stay where they may be seen; its label counts here, too.

    A file that cannot be read is no reason to refuse it inside: there is no desk that could look at it. For the same
    reason the words of very long files are judged as far as a scan can go.
    """
    fields = {"text": text, **(beside or {})}
    for index, each in enumerate(carried):
        fields |= {f"attachments.{index}.{part}": each[part] for part in ("name", "alt") if each[part]}
    return scan(
        fields=fields | files.within(files.judgeable(carried).texts),
        audience="internal",
        by=by,
        channel_classification=quoting.label_of(channel, quotes) if channel else None,
        language=guess(text, by.language),
        attachment_kinds=files.kinds_of(carried),
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
