"""Which terms of a word list meet most posts: a term of three letters may hold half of what people write."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from corpblog.policy.engine import compile_policy, load_policy

_LIST: Final = "list"
_ALONE: Final = """\
policy: 1
name: One list
rules:
  - id: list
    detect: [{keywords: {dictionary: list}}]
    outcome: hold
"""
_LOOK_AT_CLOCK: Final = 64  # posts between two looks


@dataclass(frozen=True)
class TermCounts:
    """posts: how many were read; met: how many have a term; terms: those that meet most, with how many posts each."""

    posts: int
    met: int
    terms: tuple[tuple[str, int], ...]
    is_partial: bool


def term_counts(
    lines: Sequence[str], texts: Iterable[str], *, most: int = 20, seconds: float = float("inf")
) -> TermCounts:
    """Count in how many of these texts each line of a word list is found, with the rules of `keywords`.

    seconds: when to stop and say so.
    """
    scanner = compile_policy(load_policy(_ALONE, {_LIST: list(lines)}))
    until = time.monotonic() + seconds
    counts: Counter[str] = Counter()
    posts = met = 0
    is_partial = False
    for text in texts:
        if posts % _LOOK_AT_CLOCK == 0 and time.monotonic() > until:
            is_partial = True
            break
        posts += 1
        found = {finding.term for finding in scanner.scan(text, audience="external").findings}
        met += bool(found)
        counts.update(found)
    return TermCounts(posts, met, tuple(counts.most_common(most)), is_partial)
