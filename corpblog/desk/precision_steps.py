"""How right each rule was, week by week or month by month: `desk.precision`, counted over the steps of a period."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from corpblog.desk.precision import Judged, Judgements

# A longer period is told by months: a line of more than twenty weeks says no more, and its table is too wide to read.
LONGEST_IN_WEEKS: Final = timedelta(weeks=20)

Unit = Literal["week", "month"]


@dataclass(frozen=True)
class PrecisionSteps:
    """Of a period: its steps, and what was judged of each rule in each of them.

    unit: what a step is; the first and the last may be cut by the period. begins: their first days.
    lines: by the rule's id, in order of the ids, one Judged a step.
    """

    unit: Unit
    begins: list[date]
    lines: dict[str, list[Judged]]


def precision_steps(judgements: Judgements, first: date, last: date) -> PrecisionSteps:
    """Return the steps from the first day to the last, by UTC: weeks from Monday on, months where it is long."""
    unit: Unit = "week" if last - first <= LONGEST_IN_WEEKS else "month"
    begins = _begins(unit, first, last)
    judged = judgements.by_steps([begin_of(day) for day in begins])
    rules = sorted({rule for step in judged for rule in step})
    lines = {rule: [step.get(rule, Judged()) for step in judged] for rule in rules}
    return PrecisionSteps(unit, begins, lines)


def begin_of(day: date) -> datetime:
    """Return a day's first instant, by UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def end_of(day: date) -> datetime:
    """Return a day's last instant: both ends belong to a range, and the next day's first does not belong to it."""
    return begin_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def _begins(unit: Unit, first: date, last: date) -> list[date]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if day == first or (day.weekday() == 0 if unit == "week" else day.day == 1)]
