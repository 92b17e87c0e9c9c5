"""What a policy would have done to what was written already.

The texts come from above, as an iterable: this package knows no posts. They are streamed, never kept. While an admin
types the time is bounded, and what was looked at until then stands for all, so it has to come in an order of chance; a
simulation looks at all, over all cores, in batches, with progress.
"""

import time
from bisect import insort
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise

from django.utils.timezone import localdate, localtime

from corpblog.people.selectors import groups_of_people
from corpblog.policy.engine import Field, Finding, Outcome, Policy, Scan, Verdict
from corpblog.policy.engine.batches import SIZE, Crowd
from corpblog.policy.engine.model import ANY
from corpblog.policy.engine.verdict import Audience
from corpblog.policy.estimate import bounds, rough

MOST_EXAMPLES = 6
EXCERPT = 220
_WHILE_WAITING = 64


@dataclass(frozen=True, slots=True)
class PastText:
    """One post or share of the past. `author` is shown beside an example, which is only made of what may be shown.

    fields: what would have left, by place, where that is more than the text. ruling: `approve` or `reject`, where
    reviewers decided.
    """

    at: datetime
    author_id: int
    text: str
    author: str = ""
    url: str = ""
    may_show: bool = True
    post_id: int = 0
    fields: Mapping[str, str] = field(default_factory=dict)
    destination: str | None = None
    destination_name: str | None = None
    ruling: str = ""
    language: str | None = None
    classification: str | None = None
    attachment_kinds: frozenset[str] | None = None

    def question(self, audience: Audience, groups: Mapping[int, frozenset[str]] | None = None) -> Scan:
        """What the engine is asked about it. groups: those of each author, where it is known who is in which."""
        fields = self.fields or {"text": self.text}
        return Scan(
            fields=tuple(Field(name, text) for name, text in fields.items()),
            audience=audience,
            destination=self.destination,
            destination_name=self.destination_name,
            groups=None if groups is None else groups.get(self.author_id, frozenset()),
            now=self.at,
            channel_classification=self.classification,
            language=self.language,
            attachment_kinds=self.attachment_kinds,
        )


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
    post_id: int = 0
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Day:
    """One bar of the chart."""

    day: date
    matched: int
    total: int


@dataclass
class Effect:
    """The counts of one run. `total` texts were looked at, of `population`; more than those, it is an estimate."""

    days: tuple[Day, ...] = ()
    total: int = 0
    matched: int = 0
    people: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    rules: dict[str, Counter[Outcome]] = field(default_factory=dict)
    rulings: dict[str, Counter[str]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)
    changes: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    changed_examples: list[Example] = field(default_factory=list)
    population: int = 0
    milliseconds: int = 0

    def rejected_share(self, rule: str) -> float | None:
        """Of what reviewers ruled on and this rule would have met, the share that they rejected; None without any."""
        rulings = self.rulings.get(rule, Counter())
        return rulings["reject"] / rulings.total() if rulings.total() else None

    @property
    def is_estimate(self) -> bool:
        return self.total < self.population

    @property
    def bounds(self) -> tuple[int, int]:
        """Between how many texts match in all, with 95 % confidence where it is an estimate."""
        return bounds(self.matched, self.total, self.population)

    def in_all(self, count: int) -> int:
        """Return what a count says of all texts: itself where all were looked at, else about so many."""
        return rough(round(count * self.population / self.total)) if self.is_estimate and self.total else count

    @property
    def share(self) -> float:
        """Matched texts, in per cent of all."""
        return 100 * self.matched / self.total if self.total else 0.0

    @property
    def per_day(self) -> float:
        return self.in_all(self.matched) / len(self.days) if self.days else 0.0

    @property
    def busiest(self) -> int:
        return self.in_all(max((day.matched for day in self.days), default=0))

    @property
    def reviews_per_day(self) -> float:
        """What would have waited for a person, per day."""
        return self.in_all(self.outcomes[Outcome.HOLD]) / len(self.days) if self.days else 0.0

    @property
    def stricter(self) -> int:
        return self.in_all(sum(count for (before, after), count in self.changes.items() if after > before))

    @property
    def laxer(self) -> int:
        return self.in_all(sum(count for (before, after), count in self.changes.items() if after < before))


def effect(
    policy: Policy,
    texts: Iterable[PastText],
    *,
    days: int = 30,
    audience: Audience = "external",
    against: Policy | None = None,
    until: date | None = None,
    population: int = 0,
    seconds: float = float("inf"),
    processes: int | None = 1,
    told: Callable[[int], None] = lambda _done: None,
) -> Effect:
    """Return what `policy` would have decided about `texts` if each had been meant for `audience`.

    against: the policy to compare with, verdict by verdict. population: how many there are, where `texts` are some of
    them, by chance. seconds: when to stop; what was looked at then has to be there by chance, too. processes: see
    `Crowd`. told: called after each batch with how many are done; what it raises ends the run.
    """
    started = time.perf_counter()
    run, groups = _Run(policy, against, audience), _groups_asked_for(policy, against)
    waiting: deque[PastText] = deque()

    def questions() -> Iterator[Scan]:
        for past in texts:
            waiting.append(past)
            yield past.question(audience, groups)

    # A short run is looked at often: the clock decides how long an admin waits.
    size = _WHILE_WAITING if seconds < float("inf") else SIZE
    with Crowd([policy, against] if against else [policy], processes=processes) as crowd:
        for answers in crowd.answer(questions(), size=size):
            for verdicts in answers:
                run.look_at(waiting.popleft(), verdicts)
            told(run.effect.total)
            if time.perf_counter() - started > seconds:
                break
    result = run.finished(until or localdate(), days)
    result.population = max(population, result.total)
    result.milliseconds = round(1000 * (time.perf_counter() - started))
    return result


def _groups_asked_for(*policies: Policy | None) -> Mapping[int, frozenset[str]] | None:
    """Return the groups in which people are today, where a rule asks for them: nobody knows in which they were then."""
    asks = any(rule.groups != (ANY,) for policy in policies if policy for rule in policy.rules)
    return groups_of_people() if asks else None


class _Run:
    """The counters of one simulation."""

    def __init__(self, policy: Policy, against: Policy | None, audience: Audience) -> None:
        self.effect = Effect()
        self._default = policy.default.for_audience(audience)
        self._other_default = against.default.for_audience(audience) if against else None
        self._people: set[int] = set()
        self._matched: Counter[date] = Counter()
        self._total: Counter[date] = Counter()

    def look_at(self, past: PastText, verdicts: tuple[Verdict, ...] | None) -> None:
        """Count one text; without verdicts it got the defaults."""
        day = localtime(past.at).date()
        self.effect.total += 1
        self._total[day] += 1
        verdict = verdicts[0] if verdicts else Verdict(self._default)
        self.effect.outcomes[verdict.outcome] += 1
        if verdict.findings:
            self._count(past, verdict, day)
        if self._other_default is not None:
            self._compare(past, verdict, verdicts[1] if verdicts else Verdict(self._other_default))

    def _count(self, past: PastText, verdict: Verdict, day: date) -> None:
        self.effect.matched += 1
        self._matched[day] += 1
        self._people.add(past.author_id)
        for rule in verdict.rules:
            outcome = max(finding.outcome for finding in verdict.findings if finding.rule == rule)
            self.effect.rules.setdefault(rule, Counter())[outcome] += 1
            if past.ruling:
                self.effect.rulings.setdefault(rule, Counter())[past.ruling] += 1
        if past.may_show:
            _keep_newest(self.effect.examples, past, lambda: _example(past, verdict))

    def _compare(self, past: PastText, after: Verdict, before: Verdict) -> None:
        if after.outcome is before.outcome:
            return
        self.effect.changes[before.outcome, after.outcome] += 1
        if past.may_show:
            marks = after if after.findings else before
            make = partial(_example, past, marks, outcome=after.outcome, before=before.outcome)
            _keep_newest(self.effect.changed_examples, past, make)

    def finished(self, last: date, days: int) -> Effect:
        calendar = [last - timedelta(days=back) for back in reversed(range(days))]
        self.effect.days = tuple(Day(day, self._matched[day], self._total[day]) for day in calendar)
        self.effect.people = len(self._people)
        return self.effect


def _keep_newest(examples: list[Example], past: PastText, make: Callable[[], Example]) -> None:
    """Keep the newest few, newest first, in whatever order they come."""
    if len(examples) == MOST_EXAMPLES and past.at <= examples[-1].at:
        return
    insort(examples, make(), key=lambda example: -example.at.timestamp())
    del examples[MOST_EXAMPLES:]


def _example(
    past: PastText, verdict: Verdict, outcome: Outcome | None = None, before: Outcome | None = None
) -> Example:
    segments = marked(past.text, verdict.findings, EXCERPT)
    spans = tuple((found.start, found.end) for found in verdict.findings if found.field == "text")
    outcome = outcome or verdict.outcome
    return Example(past.author, past.url, past.at, segments, verdict.rules, outcome, before, past.post_id, spans)


def marked(
    text: str, findings: Sequence[Finding], longest: int | None = None, name: str = "text"
) -> tuple[Segment, ...]:
    """Return the text with every finding of the field `name` marked, cut around the first one where it is too long."""
    return excerpt(text, [(found.start, found.end) for found in findings if found.field == name], longest)


def excerpt(text: str, spans: Iterable[tuple[int, int]], longest: int | None = None) -> tuple[Segment, ...]:
    """Return the text with these places marked, cut around the first one where it is too long."""
    spans = _merged(sorted((start, end) for start, end in spans if end > start))
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
