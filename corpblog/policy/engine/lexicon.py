"""All words of all rules in two automata: one pass over view A and one over view B find every one of them, overlapping.

What an automaton finds is a candidate. In view A it needs word edges; in view B it needs edges and a disguise.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from threading import local
from typing import Final, NamedTuple

import snowballstemmer
from ahocorasick_rs import MATCHKIND_STANDARD, AhoCorasick

from corpblog.policy.engine.folding import (
    SYMBOLS,
    WORD,
    WORD_WITH_SYMBOLS,
    carries_word,
    fold,
    fold_all,
    glue,
    glue_all,
    is_spaceless,
    letters_of_all,
    squeeze,
)
from corpblog.policy.engine.verdict import SeenAs, View
from corpblog.policy.engine.views import Origins, Reading, Span, by_end, overlaps

# In view B by the term's letters: from 10 any spacing, from 7 glued or wholly spaced out, from 5 only what nobody
# writes by accident, from 4 only wholly spaced out. Without that: 178 false alarms per 1,000 posts from 5 letters.
ANY_SPACING, GLUED, OBVIOUS, SPACED_OUT = 10, 7, 5, 4
# Backwards and in ROT13, from so many letters: shorter words often read as others (ROT13 of "nag" is "ant").
TURNED: Final = 5
_DIGITS_ARE_EDGES_FROM: Final = 4  # "mistral2" is Mistral; "co2" is not CO
_LONGEST_HASHTAG: Final = 100
_MAX_HITS: Final = 20_000
_LONGEST_SEAM: Final = 200
_LONGEST_NUMBER: Final = 40  # of the identifiers and secrets that are looked for over a seam


class TooManyHits(Exception):
    """A text made to hit everywhere: it is held, not searched to the end."""


class Term(NamedTuple):
    """One term of one detector. `slot` is the detector's number in the compiled policy."""

    slot: int
    text: str
    whole_words: bool
    letters: int
    forms: tuple[str, ...]
    stems: tuple[frozenset[str], ...] = ()


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
        self._folded = _Automaton()
        self._long = _Automaton()  # in view B without gaps
        self._words = _Automaton()  # in view B with gaps, as whole words
        self._short = _Automaton()  # in view B, where letters stand alone
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
            self._folded.add(_inflection_stem(folded) if term.stems else folded, term)
            if term.letters < SPACED_OUT or folded.isdecimal():
                continue
            for spelling in (glued, *_apart(folded)):
                if term.letters >= ANY_SPACING:
                    self._long.add(spelling, term)
                    continue
                self._short.add(spelling, term)
                if term.letters >= OBVIOUS:
                    self._words.add(f" {spelling} ", term)

    def search(self, reading: Reading, number: int) -> Found:
        """Every term in this field, and the triggers of the patterns worth trying."""
        found = Found()
        exact: Places = {}
        for term, start, end in self._folded.search(reading.folded, found.triggers):
            if term.stems:
                place = _inflected(reading.folded, start, term)
            else:
                place = Span(start, end) if not term.whole_words or _at_edges(reading, start, end, term) else None
            if place:
                exact.setdefault((term.slot, term.text), []).append(place)
                found.hits.setdefault(term.slot, []).append(_hit_in_a(reading, number, term, place))
        for term, place, seen_as in self._disguised(reading, exact) if self._long or self._short else ():
            found.hits.setdefault(term.slot, []).append(_hit_in_b(reading, number, term, place, seen_as))
        for term, place, seen_as in self._turned(reading, exact):
            found.hits.setdefault(term.slot, []).append(_hit_in_c(reading, number, term, place, seen_as))
        return found

    def _turned(self, reading: Reading, exact: Places) -> Iterator[tuple[Term, Span, SeenAs]]:
        """What stands there backwards or with each letter replaced by the thirteenth after it."""
        length = len(reading.folded)
        for seen_as, text in ((SeenAs.ROT13, reading.thirteen_on()), (SeenAs.BACKWARDS, reading.folded[::-1])):
            for term, start, end in self._folded.search(text):
                if term.letters < TURNED or term.stems or not _between_words(text, start, end, term):
                    continue
                place = Span(length - end, length - start) if seen_as is SeenAs.BACKWARDS else Span(start, end)
                if not overlaps(exact.get((term.slot, term.text)), place):
                    yield term, place, seen_as

    def _disguised(self, reading: Reading, exact: Places) -> Iterator[tuple[Term, Span, SeenAs]]:
        """What only view B shows, each place once."""
        seen: Places = {}
        for squeezed, symbols in reading.squeezed():
            candidates = [
                *self._in_one_word(reading, squeezed, symbols),
                *self._spaced_out(reading, squeezed, symbols),
                *self._anyhow(reading, squeezed, symbols, exact),
            ]
            for term, place in candidates:
                key = (term.slot, term.text)
                seen_as = _disguise(reading, place, term, symbols=symbols)
                if seen_as and not overlaps(exact.get(key), place) and not overlaps(seen.get(key), place):
                    insort(seen.setdefault(key, []), place, key=by_end)
                    yield term, place, seen_as

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


class _Automaton:
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


# Terms -------------------------------------------------------------------------------------------------------------


def make_terms(slot: int, texts: Sequence[str], *, whole_words: bool, inflect: bool) -> list[Term]:
    """The terms of one detector as the automata need them."""
    folded = fold_all(texts)
    letters = letters_of_all(folded)
    return [
        Term(slot, text, whole_words, len(own), _forms(text, form), _stems(form) if inflect else ())
        for text, form, own in zip(texts, folded, letters, strict=True)
        if form
    ]


def _stems(folded: str) -> tuple[frozenset[str], ...]:
    return tuple(stems_of(word) for word in folded.split())


def _forms(text: str, folded: str) -> tuple[str, ...]:
    """The term in view A. A few letters (the Greek nu) look like another Latin one in each case: so several forms."""
    if text.isascii():
        return (folded,)
    return tuple(dict.fromkeys((folded, *(fold(form).strip() for form in (text.lower(), text.upper(), text.title())))))


def is_searchable(text: str) -> bool:
    """False for a term of which folding leaves nothing to look for."""
    return bool(fold(text).strip())


# Word edges --------------------------------------------------------------------------------------------------------


def _joined(left: str, right: str, *, digits_are_edges: bool) -> bool:
    """True when no word edge is between these two characters."""
    if not (carries_word(left) and carries_word(right)):
        return False
    if digits_are_edges and left.isdecimal() != right.isdecimal():
        return False
    return not (is_spaceless(left) or is_spaceless(right))


def _at_edges(reading: Reading, start: int, end: int, term: Term) -> bool:
    """True when the match begins and ends where words do, or at a capital inside a hashtag."""
    text = reading.folded
    begins, ends = _begins(text, start, term), _ends(text, end, term)
    if begins and ends:
        return True
    return (begins or _glued(reading, start)) and (ends or _glued(reading, end))


def _between_words(text: str, start: int, end: int, term: Term) -> bool:
    return _begins(text, start, term) and _ends(text, end, term)


def _begins(text: str, start: int, term: Term) -> bool:
    loose = term.letters >= _DIGITS_ARE_EDGES_FROM
    return start == 0 or not _joined(text[start - 1], text[start], digits_are_edges=loose)


def _ends(text: str, end: int, term: Term) -> bool:
    loose = term.letters >= _DIGITS_ARE_EDGES_FROM
    return end == len(text) or not _joined(text[end - 1], text[end], digits_are_edges=loose)


def _glued(reading: Reading, place: int) -> bool:
    """True where a hashtag begins its next word: #ProjectFalconNews."""
    hash_sign = reading.folded.rfind("#", max(0, place - _LONGEST_HASHTAG), place)
    if hash_sign < 0 or not all(carries_word(char) for char in reading.folded[hash_sign + 1 : place]):
        return False
    right = reading.from_folded(place, place + 1).start
    left = reading.from_folded(place - 1, place).start
    return reading.text[right].isupper() and not reading.text[left].isupper()


# Inflection --------------------------------------------------------------------------------------------------------

_STEMMERS: Final = local()  # the stemmers keep state: one set a thread


def _inflection_stem(folded: str) -> str:
    """How every form of the term begins: enough to find candidates, the stems decide."""
    first = folded.split(maxsplit=1)[0]
    return first[: max(3, min(len(first) - 2, *(len(stem) - 1 for stem in stems_of(first))))]


@lru_cache(maxsize=20_000)
def stems_of(word: str) -> frozenset[str]:
    """The word's stems in English and French."""
    if not hasattr(_STEMMERS, "all"):
        _STEMMERS.all = [snowballstemmer.stemmer(language) for language in ("english", "french")]
    return frozenset(stemmer.stemWord(word) for stemmer in _STEMMERS.all)


def _inflected(folded: str, start: int, term: Term) -> Span | None:
    """The words from here that have the term's stems."""
    if start and _joined(folded[start - 1], folded[start], digits_are_edges=False):
        return None
    end = start
    for stems in term.stems:
        word = WORD.search(folded, end)
        if (
            not word
            or folded[end : word.start()].strip()
            or len(word.group()) > 60
            or not stems & stems_of(word.group())
        ):
            return None
        end = word.end()
    return Span(start, end)


# View B ------------------------------------------------------------------------------------------------------------

_RUN_OF_THREE: Final = re.compile(r"(.)\1\1")
_FOUR_ALONE: Final = re.compile(r" \S \S \S \S ")
_LONE_LETTERS: Final = re.compile(r"(?: \S(?= )){4,}")


def _placed(reading: Reading, origins: Origins, term: Term, start: int, end: int) -> Iterator[tuple[Term, Span]]:
    """The match with its place in view A, if it begins and ends where words do."""
    text = reading.folded
    # Where repeats became one, the first letter of the match may belong to the word before, and the last to the next.
    begins = next((place.start for place in reversed(origins[start]) if _is_edge(text, place.start)), None)
    ends = next((place.end for place in origins[end - 1] if _is_edge(text, place.end)), None)
    if begins is not None and ends is not None and begins < ends:
        yield term, Span(begins, ends)


def _is_edge(text: str, place: int) -> bool:
    return place in {0, len(text)} or not _joined(text[place - 1], text[place], digits_are_edges=False)


def _disguise(reading: Reading, place: Span, term: Term, *, symbols: bool) -> SeenAs | None:
    """How the letters were hidden, if that is no accident for a term of this length."""
    found = reading.folded[place.start : place.end]
    pieces = (WORD_WITH_SYMBOLS if symbols else WORD).findall(found)
    if len(pieces) > 1:
        wholly = len(pieces) >= SPACED_OUT and all(len(set(piece)) == 1 for piece in pieces)
        return SeenAs.SPACED if wholly or term.letters >= ANY_SPACING else None
    substituted = any(char.isdecimal() or char in SYMBOLS for char in found)
    if substituted and term.letters >= OBVIOUS and any(char.isalpha() for char in found):
        return SeenAs.LEET
    if _RUN_OF_THREE.search(found) and term.letters >= OBVIOUS:
        return SeenAs.REPEATED
    if term.letters >= GLUED:
        return _slight(found, "".join(WORD.findall(fold(term.text))))
    return SeenAs.LOOKALIKE if term.letters >= OBVIOUS and _has_odd_case(reading, place) else None


def _slight(found: str, letters: str) -> SeenAs:
    """How one word differs from the term's letters when no digit or symbol stands in."""
    if found == letters:
        return SeenAs.SPACED
    return SeenAs.REPEATED if glue(found) == glue(letters) else SeenAs.LOOKALIKE


def _has_odd_case(reading: Reading, place: Span) -> bool:
    """True for FaIcon with a capital i: neither small, nor capitals, nor a capital and small letters."""
    written = reading.text[slice(*reading.from_folded(*place))]
    return not (written.islower() or written.isupper() or written[1:].islower())


def _by_start(match: tuple[Term, int, int]) -> int:
    return match[1]


# Hits --------------------------------------------------------------------------------------------------------------


def _hit_in_a(reading: Reading, number: int, term: Term, place: Span) -> Hit:
    start, end = reading.from_folded(*place)
    seen_as = seen_in_a(reading.text[start:end], term)
    confidence = 1.0 if seen_as is SeenAs.WRITTEN else 0.9
    return Hit(number, start, end, term.text, "A", confidence, seen_as)


def _hit_in_b(reading: Reading, number: int, term: Term, place: Span, seen_as: SeenAs) -> Hit:
    start, end = reading.from_folded(*place)
    return Hit(number, start, end, term.text, "B", 0.7 if term.letters >= ANY_SPACING else 0.6, seen_as)


def _hit_in_c(reading: Reading, number: int, term: Term, place: Span, seen_as: SeenAs) -> Hit:
    start, end = reading.from_folded(*place)
    return Hit(number, start, end, term.text, "C", 0.8, seen_as)


def seen_in_a(written: str, term: Term) -> SeenAs:
    """How the words differ from the policy's: not, by accents, by invisible characters or by look-alikes."""
    if _same_words(written, term.text):
        return SeenAs.WRITTEN
    if any(fold(char) == "" and not _is_accent(char) for char in written):
        return SeenAs.HIDDEN
    if any(_is_lookalike(char) for char in written if char not in term.text):
        return SeenAs.LOOKALIKE
    if term.stems and fold(written) != fold(term.text).strip():
        return SeenAs.INFLECTED
    return SeenAs.WRITTEN if written.isascii() else SeenAs.ACCENTS


def _same_words(written: str, term: str) -> bool:
    """True when only case, the way accents are encoded, or the gap between words differs."""
    if written.casefold() == term.casefold():
        return True
    left, right = (unicodedata.normalize("NFC", text).casefold().split() for text in (written, term))
    return left == right


def _is_accent(char: str) -> bool:
    return "\u0300" <= char <= "\u036f" or "\u1ab0" <= char <= "\u1aff"


def _is_lookalike(char: str) -> bool:
    """True for a character of another script or form that folds to a Latin letter; an accented Latin letter is none."""
    if char.isascii() or not fold(char).isascii():
        return False
    return not ("\u00aa" <= char <= "\u024f" or "\u1e00" <= char <= "\u1eff" or char.isspace() or fold(char) == " ")


__all__ = ["Found", "Hit", "Lexicon", "Term", "TooManyHits", "is_searchable", "make_terms"]
