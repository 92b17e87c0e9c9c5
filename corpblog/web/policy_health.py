"""How the policy in force is doing: its processes, its silent rules, and those that are right less often."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from corpblog.desk.precision import Judged
from corpblog.desk.rule_figures import PERIOD, judged, rule_figures
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy.engine import Policy
from corpblog.policy.engine.model import Rule
from corpblog.policy.rule_times import RuleTimes, rule_times
from corpblog.web.policy_effect import past_texts
from corpblog.web.policy_words import rule_title

SILENT_FOR: Final = timedelta(days=90)
FELL_BY: Final = 10  # points of a hundred
LEAST_JUDGED: Final = 5  # in either period; one officer's one ruling is no trend
SECONDS: Final = 3.0
_DAYS: Final = 30


@dataclass(frozen=True)
class Fell:
    """A rule whose precision fell from one period to the next, in per cent."""

    id: str
    title: str
    before: int
    now: int
    judged: int


@dataclass(frozen=True)
class TimeRow:
    """How long a rule takes, and its bar's length in per cent of the slowest one's."""

    id: str
    title: str
    microseconds: float
    share: int


def silent_rules(person: Person, policy: Policy) -> list[tuple[Rule, str]]:
    """Return the rules that neither spoke nor would have in ninety days, with their titles."""
    figures = rule_figures(person, SILENT_FOR)
    return [(rule, rule_title(rule)) for rule in policy.rules if rule.id not in figures]


def fallen_rules(person: Person, policy: Policy) -> list[Fell]:
    """Return the rules whose precision fell, the deepest fall first."""
    now, before = judged(person), judged(person, until=clock.now() - PERIOD)
    fell = [found for rule in policy.rules if (found := _fall(rule, before, now))]
    return sorted(fell, key=lambda item: item.now - item.before)


def _fall(rule: Rule, before: Mapping[str, Judged], now: Mapping[str, Judged]) -> Fell | None:
    old, new = before.get(rule.id, Judged()), now.get(rule.id, Judged())
    if old.precision is None or new.precision is None or min(old.total, new.total) < LEAST_JUDGED:
        return None
    if old.precision - new.precision < FELL_BY:
        return None
    return Fell(rule.id, rule_title(rule), old.precision, new.precision, new.total)


def measured(person: Person, policy: Policy) -> tuple[RuleTimes, list[TimeRow]]:
    """Return how long the policy and its rules take on the newest posts of the last thirty days."""
    times = rule_times(policy, (past.text for past in past_texts(person, _DAYS)), seconds=SECONDS)
    slowest = max((taken for _id, taken in times.rules), default=0.0) or 1.0
    rows = []
    for rule_id, taken in times.rules:
        rule = policy.rule(rule_id)
        rows.append(TimeRow(rule_id, rule_title(rule) if rule else rule_id, taken, round(100 * taken / slowest)))
    return times, rows
