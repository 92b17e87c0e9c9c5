"""How often a rule is right: the one definition, which cards, lines, Health and the desk's reports read from here.

A *find* is one rule on one revision of a share, or on one past post in the effect of a draft. It is *judged* once
somebody ruled on the revision or marked the find; the plainest word counts (ADR 49):

1. a mark: the last *right* or *false alarm* at the desk, whatever was ruled; on the effect the last *right* or *wrong*;
2. without a mark the rulings: right if an officer rejected the revision or asked for changes; wrong if all approved it,
   since the rule kept back what could leave. An undone ruling, and a rejection that an appeal lifted, count nowhere.

Precision is how many of a hundred judged finds are right. What a rule should have found and did not is another figure:
samples count it as missed.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q

from corpblog.audit.selectors import entries_since
from corpblog.desk.models import RuleMark
from corpblog.sharing.models import Decision

MARKED = "policy.post_marked"


@dataclass
class Judged:
    """How many finds of one rule people judged right, and wrong."""

    right: int = 0
    wrong: int = 0

    @property
    def total(self) -> int:
        return self.right + self.wrong

    @property
    def precision(self) -> int | None:
        """How many of a hundred judged finds are right; None as long as nobody judged one."""
        return round(100 * self.right / self.total) if self.total else None


def judged_finds(since: datetime, until: datetime) -> dict[str, Judged]:
    """Return what people judged in the period, by the rule's id; only rules with a judged find are in it.

    A find belongs to every period in which somebody ruled on it or marked it. A mark that was made later counts in
    the period of the ruling, too: the figures of a month get better known, never contradicted.
    """
    return Judgements.read(since, until).whole()


@dataclass(frozen=True)
class Judgements:
    """What people said of finds from one moment to another, both in it: read once, counted as a whole and by steps.

    rulings: revision, whether it says that the find is right, when, and the rules that found something.
    at_desk: rule, revision, when, and whether the find is right, also where a ruling of the period was marked after it.
    marks: rule, past post, when, and whether the find is right; the last one of a rule and post comes last.
    """

    since: datetime
    until: datetime
    rulings: list[tuple[int, bool, datetime, frozenset[str]]]
    at_desk: list[tuple[str, int, datetime, bool]]
    marks: list[tuple[str, int, datetime, bool]]

    @classmethod
    def read(cls, since: datetime, until: datetime) -> Self:
        """Return what was said in the period, in three queries."""
        period = (since, until)
        rulings = Decision.objects.filter(undone_at__isnull=True, decided_at__range=period)
        told = rulings.values_list("revision", "ruling", "decided_at", "revision__verdict__findings")
        at_desk = RuleMark.objects.filter(Q(at__range=period) | Q(revision__in=rulings.values("revision")))
        return cls(
            since,
            until,
            [
                (revision, ruling != Decision.Ruling.APPROVE, at, frozenset(each["rule"] for each in findings or ()))
                for revision, ruling, at, findings in told.iterator(1_000)
            ],
            list(at_desk.values_list("rule", "revision", "at", "is_right")),
            [
                (entry.facts["rule"], entry.facts["post"], entry.at, entry.facts["right"])
                for entry in entries_since(MARKED, since)
                # An entry whose words were erased names no rule any more.
                if entry.at <= until and entry.facts
            ],
        )

    def whole(self) -> dict[str, Judged]:
        """Return what was judged in the period, by the rule's id."""
        return self.by_steps([self.since])[0]

    def by_steps(self, begins: Sequence[datetime]) -> list[dict[str, Judged]]:
        """Return `judged_finds` of each step; a find that was judged in two steps counts in both.

        begins: when each step begins, the first with the period. A step ends before the next one begins.
        """
        judged: list[dict[str, Judged]] = [{} for _step in begins]
        for (step, rule, _find), is_right in self._finds(begins).items():
            found = judged[step].setdefault(rule, Judged())
            found.right += is_right
            found.wrong += not is_right
        return judged

    def _finds(self, begins: Sequence[datetime]) -> dict[tuple[int, str, str], bool]:
        finds: dict[tuple[int, str, str], bool] = {}
        ruled_in: dict[int, set[int]] = defaultdict(set)
        for revision, is_right, at, rules in self.rulings:
            step = bisect_right(begins, at) - 1
            ruled_in[revision].add(step)
            for rule in rules:
                find = (step, rule, f"revision {revision}")
                finds[find] = finds.get(find, False) or is_right
        for rule, revision, at, is_right in self.at_desk:
            marked_in = {bisect_right(begins, at) - 1} if self.since <= at <= self.until else set()
            for step in marked_in | ruled_in.get(revision, set()):
                finds[step, rule, f"revision {revision}"] = is_right
        for rule, post, at, is_right in self.marks:
            finds[bisect_right(begins, at) - 1, rule, f"post {post}"] = is_right
        return finds
