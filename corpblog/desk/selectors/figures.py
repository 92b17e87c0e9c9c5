"""What the desk did in a period, in numbers: no words of posts and no author, so that it may be shown around."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median, quantiles
from typing import Final

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from corpblog.desk import access
from corpblog.desk.models import Appeal, CaseFile, RuleMark, Sample, SampleQuerySet, Unmasking
from corpblog.desk.precision import Judged, Judgements
from corpblog.desk.precision_steps import PrecisionSteps, begin_of, end_of, precision_steps
from corpblog.desk.selectors.duties import Duty, Overlap, duties, overlaps
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy.selectors import rules_changed_at
from corpblog.posts.models import Report
from corpblog.sharing.models import Decision, Hand, Share

# Up to how long a case waited, for a chart; the service time of the company stands among them.
STEPS: Final = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1), timedelta(days=3))


@dataclass(frozen=True)
class RuleFigures:
    """How the cases of one rule ended. judged: what people said of its finds, see `desk.precision`.

    wrong: how many of its cases an officer marked as a false alarm. missed: samples of what was allowed of which an
    officer said that this rule should have held them. age: since its last change came in force; None where it is not in
    force. wait: the median of its cases.
    """

    rule: str
    cases: int
    approved: int
    rejected: int
    changes: int
    wrong: int
    judged: Judged
    missed: int
    age: timedelta | None
    wait: timedelta | None

    @property
    def precision(self) -> int | None:
        return self.judged.precision


@dataclass(frozen=True)
class DestinationFigures:
    """What was asked to go to one destination, and what became of it so far."""

    name: str
    asked: int
    sent: int
    rejected: int
    waiting: int


@dataclass(frozen=True)
class Waiting:
    """From a revision to the first ruling on it. within: percent decided in the service time.

    steps: how many cases waited up to each of `STEPS`, and longer than the one before; None: longer than the last.
    """

    cases: int
    median: timedelta
    slowest_tenth: timedelta
    within: int
    steps: list[tuple[timedelta | None, int]]


@dataclass(frozen=True)
class Figures:
    """Everything of one period, both days included."""

    first: date
    last: date
    asked: list[tuple[date, int]]
    states: dict[str, int]
    rulings: dict[str, int]
    waiting: Waiting | None
    rules: list[RuleFigures]
    precision: PrecisionSteps
    destinations: list[DestinationFigures]
    appeals: dict[str, int]
    passed_up: int
    unmaskings: list[Unmasking]
    overlaps: list[Overlap]
    duties: list[Duty]
    samples: dict[str, int]
    reported: int
    reports_closed: int

    @property
    def total(self) -> int:
        return sum(count for _day, count in self.asked)

    @property
    def own_decisions(self) -> int:
        """Rulings by somebody who had a hand in the share. The database refuses them: anything but 0 is an alarm."""
        return sum(duty.by_one for duty in self.duties if duty.name in Hand.Part.values)


def figures(reader: Person, first: date, last: date) -> Figures:
    """Return the figures from the first day to the last, by UTC. Officers and auditors only.

    Shares count by the day they were asked for, rulings by the day they were made; an undone ruling counts nowhere.
    """
    access.check_may_read(reader)
    period = (begin_of(first), end_of(last))
    facts = ("created_at", "state", "destination__name", "destination__owner")
    asked = Share.objects.filter(created_at__range=period).values_list(*facts)
    # Whose account it is concerns its owner alone.
    shares = [(at, state, name if owner is None else _("Employees’ own accounts")) for at, state, name, owner in asked]
    rulings = list(
        Decision.objects.filter(decided_at__range=period, undone_at__isnull=True)
        .order_by("id")
        .values_list("revision", "ruling", "decided_at", "revision__created_at", "revision__verdict__findings")
    )
    judgements = Judgements.read(*period)
    return Figures(
        first=first,
        last=last,
        asked=_days(first, last, (asked_at for asked_at, _state, _name in shares)),
        states=Counter(state for _at, state, _name in shares),
        rulings=Counter(ruling for _revision, ruling, *_ in rulings),
        waiting=_waiting(rulings),
        rules=_rules(rulings, judgements, period),
        precision=precision_steps(judgements, first, last),
        destinations=_destinations(shares),
        appeals=dict(Appeal.objects.filter(at__range=period).order_by().values_list("answer").annotate(n=Count("pk"))),
        passed_up=CaseFile.objects.filter(escalated_at__range=period).count(),
        unmaskings=_unmaskings(period),
        overlaps=overlaps(period),
        duties=duties(period),
        samples=dict(_marked(period).order_by().values_list("mark").annotate(n=Count("pk"))),
        **_reports(period),
    )


_Ruling = tuple[int, str, datetime, datetime, list[dict[str, str]] | None]
_Period = tuple[datetime, datetime]


def _days(first: date, last: date, moments: Iterable[datetime]) -> list[tuple[date, int]]:
    counted = Counter(moment.astimezone(UTC).date() for moment in moments)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counted[day]) for day in days]


def _waits(rulings: list[_Ruling]) -> dict[int, timedelta]:
    """Return how long each revision waited for its first ruling."""
    first: dict[int, timedelta] = {}
    for revision, _ruling, decided_at, made_at, _findings in rulings:
        first.setdefault(revision, decided_at - made_at)
    return first


def _waiting(rulings: list[_Ruling]) -> Waiting | None:
    waits = sorted(wait.total_seconds() for wait in _waits(rulings).values())
    if not waits:
        return None
    within = sum(wait <= settings.DESK_OVERDUE.total_seconds() for wait in waits)
    slowest = quantiles(waits, n=10, method="inclusive")[-1] if len(waits) > 1 else waits[0]
    middle = timedelta(seconds=median(waits))
    return Waiting(len(waits), middle, timedelta(seconds=slowest), round(100 * within / len(waits)), _steps(waits))


def _steps(waits: list[float]) -> list[tuple[timedelta | None, int]]:
    """Return the sorted waits counted by `STEPS`."""
    edges = [0, *(bisect_right(waits, step.total_seconds()) for step in STEPS), len(waits)]
    return [(step, last - first) for step, (first, last) in zip((*STEPS, None), pairwise(edges), strict=True)]


def _rules(rulings: list[_Ruling], judgements: Judgements, period: _Period) -> list[RuleFigures]:
    cases: dict[str, set[int]] = {}
    ended: Counter[tuple[str, str]] = Counter()
    for revision, ruling, _decided_at, _made_at, findings in rulings:
        for rule in {finding["rule"] for finding in findings or ()}:
            cases.setdefault(rule, set()).add(revision)
            ended[rule, ruling] += 1
    alarms = RuleMark.objects.filter(at__range=period, is_right=False)
    wrong = Counter(
        rule for rule, revision in alarms.values_list("rule", "revision") if revision in cases.get(rule, ())
    )
    waits, changed_at, now = _waits(rulings), rules_changed_at(), clock.now()
    judged = judgements.whole()
    missed = Counter(_marked(period).exclude(missed_by="").values_list("missed_by", flat=True))
    found = [
        RuleFigures(
            rule,
            cases=len(cases.get(rule, ())),
            approved=ended[rule, "approve"],
            rejected=ended[rule, "reject"],
            changes=ended[rule, "changes"],
            wrong=wrong[rule],
            judged=judged.get(rule, Judged()),
            missed=missed[rule],
            age=now - changed_at[rule] if rule in changed_at else None,
            wait=_median(waits[revision] for revision in cases.get(rule, ())),
        )
        for rule in cases.keys() | missed.keys() | judged.keys()
    ]
    return sorted(found, key=lambda figures: (-figures.cases, figures.rule))


def _median(waits: Iterable[timedelta]) -> timedelta | None:
    seconds = [wait.total_seconds() for wait in waits]
    return timedelta(seconds=median(seconds)) if seconds else None


def _marked(period: _Period) -> SampleQuerySet:
    return Sample.objects.filter(marked_at__range=period)


def _reports(period: _Period) -> dict[str, int]:
    """How many posts colleagues reported in the period, and how many reports officers closed in it."""
    return Report.objects.aggregate(
        reported=Count("pk", filter=Q(created_at__range=period)),
        reports_closed=Count("pk", filter=Q(closed_at__range=period)),
    )


def _destinations(shares: list[tuple[datetime, str, str]]) -> list[DestinationFigures]:
    by_name: dict[str, Counter[str]] = {}
    for _asked_at, state, name in shares:
        by_name.setdefault(name, Counter())[state] += 1
    return [
        DestinationFigures(name, states.total(), states["sent"], states["rejected"], states["held"])
        for name, states in sorted(by_name.items())
    ]


def _unmaskings(period: _Period) -> list[Unmasking]:
    """What was asked for in the period, or answered in it."""
    happened = Q(asked_at__range=period) | Q(agreed_at__range=period) | Q(refused_at__range=period)
    found = Unmasking.objects.filter(happened).order_by("asked_at")
    return list(found.select_related("asked_by", "agreed_by", "refused_by"))
