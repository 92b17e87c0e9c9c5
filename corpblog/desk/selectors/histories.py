"""How earlier cases of an author and of a rule ended."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, QuerySet

from corpblog.desk.models import RuleMark
from corpblog.desk.selectors.findings import explained
from corpblog.kernel import clock
from corpblog.policy.engine import Finding
from corpblog.sharing.models import Decision

YEAR: Final = timedelta(days=365)
MONTH: Final = timedelta(days=30)


@dataclass(frozen=True)
class History:
    """How often something was ruled on before, and how; `wrong` counts what officers marked as false alarms."""

    total: int
    approved: int
    rejected: int
    wrong: int = 0

    @property
    def approval_rate(self) -> int | None:
        """Percent of the decided ones that were approved; None without any."""
        decided = self.approved + self.rejected
        return round(100 * self.approved / decided) if decided else None


def history(decisions: "QuerySet[Decision]", period: timedelta) -> History:
    since = clock.now() - period
    rows = decisions.filter(undone_at__isnull=True, decided_at__gte=since).values("ruling").annotate(n=Count("id"))
    by_ruling = {row["ruling"]: row["n"] for row in rows}
    return History(sum(by_ruling.values()), by_ruling.get("approve", 0), by_ruling.get("reject", 0))


def rule_histories(findings: list[Finding]) -> list[tuple[str, str, History]]:
    """Return, for each rule of the case, how its cases of the last 30 days ended."""
    titles = {finding.rule: explained(finding)["title"] for finding in findings}
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
    alarms = RuleMark.objects.filter(rule__in=titles, at__gte=since, is_right=False)
    wrong = Counter(alarms.values_list("rule", flat=True))
    return [(rule, title, _tallied(tally, rule, wrong[rule])) for rule, title in titles.items()]


def _tallied(tally: Counter[tuple[str, str]], rule: str, wrong: int) -> History:
    approved, rejected = tally[rule, "approve"], tally[rule, "reject"]
    return History(approved + rejected + tally[rule, "changes"], approved, rejected, wrong)
