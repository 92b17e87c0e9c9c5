"""What a kind of identifier is: a name, a quick look that rules most texts out, and a finder that checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from corpblog.policy.engine.wording import Wording

Spans = Iterable[tuple[int, int]]

HAS_DIGITS: Final = re.compile(r"\d(?:[ .\-/()]{0,3}\d){5}")


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind. `find` gets text in which digits are ASCII and invisible characters gone, and answers with checked spans."""

    name: str
    title: Wording
    find: Callable[[str], Spans]


def digit_runs(text: str, pattern: re.Pattern[str]) -> Iterable[tuple[list[tuple[int, int]], str]]:
    """Runs of digits with separators: the places of their groups, and the text of each run."""
    for run in pattern.finditer(text):
        groups = [
            (run.start() + group.start(), run.start() + group.end()) for group in re.finditer(r"\d+", run.group())
        ]
        yield groups, run.group()
