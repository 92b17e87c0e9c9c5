"""What a kind of identifier is: a name, what it needs to be possible at all, and finders that check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpblog.policy.engine.wording import Wording

Spans = Iterable[tuple[int, int]]
Finder = Callable[[str], Spans]


def nothing(_text: str) -> Spans:
    """A finder that finds nothing."""
    return ()


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """One kind. Finders get text with ASCII digits and without invisible characters, and answer with checked spans.

    find: what is certain as it stands.
    form: RE2; it matches in every text in which `find` finds something, so that one search rules many kinds out.
    needs: where there is no form, a character without which there is none; "" for six digits close together.
    find_named: what could be anything else, and counts near one of the words of `context` only, in a text that has at
        least `fewest_digits`.
    of_company: a finder made for the company's own domains, for kinds that depend on them.
    """

    name: str
    title: Wording
    find: Finder = nothing
    form: str = ""
    needs: str = ""
    context: tuple[str, ...] = ()
    fewest_digits: int = 0
    find_named: Finder = nothing
    of_company: Callable[[tuple[str, ...]], Finder] | None = None


def digit_runs(text: str, pattern: re.Pattern[str]) -> Iterable[tuple[list[tuple[int, int]], str]]:
    """Runs of digits with separators: the places of their groups, and the text of each run."""
    for run in pattern.finditer(text):
        groups = [
            (run.start() + group.start(), run.start() + group.end()) for group in re.finditer(r"\d+", run.group())
        ]
        yield groups, run.group()
