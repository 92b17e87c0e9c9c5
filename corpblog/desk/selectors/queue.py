"""The queue: views, filters and order of what waits, and what was decided."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, cast

from django.conf import settings
from django.db.models import Case as SqlCase
from django.db.models import Count, F, Q, TextField, When
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from corpblog.desk import access, pseudonyms, similar
from corpblog.desk.models import Appeal, CaseFile, Unmasking
from corpblog.desk.selectors.cases import revision_of, waiting_since
from corpblog.desk.selectors.decidable import decidable
from corpblog.desk.selectors.findings import explained, findings_of
from corpblog.kernel import clock
from corpblog.people.models import Person, Role
from corpblog.policy.engine import Verdict
from corpblog.sharing.canonical import read
from corpblog.sharing.models import Decision, Destination, Hand, Share
from corpblog.sharing.models.shares import ShareQuerySet

View = Literal["mine", "unassigned", "team", "second", "escalated", "appeals", "names", "done"]
VIEWS: Final[tuple[View, ...]] = ("mine", "unassigned", "team", "second", "escalated", "appeals", "names", "done")
# Views of what does not wait for a decision.
_BESIDE: Final[frozenset[View]] = frozenset({"appeals", "names", "done"})
LONGEST_QUEUE: Final = 200
# Where the names of rules to filter by come from: the longest-waiting cases.
RULES_FROM: Final = 500
_NOBODYS: Final = Q(case_file__isnull=True) | Q(case_file__officer__isnull=True)
_PASSED_UP: Final = Q(case_file__escalated_at__isnull=False)


@dataclass(frozen=True)
class Sieve:
    """What the officer looks for. Empty strings let everything through.

    destination: its slug; rule: its id; outcome: of the verdict; age: `late` or `overdue`; sort: `age` or `gravity`.
    """

    destination: str = ""
    rule: str = ""
    outcome: str = ""
    age: str = ""
    sort: str = "age"

    @property
    def is_empty(self) -> bool:
        return not (self.destination or self.rule or self.outcome or self.age)


@dataclass(frozen=True)
class QueueRow:
    """One case in the queue.

    left: until the service time is over, negative after it. same: how many others of the list have the same letters.
    """

    share: Share
    author: str
    title: str
    rule: str
    outcome: str
    excerpt: str
    waiting: timedelta
    left: timedelta
    approvals: int
    approvals_needed: int
    can_decide: bool
    officer: Person | None
    is_escalated: bool
    same: int


@dataclass(frozen=True)
class Choices:
    """What the filters offer: slugs and names of destinations, and the rules of what waits."""

    destinations: list[tuple[str, str]]
    rules: list[tuple[str, str]]


def queue(officer: Person, view: View = "mine", sieve: Sieve | None = None) -> list[QueueRow]:
    """Return the cases of one view, 200 at most, those that wait longest first; decided ones newest first.

    mine: those the officer may decide now and no colleague has; unassigned: nobody has; team: all that wait;
    second: somebody approved, a second officer has to; escalated: by an officer; appeals: rejected and contested;
    names: somebody asked who is behind a pseudonym, a second officer has to agree; done: decided, by whomever.
    """
    access.check_may_read(officer)
    around = ("revision", "author", "destination", "case_file__officer")
    found = _chosen(officer, view, sieve).select_related(*around).prefetch_related("revision__decisions")
    shares = list(found[:LONGEST_QUEUE])
    hands = set(Hand.objects.filter(share__in=shares, person=officer).values_list("share_id", flat=True))
    reviews = access.can_review(officer)
    words = {share.pk: similar.bare(read(revision_of(share).canonical)["text"]) for share in shares}
    times = Counter(words.values())
    who = pseudonyms.authors(officer, shares)
    return [
        _row(
            share,
            officer,
            reviews and share.pk not in hands,
            same=times[words[share.pk]] - 1,
            author=who[share.pk],
        )
        for share in shares
    ]


def counts(officer: Person) -> dict[View, int]:
    """Return how many cases each view of what waits has."""
    access.check_may_read(officer)
    found = Share.objects.waiting_for_review().aggregate(
        team=Count("pk"),
        unassigned=Count("pk", filter=_NOBODYS),
        second=Count("pk", filter=_approved_once()),
        escalated=Count("pk", filter=_PASSED_UP),
    )
    found |= {"mine": _chosen(officer, "mine").count(), "appeals": _chosen(officer, "appeals").count()}
    if settings.DESK_PSEUDONYMS:
        found["names"] = _chosen(officer, "names").count()
    return cast(dict[View, int], found)


def waiting_for(officer: Person) -> int:
    """Return how many cases wait for this officer; 0 for everybody else."""
    return _chosen(officer, "mine").count() if access.can_review(officer) else 0


def next_case(officer: Person, after: Share, view: View = "mine", sieve: Sieve | None = None) -> Share | None:
    """Return the next case of the view that the officer may decide."""
    rows = _chosen(officer, "mine" if view in _BESIDE else view, sieve)
    found: Share | None = decidable(rows, officer).exclude(pk=after.pk).first()
    return found


def choices(officer: Person, view: View = "mine") -> Choices:
    """Return what a view of the queue can be filtered by, in the reader's language; decided cases have rules of theirs.

    The rules are those of what waits longest, or of what was decided last.
    """
    access.check_may_read(officer)
    ended = view in _BESIDE
    rows = _ended(view, Sieve()) if ended else Share.objects.waiting_for_review().order_by("held_since")
    titles: dict[str, str] = {}
    # Verdicts alone, and each rule put in words once: the page is asked for after every ruling.
    for verdict in rows.filter(revision__isnull=False).values_list("revision__verdict", flat=True)[:RULES_FROM]:
        if any(finding["rule"] not in titles for finding in verdict["findings"]):
            titles |= {finding.rule: explained(finding)["title"] for finding in Verdict.from_record(verdict).findings}
    return Choices(
        destinations=list(Destination.objects.company().order_by("name").values_list("slug", "name")),
        rules=sorted(titles.items(), key=lambda item: item[1].casefold()),
    )


def colleagues(officer: Person) -> list[Person]:
    """Return everybody who may be given a case, by name."""
    access.check_may_read(officer)
    return list(Person.objects.filter(is_active=True, roles__role=Role.COMPLIANCE).order_by("display_name"))


def _chosen(officer: Person, view: View, sieve: Sieve | None = None) -> ShareQuerySet:
    sieve = sieve or Sieve()
    if view in _BESIDE:
        return _ended(view, sieve)
    held = _ordered(_sifted(Share.objects.waiting_for_review(), sieve), sieve.sort)
    match view:
        case "mine":
            return decidable(held.filter(_NOBODYS | Q(case_file__officer=officer)), officer)
        case "unassigned":
            return held.filter(_NOBODYS)
        case "second":
            return held.filter(_approved_once())
        case "escalated":
            return held.filter(_PASSED_UP)
        case _:
            return held


def _approved_once() -> Q:
    return Q(revision__in=Decision.objects.filter(undone_at__isnull=True).values("revision"))


def _ended(view: View, sieve: Sieve) -> ShareQuerySet:
    """What does not wait for a decision: what was contested or whose name was asked for, the oldest first; and what was
    decided, the newest first."""
    if view == "appeals":
        contested = Appeal.objects.filter(answer=Appeal.Answer.OPEN).values("revision")
        rejected = Share.objects.filter(state=Share.State.REJECTED, revision__in=contested)
        return _sifted(rejected, sieve).order_by("revision__appeal__at")
    if view == "names":
        asked = Unmasking.objects.open()
        return _sifted(Share.objects.filter(pk__in=asked.values("share")), sieve).order_by("held_since", "id")
    ruled = Decision.objects.filter(undone_at__isnull=True).values("revision__share")
    decided = Share.objects.filter(pk__in=ruled).exclude(state=Share.State.HELD)
    return _sifted(decided, sieve).order_by("-changed_at", "-id")


def _sifted(rows: ShareQuerySet, sieve: Sieve) -> ShareQuerySet:
    if sieve.destination:
        rows = rows.filter(destination__slug=sieve.destination)
    if sieve.outcome:
        rows = rows.filter(revision__outcome=sieve.outcome)
    if sieve.rule:
        # As text: both databases spell a key and its value alike, and only SQLite cannot look into lists.
        spelled = f'"rule": "{sieve.rule}"'
        rows = rows.alias(found=Cast("revision__verdict", TextField())).filter(found__contains=spelled)
    longest = {"late": settings.DESK_LATE, "overdue": settings.DESK_OVERDUE}.get(sieve.age)
    return rows.filter(held_since__lte=clock.now() - longest) if longest else rows


def _ordered(rows: ShareQuerySet, sort: str) -> ShareQuerySet:
    if sort != "gravity":
        return rows.order_by("held_since", "id")
    passed_up = SqlCase(When(case_file__escalated_at__isnull=False, then=1), default=0)
    return rows.order_by(passed_up.desc(), F("revision__approvals_needed").desc(nulls_last=True), "held_since", "id")


def _row(share: Share, officer: Person, may: bool, *, same: int, author: pseudonyms.Author) -> QueueRow:
    revision = revision_of(share)
    findings = findings_of(revision)
    worst = findings[0] if findings else None
    rulings = [ruling for ruling in revision.decisions.all() if ruling.undone_at is None]
    file: CaseFile | None = getattr(share, "case_file", None)
    passed_up = file.escalated_by_id if file else None
    waiting = waiting_since(share)
    return QueueRow(
        share=share,
        author=author.name,
        title=explained(worst)["title"] if worst else _("Everything is reviewed here"),
        rule=worst.rule if worst else "",
        outcome=worst.outcome.value if worst else "hold",
        excerpt=read(revision.canonical)["text"],
        waiting=waiting,
        left=settings.DESK_OVERDUE - waiting,
        approvals=_approvals(rulings),
        approvals_needed=revision.approvals_needed or 0,
        can_decide=may
        and share.state == Share.State.HELD
        and officer.pk not in {passed_up, *(ruling.reviewer_id for ruling in rulings)},
        officer=file.officer if file else None,
        is_escalated=passed_up is not None,
        same=same,
    )


def _approvals(rulings: Iterable[Decision]) -> int:
    return len({ruling.reviewer_id for ruling in rulings if ruling.ruling == Decision.Ruling.APPROVE})
