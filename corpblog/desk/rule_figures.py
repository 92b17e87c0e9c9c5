"""How often each rule spoke, what it would have said from its shadow, and how people ruled on it since."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from corpblog.audit.selectors import entries_since
from corpblog.desk.models import Sample
from corpblog.desk.precision import Judged, Judgements, judged_finds
from corpblog.desk.precision_steps import PrecisionSteps, begin_of, end_of, precision_steps
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.policy import access
from corpblog.posts.models import PostRevision
from corpblog.sharing.models import ShareRevision

PERIOD: Final = timedelta(days=30)


@dataclass
class RuleFigures:
    """Of one rule and period. Posts that it refused, posts and shares that it spoke of, each counted once.

    by_day: how often it spoke, or would have, on each day that it did. outcomes: what it would have done from its
    shadow. judged: what people said of its finds, see `desk.precision`. missed: how many allowed shares an officer
    looked at afterwards and said that it should have held.
    """

    spoke: int = 0
    would_have: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_day: Counter[date] = field(default_factory=Counter)
    judged: Judged = field(default_factory=Judged)
    missed: int = 0


def rule_figures(
    person: Person, period: timedelta = PERIOD, *, until: datetime | None = None
) -> Mapping[str, RuleFigures]:
    """Return the figures of every rule that spoke or would have in the period, by the rule's id.

    until: when the period ends; now, if left out.
    """
    _check_may_read(person)
    until = until or clock.now()
    since = until - period
    figures: dict[str, RuleFigures] = defaultdict(RuleFigures)
    for moment, verdict in _verdicts(since, until):
        _count(figures, moment, verdict)
    for entry in entries_since("post.refused", since):
        if entry.at > until:
            continue
        for rule in set(entry.facts.get("rules", ())):
            figures[rule].spoke += 1
            figures[rule].by_day[localdate(entry.at)] += 1
    for rule, found in judged_finds(since, until).items():
        figures[rule].judged = found
    missed = Sample.objects.filter(marked_at__range=(since, until)).exclude(missed_by="")
    for rule in missed.values_list("missed_by", flat=True):
        figures[rule].missed += 1
    return dict(figures)


def judged(person: Person, period: timedelta = PERIOD, *, until: datetime | None = None) -> Mapping[str, Judged]:
    """Return only what people judged of each rule's finds: far fewer rows than all that the rules said."""
    _check_may_read(person)
    until = until or clock.now()
    return judged_finds(until - period, until)


def precision_lately(person: Person, days: int) -> PrecisionSteps:
    """Return how right rules were in the last days, today included, week by week or month by month."""
    _check_may_read(person)
    last = clock.now().astimezone(UTC).date()
    first = last - timedelta(days=days - 1)
    return precision_steps(Judgements.read(begin_of(first), end_of(last)), first, last)


def _check_may_read(person: Person) -> None:
    if not access.can_read(person):
        raise NotAllowed(_("Policies are for policy admins, compliance officers and auditors."))


def _verdicts(since: datetime, until: datetime) -> Iterable[tuple[datetime, dict[str, Any]]]:
    shares = ShareRevision.objects.filter(created_at__range=(since, until))
    posts = PostRevision.objects.filter(created_at__range=(since, until)).exclude(verdict={})
    for rows in (shares, posts):
        yield from rows.values_list("created_at", "verdict").iterator(1_000)


def _count(figures: dict[str, RuleFigures], moment: datetime, verdict: dict[str, Any]) -> None:
    shadowed = {finding["rule"]: finding["outcome"] for finding in verdict.get("shadowed", ())}
    spoke = {finding["rule"] for finding in verdict["findings"]}
    for rule in spoke:
        figures[rule].spoke += 1
    for rule, outcome in shadowed.items():
        figures[rule].would_have += 1
        figures[rule].outcomes[outcome] += 1
    for rule in spoke | shadowed.keys():
        figures[rule].by_day[localdate(moment)] += 1
