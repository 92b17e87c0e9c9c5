"""An effect as JSON and back: counts, and of examples only which posts they are and where the marks stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from corpblog.policy.engine import Outcome
from corpblog.policy.simulation import EXCERPT, Day, Effect, Example, PastText, excerpt

Found = Callable[[Iterable[int]], Mapping[int, PastText]]  # the posts with these ids that the reader may see


def to_record(effect: Effect) -> dict[str, Any]:
    """Return what is worth keeping; no words of a post are in it."""
    return {
        "days": [[day.day.isoformat(), day.matched, day.total] for day in effect.days],
        "total": effect.total,
        "matched": effect.matched,
        "people": effect.people,
        "milliseconds": effect.milliseconds,
        "outcomes": {outcome.value: count for outcome, count in effect.outcomes.items()},
        "rules": {rule: {o.value: count for o, count in counts.items()} for rule, counts in effect.rules.items()},
        "rulings": {rule: dict(counts) for rule, counts in effect.rulings.items()},
        "changes": [[before.value, after.value, count] for (before, after), count in effect.changes.items()],
        "examples": [_example(example) for example in effect.examples],
        "changed_examples": [_example(example) for example in effect.changed_examples],
    }


def from_record(record: Mapping[str, Any], found: Found) -> Effect:
    """Return the effect with those examples that its reader may see."""
    kept = [*record["examples"], *record["changed_examples"]]
    posts = found({example["post"] for example in kept}) if kept else {}
    return Effect(
        days=tuple(Day(date.fromisoformat(day), matched, total) for day, matched, total in record["days"]),
        total=record["total"],
        population=record["total"],
        matched=record["matched"],
        people=record["people"],
        milliseconds=record["milliseconds"],
        outcomes=Counter({Outcome(name): count for name, count in record["outcomes"].items()}),
        rules={
            rule: Counter({Outcome(name): count for name, count in counts.items()})
            for rule, counts in record["rules"].items()
        },
        rulings={rule: Counter(counts) for rule, counts in record["rulings"].items()},
        changes=Counter({(Outcome(before), Outcome(after)): count for before, after, count in record["changes"]}),
        examples=_shown(record["examples"], posts),
        changed_examples=_shown(record["changed_examples"], posts),
    )


def _example(example: Example) -> dict[str, Any]:
    return {
        "post": example.post_id,
        "spans": [list(span) for span in example.spans],
        "rules": list(example.rules),
        "outcome": example.outcome.value,
        "before": example.before.value if example.before else "",
    }


def _shown(examples: list[dict[str, Any]], posts: Mapping[int, PastText]) -> list[Example]:
    return [
        Example(
            author=past.author,
            url=past.url,
            at=past.at,
            segments=excerpt(past.text, [(start, end) for start, end in example["spans"]], EXCERPT),
            rules=tuple(example["rules"]),
            outcome=Outcome(example["outcome"]),
            before=Outcome(example["before"]) if example["before"] else None,
            post_id=past.post_id,
        )
        for example in examples
        if (past := posts.get(example["post"]))
    ]
