"""Many patterns in one automaton, each with the terms and triggers that it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ahocorasick_rs import MATCHKIND_STANDARD, AhoCorasick

from corpblog.policy.engine.terms import Term

_MAX_HITS: Final = 20_000


class TooManyHits(Exception):
    """A text made to hit everywhere: it is held, not searched to the end."""


class Automaton:
    """Patterns, and for each the terms and triggers that it stands for."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._terms: list[tuple[Term, ...]] = []
        self._triggers: dict[int, set[int]] = {}
        self._search: AhoCorasick | None = None

    def _number(self, pattern: str) -> int:
        number = self._numbers.setdefault(pattern, len(self._terms))
        if number == len(self._terms):
            self._terms.append(())
        return number

    def add(self, pattern: str, term: Term) -> None:
        if pattern:
            number = self._number(pattern)
            if term not in self._terms[number]:
                self._terms[number] += (term,)

    def add_trigger(self, pattern: str, trigger: int) -> None:
        self._triggers.setdefault(self._number(pattern), set()).add(trigger)

    def build(self) -> None:
        if self._numbers:
            self._search = AhoCorasick(list(self._numbers), matchkind=MATCHKIND_STANDARD, store_patterns=False)
        self._numbers = {}

    def __bool__(self) -> bool:
        return self._search is not None

    def search(self, text: str, triggers: set[int] | None = None) -> Iterator[tuple[Term, int, int]]:
        if self._search is None:
            return
        hits = self._search.find_matches_as_indexes(text, overlapping=True)
        # Triggers are only noted: a long text may have many, and is no attack for that.
        if len(hits) > _MAX_HITS and sum(bool(self._terms[number]) for number, _, _ in hits) > _MAX_HITS:
            raise TooManyHits
        for number, start, end in hits:
            if triggers is not None and number in self._triggers:
                triggers |= self._triggers[number]
            for term in self._terms[number]:
                yield term, start, end
