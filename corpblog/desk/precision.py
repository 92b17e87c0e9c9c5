"""How often a rule is right: the one definition, which rule cards, Health and the desk's reports all read from here.

A *find* is one rule on one revision of a share, or on one past post in the effect of a draft. It is *judged* once
somebody ruled on the revision or marked the find; the plainest word counts (ADR 49):

1. a mark: *false alarm* at the desk means wrong, whatever was ruled; on the effect the last *right* or *wrong* counts;
2. without a mark the rulings: right if an officer rejected the revision or asked for changes; wrong if all approved it,
   since the rule kept back what could leave. An undone ruling, and a rejection that an appeal lifted, count nowhere.

Precision is how many of a hundred judged finds are right. What a rule should have found and did not is another figure:
samples count it as missed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from corpblog.audit.selectors import entries_since
from corpblog.desk.models import FalseAlarm
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

    A find belongs to every period in which somebody ruled on it or marked it. A false alarm that was marked later
    counts in the period of the ruling, too: the figures of a month get better known, never contradicted.
    """
    judged: dict[str, Judged] = {}
    for (rule, _find), is_right in _finds(since, until).items():
        found = judged.setdefault(rule, Judged())
        found.right += is_right
        found.wrong += not is_right
    return judged


def _finds(since: datetime, until: datetime) -> dict[tuple[str, str], bool]:
    finds: dict[tuple[str, str], bool] = {}
    period = (since, until)
    rulings = Decision.objects.filter(undone_at__isnull=True, decided_at__range=period)
    told = rulings.values_list("revision", "ruling", "revision__verdict__findings")
    for revision, ruling, findings in told.iterator(1_000):
        for rule in {finding["rule"] for finding in findings or ()}:
            find = (rule, f"revision {revision}")
            finds[find] = finds.get(find, False) or ruling != Decision.Ruling.APPROVE
    alarms = FalseAlarm.objects.filter(Q(at__range=period) | Q(revision__in=rulings.values("revision")))
    for rule, revision in alarms.values_list("rule", "revision"):
        finds[rule, f"revision {revision}"] = False
    for entry in entries_since(MARKED, since):
        # An entry whose words were erased names no rule any more.
        if entry.at <= until and entry.facts:
            finds[entry.facts["rule"], f"post {entry.facts['post']}"] = entry.facts["right"]
    return finds
