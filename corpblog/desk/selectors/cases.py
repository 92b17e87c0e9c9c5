"""One case with its evidence, what officers wrote about it, and what became of others like it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import trail
from corpblog.desk import access, pseudonyms
from corpblog.desk.evidence import Excerpt, Piece, excerpts, pieces, redacted
from corpblog.desk.models import Appeal, CaseFile, Remark, RuleMark, Unmasking
from corpblog.desk.pseudonyms import Author
from corpblog.desk.redaction import Span, redactable
from corpblog.desk.selectors.alike import Alike, alike, beside
from corpblog.desk.selectors.around import Around, around
from corpblog.desk.selectors.findings import explained, findings_of
from corpblog.desk.selectors.histories import YEAR, History, history, rule_histories
from corpblog.desk.selectors.leaving import Leaving, leaving, words_replaced
from corpblog.kernel import clock
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.policy.engine import Finding, Verdict
from corpblog.policy.engine.model import PRIVATE
from corpblog.policy.engine.verdict import SeenAs
from corpblog.policy.models import PolicyVersion
from corpblog.policy.unread import UNREAD_RULE, why
from corpblog.sharing.canonical import outgoing_strings, read
from corpblog.sharing.guards import bind_context
from corpblog.sharing.models import Decision, Share, ShareRevision
from corpblog.teams.models import Classification

_OF_FILES: Final = "attachments."


@dataclass(frozen=True)
class Hit:
    """One finding, explained in the reader's language."""

    rule: str
    title: str
    term: str
    reason: str
    seen_as: str
    next_step: str
    field: str
    outcome: str
    confidence: float


@dataclass(frozen=True)
class FieldOfCase:
    """One outgoing string with everything that was found in it."""

    name: str
    pieces: list[Piece]
    redacted: str


@dataclass(frozen=True)
class FileOfCase:
    """One file that would leave: what it is, the words in it with what was found, and why some could not be read."""

    index: int
    kind: str
    size: int
    digest: str
    is_picture: bool
    name: list[Piece]
    alt: list[Piece]
    plain_name: str
    text: list[Excerpt]
    unread: list[str]


@dataclass(frozen=True)
class Takeable:
    """A text out of which an officer may propose to take words. found: places in it that a rule names, each once."""

    name: str
    text: str
    found: list[Span]


@dataclass(frozen=True)
class Case:
    """Everything that a decision needs, and the digest that it is bound to."""

    share: Share
    author: Author
    names: Mapping[int, str]
    unmaskings: list[Unmasking]
    revision: ShareRevision
    digest: str
    text: str
    replaced: str
    leaving: Leaving
    around: Around
    fields: list[FieldOfCase]
    files: list[FileOfCase]
    hits: list[Hit]
    outcome: str
    policy_version: int | None
    decisions: list[Decision]
    approvals: int
    approvals_needed: int
    can_decide: bool
    why_not: str
    can_undo: bool
    author_history: History
    rule_history: list[tuple[str, str, History]]
    earlier: list[Alike]
    beside: list[Alike]
    takeable: list[Takeable]
    trail: list[AuditEntry]
    waiting: timedelta
    file: CaseFile | None
    remarks: list[Remark]
    can_handle: bool
    appeal: Appeal | None
    can_answer: bool
    marks: Mapping[str, bool]

    @property
    def unmasking(self) -> Unmasking | None:
        """The one that waits for a second officer."""
        return next((each for each in self.unmaskings if not each.agreed_at and not each.refused_at), None)


def case(officer: Person, share_id: int) -> Case:
    """Return one case; raise NotFound. Officers and auditors only."""
    access.check_may_read(officer)
    share = Share.objects.for_rows().filter(pk=share_id).first()
    if share is None:
        raise NotFound(_("There is no such case."))
    revision = revision_of(share)
    verdict = Verdict.from_record(revision.verdict)
    findings = findings_of(revision)
    decisions = list(revision.decisions.filter(undone_at__isnull=True).select_related("reviewer").order_by("id"))
    strings = bind_context(revision.canonical)
    file = CaseFile.objects.filter(share=share).select_related("officer", "escalated_by").first()
    is_own = access.had_a_hand(officer, share)
    others = alike(officer, share)
    contested = Appeal.objects.filter(revision=revision).select_related("decision__reviewer", "answered_by").first()
    author, names = pseudonyms.authors(officer, [share])[share.pk], pseudonyms.names(officer, share)
    why_not = _why_not(officer, share, decisions, file, is_own=is_own)
    return Case(
        share=share,
        author=author,
        names=names,
        unmaskings=list(share.unmaskings.select_related("asked_by", "agreed_by", "refused_by").order_by("pk")),
        revision=revision,
        digest=revision.digest,
        text=read(revision.canonical)["text"],
        replaced=words_replaced(share, revision),
        leaving=leaving(share),
        around=around(officer, share, names, is_masked=author.is_masked),
        fields=_fields(revision, findings, author),
        files=_files(revision, findings),
        hits=[_hit(finding, strings) for finding in findings],
        outcome=verdict.outcome.value,
        policy_version=_policy_number(revision),
        decisions=decisions,
        approvals=len({ruling.reviewer_id for ruling in decisions if ruling.ruling == Decision.Ruling.APPROVE}),
        approvals_needed=revision.approvals_needed or 0,
        can_decide=not why_not,
        why_not=why_not,
        can_undo=any(ruling.reviewer_id == officer.pk for ruling in decisions) and _is_undoable(share),
        author_history=history(Decision.objects.filter(revision__share__author=share.author), YEAR),
        rule_history=rule_histories(findings),
        earlier=[other for other in others if not other.waits],
        beside=beside(officer, revision, others) if not why_not else [],
        takeable=_takeable(share, revision, findings),
        # Nobody reads what colleagues did about their own words.
        trail=[entry for entry in trail(share.subject) if not (is_own and entry.action.startswith("desk."))],
        waiting=waiting_since(share),
        file=file,
        remarks=[] if is_own else list(share.remarks.select_related("by").order_by("id")),
        can_handle=not is_own and access.can_review(officer),
        appeal=contested,
        can_answer=_can_answer(officer, contested) and not is_own,
        marks=dict(RuleMark.objects.filter(revision=revision).values_list("rule", "is_right")),
    )


def revision_of(share: Share) -> ShareRevision:
    if share.revision is None:
        raise NotFound(_("There is no such case."))
    return share.revision


def _fields(revision: ShareRevision, findings: list[Finding], author: Author) -> list[FieldOfCase]:
    """Return every string that would leave, the text first: nothing outgoing is hidden from a reviewer.

    Except that an account of their own is published under the author's name, which may be a pseudonym here. What
    belongs to files stands with them, see `_files`.
    """
    strings = dict(outgoing_strings(revision.canonical))
    if author.hides_account:
        strings["speaker"] = author.name
    names = sorted(
        (name for name in strings if not name.startswith(_OF_FILES)), key=lambda name: (name != "text", name)
    )
    return [
        FieldOfCase(name, pieces(strings[name], here), redacted(strings[name], here))
        for name in names
        for here in [[finding for finding in findings if finding.field == name]]
    ]


def _files(revision: ShareRevision, findings: list[Finding]) -> list[FileOfCase]:
    strings = bind_context(revision.canonical)

    def found(field: str) -> list[Finding]:
        return [finding for finding in findings if finding.field == field and finding.rule != UNREAD_RULE]

    return [
        FileOfCase(
            index=index,
            kind=file["kind"],
            size=file["size"],
            digest=file["sha256"],
            is_picture=file["width"] is not None,
            name=pieces(file["name"], found(f"{_OF_FILES}{index}.name")),
            alt=pieces(file["alt"], found(f"{_OF_FILES}{index}.alt")),
            plain_name=file["name"],
            text=excerpts(strings.get(f"{_OF_FILES}{index}.text", ""), found(f"{_OF_FILES}{index}.text")),
            unread=[
                why(finding.term).in_language(get_language() or "en")
                for finding in findings
                if finding.rule == UNREAD_RULE and finding.field == f"{_OF_FILES}{index}.text"
            ],
        )
        for index, file in enumerate(read(revision.canonical)["attachments"])
    ]


def file_of_case(officer: Person, share_id: int, index: int) -> dict[str, Any]:
    """Return the facts of one file of a case, as the revision has them; raise NotFound. Officers and auditors only."""
    access.check_may_read(officer)
    share = Share.objects.for_rows().filter(pk=share_id).first()
    carried = read(revision_of(share).canonical)["attachments"] if share is not None else []
    if index >= len(carried):
        raise NotFound(_("There is no such case."))
    facts: dict[str, Any] = carried[index]
    return facts


def _hit(finding: Finding, strings: Mapping[str, str]) -> Hit:
    told = explained(finding)
    term = strings.get(finding.field, "")[finding.start : finding.end] or finding.term
    return Hit(
        rule=finding.rule,
        title=told["title"],
        # Of a file that was not read the term is a code, and the reason says it in words.
        term="" if finding.rule == UNREAD_RULE else term,
        reason=told["reason"],
        seen_as=_seen_as(finding, told["seen_as"]),
        next_step=told["next_step"],
        field=finding.field,
        outcome=finding.outcome.value,
        confidence=finding.confidence,
    )


def _seen_as(finding: Finding, words: str) -> str:
    """Return how it was seen; of known texts also how closed they are and how much of them stands here."""
    if finding.seen_as not in {SeenAs.CHANNEL, SeenAs.EXCERPT}:
        return words
    labels = dict(Classification.choices) | {PRIVATE: _("Private")}
    label = f" ({labels[finding.term]})" if finding.term in labels and finding.seen_as is SeenAs.CHANNEL else ""
    return _("%(how)s, %(percent)s %%") % {"how": f"{words}{label}", "percent": round(100 * finding.confidence)}


def _why_not(
    officer: Person, share: Share, decisions: Iterable[Decision], file: CaseFile | None, *, is_own: bool
) -> str:
    """Return why the officer cannot decide now, or nothing."""
    reasons = (
        (not access.can_review(officer), _("Auditors read and change nothing.")),
        (is_own, _("You wrote, edited or asked for this share, so another officer has to decide.")),
        (share.state != Share.State.HELD, _("This share is not waiting for a decision any more.")),
        (
            any(ruling.reviewer_id == officer.pk for ruling in decisions),
            _("You decided already. A second officer has to look at it."),
        ),
        (
            file is not None and file.escalated_by_id == officer.pk,
            _("You escalated this case, so another officer has to decide."),
        ),
        (access.overruled(officer, share.pk), _("Your rejection was lifted, so another officer has to decide.")),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _is_undoable(share: Share) -> bool:
    undoable = {Share.State.HELD, Share.State.APPROVED, Share.State.REJECTED, Share.State.CHANGES_ASKED}
    return share.state in undoable


def _policy_number(revision: ShareRevision) -> int | None:
    """The version that judged it. Drafts made from it and ways back to it say the same, and so have the same digest."""
    then = PolicyVersion.objects.filter(digest=revision.policy_digest, in_force_at__lte=revision.created_at)
    return then.order_by("-in_force_at").values_list("number", flat=True).first()


def _can_answer(officer: Person, contested: Appeal | None) -> bool:
    if contested is None or contested.answer != Appeal.Answer.OPEN:
        return False
    return contested.decision.reviewer_id != officer.pk and access.can_review(officer)


def _takeable(share: Share, revision: ShareRevision, findings: list[Finding]) -> list[Takeable]:
    places = {(finding.field, finding.start, finding.end) for finding in findings if finding.start < finding.end}
    return [
        # Of a file's name the text ends before what a rule may have found in its ending.
        Takeable(
            name,
            text,
            sorted((start, min(end, len(text))) for field, start, end in places if field == name and start < len(text)),
        )
        for name, text in redactable(share, revision.canonical).items()
    ]


def waiting_since(share: Share) -> timedelta:
    since: datetime = share.held_since or share.created_at
    return max(timedelta(0), clock.now() - since)
