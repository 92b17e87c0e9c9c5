"""What officers and auditors read: the queue, one case with its evidence, and what became of others like it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db.models import Count, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import trail
from corpblog.desk import access
from corpblog.desk.evidence import Excerpt, Piece, excerpts, pieces, redacted
from corpblog.desk.models import Simulation
from corpblog.kernel import clock
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.policy.engine import Finding, Verdict, explain
from corpblog.policy.models import PolicyVersion
from corpblog.policy.selectors import version_in_force
from corpblog.policy.unread import UNREAD_RULE, why
from corpblog.sharing.canonical import outgoing_strings, read
from corpblog.sharing.guards import bind_context
from corpblog.sharing.models import Decision, Hand, Share, ShareRevision
from corpblog.sharing.models.shares import ShareQuerySet

Filter = Literal["mine", "all", "second", "decided"]
FILTERS: Final[tuple[Filter, ...]] = ("mine", "all", "second", "decided")
LONGEST_QUEUE: Final = 200
_OF_FILES: Final = "attachments."
YEAR: Final = timedelta(days=365)
MONTH: Final = timedelta(days=30)


@dataclass(frozen=True)
class QueueRow:
    """One case in the queue."""

    share: Share
    title: str
    rule: str
    outcome: str
    excerpt: str
    waiting: timedelta
    approvals: int
    approvals_needed: int
    can_decide: bool


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
class History:
    """How often something was ruled on before, and how."""

    total: int
    approved: int
    rejected: int

    @property
    def approval_rate(self) -> int | None:
        """Percent of the decided ones that were approved; None without any."""
        decided = self.approved + self.rejected
        return round(100 * self.approved / decided) if decided else None


@dataclass(frozen=True)
class Case:
    """Everything that a decision needs, and the digest that it is bound to."""

    share: Share
    revision: ShareRevision
    digest: str
    text: str
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
    same_words: list[Share]
    trail: list[AuditEntry]
    waiting: timedelta


def queue(officer: Person, only: Filter = "mine") -> list[QueueRow]:
    """Return the cases of one view, those that wait longest first; decided ones newest first.

    mine: those the officer may decide now; second: those that wait for a second officer.
    """
    access.check_may_read(officer)
    shares = list(_chosen(officer, only).for_rows().prefetch_related("revision__decisions")[:LONGEST_QUEUE])
    hands = set(Hand.objects.filter(share__in=shares, person=officer).values_list("share_id", flat=True))
    reviews = access.can_review(officer)
    return [_row(share, officer, reviews and share.pk not in hands) for share in shares]


def counts(officer: Person) -> dict[Filter, int]:
    """Return how many cases each view of what waits has."""
    access.check_may_read(officer)
    return {only: _chosen(officer, only).count() for only in FILTERS if only != "decided"}


def waiting_for(officer: Person) -> int:
    """Return how many cases wait that this officer may decide; 0 for everybody else."""
    return _chosen(officer, "mine").count() if access.can_review(officer) else 0


def _chosen(officer: Person, only: Filter) -> ShareQuerySet:
    if only == "decided":
        ruled = Decision.objects.filter(reviewer=officer, undone_at__isnull=True).values("revision__share")
        decided: ShareQuerySet = Share.objects.filter(pk__in=ruled).exclude(state=Share.State.HELD)
        return decided.order_by("-changed_at")
    held: ShareQuerySet = Share.objects.waiting_for_review().order_by("held_since", "id")
    ruled_now = Decision.objects.filter(undone_at__isnull=True)
    if only == "second":
        return held.filter(revision__in=ruled_now.values("revision"))
    if only == "mine":
        mine = ruled_now.filter(reviewer=officer).values("revision")
        return held.exclude(hands__person=officer).exclude(revision__in=mine)
    return held


def _row(share: Share, officer: Person, may: bool) -> QueueRow:
    revision = _revision(share)
    findings = _findings(revision)
    worst = findings[0] if findings else None
    rulings = [ruling for ruling in revision.decisions.all() if ruling.undone_at is None]
    ruled = {ruling.reviewer_id for ruling in rulings}
    return QueueRow(
        share=share,
        title=_explained(worst)["title"] if worst else _("Everything is reviewed here"),
        rule=worst.rule if worst else "",
        outcome=worst.outcome.value if worst else "hold",
        excerpt=read(revision.canonical)["text"],
        waiting=_waiting(share),
        approvals=len({ruling.reviewer_id for ruling in rulings if ruling.ruling == Decision.Ruling.APPROVE}),
        approvals_needed=revision.approvals_needed or 0,
        can_decide=may and share.state == Share.State.HELD and officer.pk not in ruled,
    )


def case(officer: Person, share_id: int) -> Case:
    """Return one case; raise NotFound. Officers and auditors only."""
    access.check_may_read(officer)
    share = Share.objects.for_rows().filter(pk=share_id).first()
    if share is None:
        raise NotFound(_("There is no such case."))
    revision = _revision(share)
    verdict = Verdict.from_record(revision.verdict)
    findings = _findings(revision)
    decisions = list(revision.decisions.filter(undone_at__isnull=True).select_related("reviewer").order_by("id"))
    why_not = _why_not(officer, share, decisions)
    strings = bind_context(revision.canonical)
    return Case(
        share=share,
        revision=revision,
        digest=revision.digest,
        text=read(revision.canonical)["text"],
        fields=_fields(revision, findings),
        files=_files(revision, findings),
        hits=[_hit(finding, strings) for finding in findings],
        outcome=verdict.outcome.value,
        policy_version=_policy_number(verdict.policy_digest),
        decisions=decisions,
        approvals=len({ruling.reviewer_id for ruling in decisions if ruling.ruling == Decision.Ruling.APPROVE}),
        approvals_needed=revision.approvals_needed or 0,
        can_decide=not why_not,
        why_not=why_not,
        can_undo=any(ruling.reviewer_id == officer.pk for ruling in decisions) and _is_undoable(share),
        author_history=_history(Decision.objects.filter(revision__share__author=share.author), YEAR),
        rule_history=_rule_histories(findings),
        same_words=_same_words(share),
        trail=trail(share.subject),
        waiting=_waiting(share),
    )


def next_case(officer: Person, after: Share | None = None) -> Share | None:
    """Return the next case that the officer may decide, the longest waiting first."""
    rows = _chosen(officer, "mine")
    if after is not None:
        rows = rows.exclude(pk=after.pk)
    return rows.first()


def _revision(share: Share) -> ShareRevision:
    if share.revision is None:
        raise NotFound(_("There is no such case."))
    return share.revision


def _findings(revision: ShareRevision) -> list[Finding]:
    """Return the findings, gravest first, then as they stand in the text."""
    found = Verdict.from_record(revision.verdict).findings
    return sorted(found, key=lambda finding: (-finding.outcome.rank, -finding.score, finding.field, finding.start))


def _fields(revision: ShareRevision, findings: list[Finding]) -> list[FieldOfCase]:
    """Return every string that would leave, the text first: nothing outgoing is hidden from a reviewer.

    What belongs to files stands with them, see `_files`.
    """
    strings = outgoing_strings(revision.canonical)
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
    carried = read(_revision(share).canonical)["attachments"] if share is not None else []
    if index >= len(carried):
        raise NotFound(_("There is no such case."))
    facts: dict[str, Any] = carried[index]
    return facts


def _explained(finding: Finding) -> dict[str, str]:
    return dict(explain(finding, get_language() or "en"))  # type: ignore[arg-type]


def _hit(finding: Finding, strings: Mapping[str, str]) -> Hit:
    told = _explained(finding)
    term = strings.get(finding.field, "")[finding.start : finding.end] or finding.term
    return Hit(
        rule=finding.rule,
        title=told["title"],
        # Of a file that was not read the term is a code, and the reason says it in words.
        term="" if finding.rule == UNREAD_RULE else term,
        reason=told["reason"],
        seen_as=told["seen_as"],
        next_step=told["next_step"],
        field=finding.field,
        outcome=finding.outcome.value,
        confidence=finding.confidence,
    )


def _why_not(officer: Person, share: Share, decisions: Iterable[Decision]) -> str:
    """Return why the officer cannot decide now, or nothing."""
    if not access.can_review(officer):
        return _("Auditors read and change nothing.")
    if access.had_a_hand(officer, share):
        return _("You wrote, edited or asked for this share, so another officer has to decide.")
    if share.state != Share.State.HELD:
        return _("This share is not waiting for a decision any more.")
    if any(ruling.reviewer_id == officer.pk for ruling in decisions):
        return _("You decided already. A second officer has to look at it.")
    return ""


def _is_undoable(share: Share) -> bool:
    undoable = {Share.State.HELD, Share.State.APPROVED, Share.State.REJECTED, Share.State.CHANGES_ASKED}
    return share.state in undoable


def _policy_number(digest: str) -> int | None:
    versions = PolicyVersion.objects.filter(digest=digest).order_by("-number")
    return versions.values_list("number", flat=True).first() if digest else None


def _history(decisions: "QuerySet[Decision]", period: timedelta) -> History:
    since = clock.now() - period
    rows = decisions.filter(undone_at__isnull=True, decided_at__gte=since).values("ruling").annotate(n=Count("id"))
    by_ruling = {row["ruling"]: row["n"] for row in rows}
    return History(sum(by_ruling.values()), by_ruling.get("approve", 0), by_ruling.get("reject", 0))


def _rule_histories(findings: list[Finding]) -> list[tuple[str, str, History]]:
    """Return, for each rule of the case, how its cases of the last 30 days ended."""
    titles = {finding.rule: _explained(finding)["title"] for finding in findings}
    if not titles:
        return []
    since = clock.now() - MONTH
    recent = Decision.objects.filter(undone_at__isnull=True, decided_at__gte=since).values_list(
        "ruling", "revision__verdict"
    )
    tally: Counter[tuple[str, str]] = Counter()
    for ruling, verdict in recent[:2000]:
        for rule in {finding["rule"] for finding in verdict["findings"]} & titles.keys():
            tally[rule, ruling] += 1
    return [(rule, title, _tallied(tally, rule)) for rule, title in titles.items()]


def _tallied(tally: Counter[tuple[str, str]], rule: str) -> History:
    approved, rejected = tally[rule, "approve"], tally[rule, "reject"]
    return History(approved + rejected + tally[rule, "changes"], approved, rejected)


def _same_words(share: Share) -> list[Share]:
    """Return other shares of exactly these bytes: asked for again, or by others."""
    return list(Share.objects.filter(digest=share.digest).exclude(pk=share.pk).for_rows().order_by("-id")[:5])


def _waiting(share: Share) -> timedelta:
    since: datetime = share.held_since or share.created_at
    return max(timedelta(0), clock.now() - since)


def simulation_of(person: Person, version: PolicyVersion, days: int) -> Simulation | None:
    """Return the newest simulation of the version as it is now, against the one in force."""
    current = version_in_force(person)
    against = current if current and current != version else None
    return Simulation.objects.of(version, against, days).select_related("version").order_by("-pk").first()
