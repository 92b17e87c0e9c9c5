"""How often each rule spoke, what it would have said from its shadow, and how people ruled on it since."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from corpblog.audit.selectors import entries_since
from corpblog.desk.models import Sample
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.policy import access
from corpblog.posts.models import PostRevision
from corpblog.sharing.models import Decision, ShareRevision

PERIOD: Final = timedelta(days=30)
_RULED: Final = (Decision.Ruling.APPROVE, Decision.Ruling.REJECT)


@dataclass
class RuleFigures:
    """Of one rule and period. Posts that it refused, posts and shares that it spoke of, each counted once.

    by_day: how often it spoke, or would have, on each day that it did. outcomes: what it would have done from its
    shadow. upheld and passed: how many of its shares an officer rejected, and approved. missed: how many allowed shares
    an officer looked at afterwards and said that it should have held.
    """

    spoke: int = 0
    would_have: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_day: Counter[date] = field(default_factory=Counter)
    upheld: int = 0
    passed: int = 0
    missed: int = 0

    @property
    def precision(self) -> int | None:
        """How many of a hundred of its finds officers upheld; None as long as nobody ruled on one."""
        ruled = self.upheld + self.passed
        return round(100 * self.upheld / ruled) if ruled else None


def rule_figures(
    person: Person, period: timedelta = PERIOD, *, until: datetime | None = None
) -> Mapping[str, RuleFigures]:
    """Return the figures of every rule that spoke or would have in the period, by the rule's id.

    until: when the period ends; now, if left out.
    """
    if not access.can_read(person):
        raise NotAllowed(_("Policies are for policy admins, compliance officers and auditors."))
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
    _count_rulings(figures, since, until)
    missed = Sample.objects.filter(marked_at__range=(since, until)).exclude(missed_by="")
    for rule in missed.values_list("missed_by", flat=True):
        figures[rule].missed += 1
    return dict(figures)


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


def _count_rulings(figures: dict[str, RuleFigures], since: datetime, until: datetime) -> None:
    period = (since, until)
    rulings = Decision.objects.filter(undone_at__isnull=True, decided_at__range=period, ruling__in=_RULED)
    for ruling, verdict in rulings.values_list("ruling", "revision__verdict").iterator(1_000):
        for rule in {finding["rule"] for finding in verdict["findings"]}:
            figures[rule].upheld += ruling == Decision.Ruling.REJECT
            figures[rule].passed += ruling == Decision.Ruling.APPROVE
