"""What the policy says, in words and marks for the composer and the bench."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from corpblog.policy.engine import Finding, Outcome, Verdict, explain, utf16_offsets
from corpblog.policy.unread import UNREAD_RULE
from corpblog.posts.files import Facts

# The worst place in a long text is what helps; a hundred lines under the text do not.
MOST_HITS = 8


@dataclass(frozen=True)
class Hit:
    """One place that a rule objects to; offsets are those of a script: UTF-16 code units.

    place: the file it is in, in words; nothing for the text, in which alone offsets count.
    """

    term: str
    start: int
    end: int
    reason: str
    rule: str
    outcome: str
    seen_as: str
    place: str = ""


@dataclass(frozen=True)
class Presented:
    """A verdict for the page; its fields are the answer that scripts read (docs/frontend.md)."""

    outcome: str
    marks: list[dict[str, Any]] = field(default_factory=list)
    html: str = ""
    summary: str = ""
    review: bool = False
    reason: bool = False
    suggestion: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def present(
    text: str,
    *,
    inside: Verdict,
    outside: Mapping[str, Verdict] | None = None,
    always_reviewed: bool = False,
    suggestion: str = "",
    carried: Sequence[Facts] = (),
) -> Presented:
    """Join what holds inside with what holds for each destination; the strictest counts.

    outside: verdicts by the destination's name.
    always_reviewed: one of the destinations lets nothing out unseen, whatever the words.
    suggestion: a wording that passes everywhere, see `engine.suggesting`.
    carried: the files beside the text.
    """
    beyond = list((outside or {}).values())
    verdicts = [inside, *beyond]
    # Inside there is no desk that waits: what a rule would hold is not posted.
    outcome = Outcome.BLOCK if inside.outcome == Outcome.HOLD else max(verdict.outcome for verdict in verdicts)
    if outcome == Outcome.ALLOW:
        return Presented(outcome.value, review=always_reviewed)
    findings = _distinct(verdicts)
    title = _title(outcome, inside)
    hits = [_hit(text, finding, carried) for finding in findings]
    context = {"outcome": outcome.value, "title": title, "hits": hits[:MOST_HITS], "suggestion": suggestion}
    return Presented(
        outcome=outcome.value,
        marks=[{"start": hit.start, "end": hit.end, "outcome": hit.outcome} for hit in hits if hit.end],
        html=render_to_string("posts/_verdict.html", context),
        summary=title,
        review=always_reviewed or any(verdict.outcome == Outcome.HOLD for verdict in beyond),
        reason=any(verdict.outcome == Outcome.JUSTIFY for verdict in verdicts),
        suggestion=suggestion,
    )


def present_outside(text: str, verdict: Verdict, carried: Sequence[Facts] = ()) -> Presented:
    """Show what the gate says about words as they would leave, and about the files with them."""
    return present(text, inside=Verdict(Outcome.ALLOW), outside={"": verdict}, carried=carried)


def _distinct(verdicts: list[Verdict]) -> list[Finding]:
    """Every finding once, under its strictest outcome, worst first."""
    worst: dict[tuple[str, str, int, int], Finding] = {}
    for finding in (finding for verdict in verdicts for finding in verdict.findings):
        place = (finding.rule, finding.field, finding.start, finding.end)
        if place not in worst or finding.outcome > worst[place].outcome:
            worst[place] = finding
    return sorted(_joined(worst.values()), key=lambda finding: (-finding.outcome.rank, finding.start))


def _joined(findings: Iterable[Finding]) -> list[Finding]:
    """Make one of what one rule found twice in the same words: “internal use” and “internal use only”."""
    joined: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (each.rule, each.field, each.start, each.end)):
        last = joined[-1] if joined else None
        same = last and (last.rule, last.field, last.outcome) == (finding.rule, finding.field, finding.outcome)
        if last and same and finding.start < last.end:
            joined[-1] = replace(last, end=max(last.end, finding.end))
        else:
            joined.append(finding)
    return joined


def _hit(text: str, finding: Finding, carried: Sequence[Facts]) -> Hit:
    in_text = finding.field == "text" and finding.end > finding.start
    start, end = utf16_offsets(text, finding.start, finding.end) if in_text else (0, 0)
    language = get_language() or "en"
    reason = finding.why.in_language(language) or finding.title.in_language(language)
    term = text[finding.start : finding.end] if in_text else ""
    seen_as = explain(finding, language)["seen_as"]
    place = ""
    if finding.field.startswith("poll."):
        number = int(finding.field.removeprefix("poll.")) + 1
        place, term = _("answer %(number)s") % {"number": number}, finding.term if finding.end else ""
    elif finding.field.startswith("attachments."):
        place, term = _place_of(finding, carried), finding.term if finding.end else ""
    elif finding.field.startswith("marks."):
        place, term = _("address behind a name"), finding.term
    if finding.rule == UNREAD_RULE:
        seen_as = ""
    return Hit(term, start, end, reason, finding.rule, finding.outcome.value, seen_as, place)


def _place_of(finding: Finding, carried: Sequence[Facts]) -> str:
    """The file's name, and which part of it is meant; `attachments.0.alt`."""
    _attachments, index, part = finding.field.split(".", 2)
    if int(index) >= len(carried):
        return ""
    name = carried[int(index)]["name"]
    return {"alt": _("description of %(name)s"), "name": _("name of %(name)s")}.get(part, "%(name)s") % {"name": name}


def _title(outcome: Outcome, inside: Verdict) -> str:
    if outcome == Outcome.BLOCK:
        return _("This cannot be posted") if inside.outcome >= Outcome.HOLD else _("This cannot leave the company")
    return {
        Outcome.HOLD: _("A reviewer will look at this first"),
        Outcome.JUSTIFY: _("Say why before you post"),
        Outcome.WARN: _("Check before you post"),
    }[outcome]
