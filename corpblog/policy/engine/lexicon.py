"""All words of all rules in two automata: one pass over view A and one over view B find every one of them, overlapping.

What an automaton finds is a candidate. In view A it needs word edges; in view B it needs edges and a disguise.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple

from corpblog.policy.engine.automaton import Automaton
from corpblog.policy.engine.disguises import ANY_SPACING, OBVIOUS, SPACED_OUT, disguise, parted_words, seen_in_a
from corpblog.policy.engine.folding import fold, glue, glue_all, squeeze
from corpblog.policy.engine.terms import Term, inflection_stem
from corpblog.policy.engine.verdict import SeenAs, View
from corpblog.policy.engine.views import Origins, Reading, Span, by_end, overlaps
from corpblog.policy.engine.word_edges import at_edges, between_words, inflected, is_edge

# Backwards and in ROT13, from so many letters: shorter words often read as others (ROT13 of "nag" is "ant").
TURNED: Final = 5
_LONGEST_SEAM: Final = 200
_IN_SHORT_DISGUISE: Final = 0.6  # how sure a find in view B is for a term under ten letters
_LONGEST_NUMBER: Final = 40  # of the identifiers and secrets that are looked for over a seam


Places = dict[tuple[int, str], list[Span]]  # in view A, by detector and term


class Hit(NamedTuple):
    """A place that a detector found, in offsets of the original text of one field."""

    reading: int
    start: int
    end: int
    term: str
    view: View
    confidence: float
    seen_as: SeenAs


@dataclass(slots=True)
class Found:
    """What one pass over one field found."""

    hits: dict[int, list[Hit]] = field(default_factory=dict)
    triggers: set[int] = field(default_factory=set)


class Lexicon:
    """Immutable once built; safe to use from many threads."""

    def __init__(self, terms: Iterable[Term], triggers: Iterable[tuple[str, int]]) -> None:
        self._folded = Automaton()
        self._long = Automaton()  # in view B without gaps
        self._words = Automaton()  # in view B with gaps, as whole words
        self._short = Automaton()  # in view B, where letters stand alone
        self._parted: dict[str, list[Term]] = {}  # in view B, with signs between letters and no blank
        self._add(list(terms))
        for literal, trigger in triggers:
            self._folded.add_trigger(fold(literal), trigger)
        for automaton in (self._folded, self._long, self._words, self._short):
            automaton.build()

    def _add(self, terms: list[Term]) -> None:
        longest = max((len(form) for term in terms for form in term.forms), default=0)
        # How much of a text's end may belong to a term that goes on in the next one.
        self.reach = min(_LONGEST_SEAM, max(_LONGEST_NUMBER, longest + 2))
        forms = [(term, form) for term in terms for form in term.forms]
        for (term, folded), glued in zip(forms, glue_all([form for _, form in forms]), strict=True):
            self._folded.add(inflection_stem(folded) if term.stems else folded, term)
            if term.letters < SPACED_OUT or folded.isdecimal():
                continue
            for spelling in (glued, *_apart(folded)):
                if term.letters >= ANY_SPACING:
                    self._long.add(spelling, term)
                    continue
                self._short.add(spelling, term)
                if term.letters >= OBVIOUS:
                    self._words.add(f" {spelling} ", term)
            if OBVIOUS <= term.letters < ANY_SPACING and " " not in folded.strip():
                self._parted.setdefault(folded.strip(), []).append(term)

    def search(self, reading: Reading, number: int) -> Found:
        """Every term in this field, and the triggers of the patterns worth trying."""
        found = Found()
        exact: Places = {}
        for term, start, end in self._folded.search(reading.folded, found.triggers):
            if term.stems:
                place = inflected(reading.folded, start, term)
            else:
                place = Span(start, end) if not term.whole_words or at_edges(reading, start, end, term) else None
            if place:
                exact.setdefault((term.slot, term.text), []).append(place)
                found.hits.setdefault(term.slot, []).append(_hit_in_a(reading, number, term, place))
        squeezed = reading.squeezed() if self._long or self._short else []
        for term, place, seen_as in self._disguised(reading, squeezed, exact):
            found.hits.setdefault(term.slot, []).append(_hit_in_b(reading, number, term, place, seen_as))
        for term, start, end in self._with_signs(reading, squeezed):
            found.hits.setdefault(term.slot, []).append(
                Hit(number, start, end, term.text, "B", _IN_SHORT_DISGUISE, SeenAs.SPACED)
            )
        for term, place, seen_as in self._turned(reading, exact):
            found.hits.setdefault(term.slot, []).append(_hit_in_c(reading, number, term, place, seen_as))
        return found

    def _turned(self, reading: Reading, exact: Places) -> Iterator[tuple[Term, Span, SeenAs]]:
        """What stands there backwards or with each letter replaced by the thirteenth after it."""
        length = len(reading.folded)
        for seen_as, text in ((SeenAs.ROT13, reading.thirteen_on()), (SeenAs.BACKWARDS, reading.folded[::-1])):
            for term, start, end in self._folded.search(text):
                if term.letters < TURNED or term.stems or not between_words(text, start, end, term):
                    continue
                place = Span(length - end, length - start) if seen_as is SeenAs.BACKWARDS else Span(start, end)
                if not overlaps(exact.get((term.slot, term.text)), place):
                    yield term, place, seen_as

    def _disguised(
        self, reading: Reading, views: list[tuple[str, bool]], exact: Places
    ) -> Iterator[tuple[Term, Span, SeenAs]]:
        """What only view B shows, each place once."""
        seen: Places = {}
        for squeezed, symbols in views:
            candidates = [
                *self._in_one_word(reading, squeezed, symbols),
                *self._spaced_out(reading, squeezed, symbols),
                *self._anyhow(reading, squeezed, symbols, exact),
            ]
            for term, place in candidates:
                key = (term.slot, term.text)
                seen_as = disguise(reading, place, term, symbols=symbols)
                if seen_as and not overlaps(exact.get(key), place) and not overlaps(seen.get(key), place):
                    insort(seen.setdefault(key, []), place, key=by_end)
                    yield term, place, seen_as

    def _with_signs(self, reading: Reading, views: list[tuple[str, bool]]) -> Iterator[tuple[Term, int, int]]:
        """Short terms with signs between their letters, but no blank: Fal-con, F*alco*n; in the field's own offsets."""
        # Most texts do not even have the letters in that order, which one pass tells.
        if not self._parted or not views or not any(self._short.search(glue(views[0][0]))):
            return
        for pieces in parted_words(reading.text):
            for first, (start, _end, opening) in enumerate(pieces):
                joined = opening
                for _start, end, letters in pieces[first + 1 :]:
                    joined += letters
                    if len(joined) >= ANY_SPACING:
                        break
                    yield from ((term, start, end) for term in self._parted.get(joined, ()))

    def _in_one_word(self, reading: Reading, squeezed: str, symbols: bool) -> Iterator[tuple[Term, Span]]:
        number = position = 0
        for term, start, _ in sorted(self._words.search(squeezed), key=_by_start):
            number, position = number + squeezed.count(" ", position, start), start
            yield term, Span(*reading.words(symbols=symbols)[number])

    def _spaced_out(self, reading: Reading, squeezed: str, symbols: bool) -> Iterator[tuple[Term, Span]]:
        if not self._short or not _FOUR_ALONE.search(squeezed):
            return
        for stretch in _LONE_LETTERS.finditer(squeezed):
            first = squeezed.count(" ", 0, stretch.start())
            origins = reading.origins(first, first + stretch.group().count(" ") - 1, symbols=symbols)
            for term, start, end in self._short.search(glue(stretch.group())):
                yield from _placed(reading, origins, term, start, end)

    def _anyhow(self, reading: Reading, squeezed: str, symbols: bool, exact: Places) -> Iterator[tuple[Term, Span]]:
        found = list(self._long.search(glue(squeezed))) if self._long else []
        if not found:
            return
        counts = Counter((term.slot, term.text) for term, _, _ in found)
        # What is plainly there is here too: only where there is more is it worth finding out what and where.
        more = [match for match in found if counts[match[0][:2]] > len(exact.get(match[0][:2], ()))]
        locate = _word_locator(squeezed.split() if more else [])
        for term, start, end in more:
            first, last, before = locate(start, end)
            origins = reading.origins(first, last, symbols=symbols)
            yield from _placed(reading, origins, term, start - before, end - before)


def _apart(folded: str) -> tuple[str, ...]:
    """The term as view B has it where a pair is none: H.a.w.t.h.o.r.n has no m, and VValparaiso no w."""
    spellings = []
    if "rn" in folded:
        spellings.append(glue(squeeze(folded.replace("rn", "r n"))))
    if "v" in folded:
        spellings.append(glue(squeeze(folded.replace("v", "w"))))
    return tuple(spellings)


def _word_locator(words: list[str]) -> Callable[[int, int], tuple[int, int, int]]:
    """Finds, for a match in the glued words, the first and last word it touches, and where the first begins."""
    # A word that begins as the one before it ends gives one letter less.
    shared = [index > 0 and word[0] == words[index - 1][-1] for index, word in enumerate(words)]
    ends = list(accumulate(len(word) - merged for word, merged in zip(words, shared, strict=True)))

    def locate(start: int, end: int) -> tuple[int, int, int]:
        first, last = bisect_right(ends, start), bisect_left(ends, end)
        return first, last, (ends[first - 1] if first else 0) - shared[first]

    return locate


_FOUR_ALONE: Final = re.compile(r" \S \S \S \S ")
_LONE_LETTERS: Final = re.compile(r"(?: \S(?= )){4,}")


def _placed(reading: Reading, origins: Origins, term: Term, start: int, end: int) -> Iterator[tuple[Term, Span]]:
    """The match with its place in view A, if it begins and ends where words do."""
    text = reading.folded
    # Where repeats became one, the first letter of the match may belong to the word before, and the last to the next.
    begins = next((place.start for place in reversed(origins[start]) if is_edge(text, place.start)), None)
    ends = next((place.end for place in origins[end - 1] if is_edge(text, place.end)), None)
    if begins is not None and ends is not None and begins < ends:
        yield term, Span(begins, ends)


def _by_start(match: tuple[Term, int, int]) -> int:
    return match[1]


def _hit_in_a(reading: Reading, number: int, term: Term, place: Span) -> Hit:
    start, end = reading.from_folded(*place)
    seen_as = seen_in_a(reading.text[start:end], term)
    confidence = 1.0 if seen_as is SeenAs.WRITTEN else 0.9
    return Hit(number, start, end, term.text, "A", confidence, seen_as)


def _hit_in_b(reading: Reading, number: int, term: Term, place: Span, seen_as: SeenAs) -> Hit:
    start, end = reading.from_folded(*place)
    confidence = 0.7 if term.letters >= ANY_SPACING else _IN_SHORT_DISGUISE
    return Hit(number, start, end, term.text, "B", confidence, seen_as)


def _hit_in_c(reading: Reading, number: int, term: Term, place: Span, seen_as: SeenAs) -> Hit:
    start, end = reading.from_folded(*place)
    return Hit(number, start, end, term.text, "C", 0.8, seen_as)
