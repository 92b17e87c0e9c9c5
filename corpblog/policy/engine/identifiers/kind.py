"""What a kind of identifier is: a name, what it needs to be possible at all, and a finder that checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpblog.policy.engine.wording import Wording

Spans = Iterable[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind. `find` gets text with ASCII digits and without invisible characters, and answers with checked spans."""

    name: str
    title: Wording
    find: Callable[[str], Spans]
    needs: str = ""  # a character without which there is none; "" where six digits close together are needed

    def may_be_in(self, text: str, has_digits: bool) -> bool:
        """A quick look that rules nearly every text out."""
        return self.needs in text if self.needs else has_digits


def digit_runs(text: str, pattern: re.Pattern[str]) -> Iterable[tuple[list[tuple[int, int]], str]]:
    """Runs of digits with separators: the places of their groups, and the text of each run."""
    for run in pattern.finditer(text):
        groups = [
            (run.start() + group.start(), run.start() + group.end()) for group in re.finditer(r"\d+", run.group())
        ]
        yield groups, run.group()
