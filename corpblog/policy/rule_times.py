"""How long each rule takes: a few rounds over recent posts, each rule alone and all of them together."""

import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from corpblog.policy.engine import Outcome, Policy, Scanner, compile_policy
from corpblog.policy.engine.model import Keywords, Rule

POSTS: Final = 200
ROUNDS: Final = 3
# A rule that finds nothing costs what the scan itself costs.
_NOTHING: Final = Rule(id="nothing", detect=(Keywords(terms=("qzvxjqkwzvxq",)),), outcome=Outcome.ALLOW)


@dataclass(frozen=True)
class RuleTimes:
    """Microseconds a post, the median over `posts` of them: of the whole policy, and of each rule beyond the bare scan.

    rules: id and microseconds, the slowest first. left: how many rules there was no time for.
    """

    posts: int
    whole: float
    rules: tuple[tuple[str, float], ...]
    left: int = 0


def rule_times(policy: Policy, texts: Iterable[str], *, seconds: float = float("inf")) -> RuleTimes:
    """Measure the policy on these texts, on at most `POSTS` of them.

    What every scan does whatever the rules are (the views of the text) is taken off a rule's time, so that the rules
    can be compared. seconds: when to stop and say how many rules were left out.
    """
    posts = list(islice(texts, POSTS))
    if not posts or not policy.rules:
        return RuleTimes(0, 0.0, ())
    until = time.monotonic() + seconds
    whole = _microseconds(compile_policy(policy), posts)
    bare = _microseconds(compile_policy(replace(policy, rules=(_NOTHING,))), posts)
    times: list[tuple[str, float]] = []
    for rule in policy.rules:
        if time.monotonic() > until:
            break
        alone = replace(rule, audience="any", destinations=("any",), groups=("any",), since=None, until=None)
        alone = replace(
            alone, classification=None, languages=("any",), attachments=(), between=None, shadow=False, resting=False
        )
        taken = _microseconds(compile_policy(replace(policy, rules=(alone,))), posts)
        times.append((rule.id, max(0.0, taken - bare)))
    times.sort(key=lambda item: -item[1])
    return RuleTimes(len(posts), whole, tuple(times), len(policy.rules) - len(times))


def _microseconds(scanner: Scanner, posts: list[str]) -> float:
    """Return the median over the posts of each one's quickest round: what else the machine does only adds."""
    best = [float("inf")] * len(posts)
    for _round in range(ROUNDS):
        for index, text in enumerate(posts):
            started = time.perf_counter_ns()
            scanner.scan(text, audience="external")
            best[index] = min(best[index], (time.perf_counter_ns() - started) / 1000)
    return statistics.median(best)
