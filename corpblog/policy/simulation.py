"""What a policy would have done to posts that were written already.

The texts come from above, as an iterable: this package knows no posts. They are streamed, never kept, and the time is
bounded, because an admin asks again at every pause in typing.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.utils.timezone import localdate, localtime

from corpblog.policy.engine import Field, Finding, Outcome, Policy, Scan, Scanner, Verdict, compile_policy
from corpblog.policy.engine.verdict import Audience

MOST_EXAMPLES = 6
EXCERPT = 220


@dataclass(frozen=True, slots=True)
class PastText:
    """One post of the past. `author` is shown beside an example, and an example is only made of what may be shown."""

    at: datetime
    author_id: int
    text: str
    author: str = ""
    url: str = ""
    may_show: bool = True


@dataclass(frozen=True)
class Segment:
    """A stretch of an excerpt, marked where a rule objects to it."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Example:
    """One post that a rule would have met, cut to where it matters."""

    author: str
    url: str
    at: datetime
    segments: tuple[Segment, ...]
    rules: tuple[str, ...]
    outcome: Outcome
    before: Outcome | None = None


@dataclass(frozen=True)
class Day:
    """One bar of the chart."""

    day: date
    matched: int
    total: int


@dataclass
class Effect:
    """The counts of one run. `total` texts were looked at; `cut` says that there were more than time allowed."""

    days: tuple[Day, ...] = ()
    total: int = 0
    matched: int = 0
    people: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    rules: dict[str, Counter[Outcome]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)
    changes: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    changed_examples: list[Example] = field(default_factory=list)
    cut: bool = False
    milliseconds: int = 0

    @property
    def share(self) -> float:
        """Matched texts, in per cent of all."""
        return 100 * self.matched / self.total if self.total else 0.0

    @property
    def per_day(self) -> float:
        return self.matched / len(self.days) if self.days else 0.0

    @property
    def busiest(self) -> int:
        return max((day.matched for day in self.days), default=0)

    @property
    def reviews_per_day(self) -> float:
        """What would have waited for a person, per day."""
        return self.outcomes[Outcome.HOLD] / len(self.days) if self.days else 0.0

    @property
    def stricter(self) -> int:
        return sum(count for (before, after), count in self.changes.items() if after > before)

    @property
    def laxer(self) -> int:
        return sum(count for (before, after), count in self.changes.items() if after < before)


def effect(
    policy: Policy,
    texts: Iterable[PastText],
    *,
    days: int = 30,
    audience: Audience = "external",
    against: Policy | None = None,
    until: date | None = None,
    seconds: float = 60.0,
) -> Effect:
    """Return what `policy` would have decided about `texts`, newest first, if each had been meant for `audience`.

    against: the policy to compare with, verdict by verdict. seconds: when to stop and say so.
    """
    run = _Run(compile_policy(policy), compile_policy(against) if against else None, audience)
    started = time.perf_counter()
    for count, text in enumerate(texts):
        # The clock is asked now and then: it costs as much as a third of a scan.
        if count % 64 == 0 and time.perf_counter() - started > seconds:
            run.effect.cut = True
            break
        run.look_at(text)
    result = run.finished(until or localdate(), days)
    result.milliseconds = round(1000 * (time.perf_counter() - started))
    return result


class _Run:
    """The counters of one simulation."""

    def __init__(self, scanner: Scanner, other: Scanner | None, audience: Audience) -> None:
        self.effect = Effect()
        self._scanner, self._other, self._audience = scanner, other, audience
        self._people: set[int] = set()
        self._matched: Counter[date] = Counter()
        self._total: Counter[date] = Counter()

    def look_at(self, past: PastText) -> None:
        question = Scan(fields=(Field("text", past.text),), audience=self._audience, now=past.at)
        verdict = self._scanner.answer(question)
        day = localtime(past.at).date()
        self.effect.total += 1
        self._total[day] += 1
        self.effect.outcomes[verdict.outcome] += 1
        if verdict.findings:
            self._count(past, verdict, day)
        if self._other is not None:
            self._compare(past, verdict, self._other.answer(question))

    def _count(self, past: PastText, verdict: Verdict, day: date) -> None:
        self.effect.matched += 1
        self._matched[day] += 1
        self._people.add(past.author_id)
        for rule in verdict.rules:
            outcome = max(finding.outcome for finding in verdict.findings if finding.rule == rule)
            self.effect.rules.setdefault(rule, Counter())[outcome] += 1
        if past.may_show and len(self.effect.examples) < MOST_EXAMPLES:
            self.effect.examples.append(_example(past, verdict))

    def _compare(self, past: PastText, after: Verdict, before: Verdict) -> None:
        if after.outcome is before.outcome:
            return
        self.effect.changes[before.outcome, after.outcome] += 1
        if past.may_show and len(self.effect.changed_examples) < MOST_EXAMPLES:
            marks = after if after.findings else before
            example = _example(past, marks, outcome=after.outcome, before=before.outcome)
            self.effect.changed_examples.append(example)

    def finished(self, last: date, days: int) -> Effect:
        calendar = [last - timedelta(days=back) for back in reversed(range(days))]
        self.effect.days = tuple(Day(day, self._matched[day], self._total[day]) for day in calendar)
        self.effect.people = len(self._people)
        return self.effect


def _example(
    past: PastText, verdict: Verdict, outcome: Outcome | None = None, before: Outcome | None = None
) -> Example:
    segments = marked(past.text, verdict.findings, EXCERPT)
    return Example(past.author, past.url, past.at, segments, verdict.rules, outcome or verdict.outcome, before)


def marked(
    text: str, findings: Sequence[Finding], longest: int | None = None, name: str = "text"
) -> tuple[Segment, ...]:
    """Return the text with every finding of the field `name` marked, cut around the first one where it is too long."""
    spans = _merged(
        sorted((found.start, found.end) for found in findings if found.field == name and found.end > found.start)
    )
    start, end = _window(text, spans, longest)
    edges = [start, *(min(max(edge, start), end) for span in spans for edge in span), end]
    segments = [Segment(text[a:b], marked=index % 2 == 1) for index, (a, b) in enumerate(pairwise(edges)) if b > a]
    head, tail = [Segment("…")] * (start > 0), [Segment("…")] * (end < len(text))
    return tuple(head + segments + tail)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _window(text: str, spans: list[tuple[int, int]], longest: int | None) -> tuple[int, int]:
    if longest is None or len(text) <= longest:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - longest // 3, len(text) - longest))
    return start, start + longest
