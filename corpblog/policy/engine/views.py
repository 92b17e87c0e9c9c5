"""One field under examination: the texts that are made of it, and the way back from each to the original's offsets."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple, Protocol

from corpblog.policy.engine import folding
from corpblog.policy.engine.folding import (
    BLANKS,
    FOLDED,
    LATIN,
    LATIN_CHARACTERS,
    PLAIN,
    WORD,
    WORD_WITH_SYMBOLS,
    FoldTable,
    count_digits,
    fold,
    has_six_digits,
    may_have_letter_symbols,
    odd_characters,
    sanitise,
    squeeze,
    squeezed_letter,
    thirteen_on,
)


class Span(NamedTuple):
    """From the first code point to the one after the last."""

    start: int
    end: int


def by_end(place: Span) -> int:
    return place.end


def overlaps(places: list[Span] | None, place: Span) -> bool:
    """Whether one of these places, sorted by their ends, shares a character with this one."""
    if not places:
        return False
    nearest = bisect_right(places, place.start, key=by_end)
    return nearest < len(places) and places[nearest].start < place.end


Origins = list[list[Span]]


class OffsetMap(Protocol):
    """The way back from a span of a view to the span of the text it was made from."""

    def __call__(self, start: int, end: int, /) -> Span: ...


class _Lengths(dict[str, int]):
    """How many characters each character folds to."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self.table = table

    def __missing__(self, char: str) -> int:
        folded = self.table[ord(char)]
        length = len(folded) if isinstance(folded, str) else 1
        if char < "\U00010000":
            self[char] = length
        return length


_LENGTHS: Final = {id(table): _Lengths(table) for table in (FOLDED, PLAIN, LATIN)}


def prefix_sums(text: str, table: FoldTable) -> OffsetMap:
    """The way back through a table that looks at one character at a time: sums of lengths, searched by halves."""
    ends = list(accumulate(map(_LENGTHS[id(table)].__getitem__, text)))
    return lambda start, end: Span(bisect_right(ends, start), bisect_left(ends, end) + 1)


def listed(origins: list[Span]) -> OffsetMap:
    """The way back where each character of the view knows where it came from."""
    return lambda start, end: Span(origins[start].start, origins[end - 1].end)


def identity(start: int, end: int) -> Span:
    return Span(start, end)


class Reading:
    """One field's text. Each view is made when first asked for, its offsets only after a hit."""

    def __init__(self, name: str, original: str) -> None:
        self.name = name
        self.original = original
        self.text = sanitise(original)

    # What patterns see -------------------------------------------------------------------------------------------

    @cached_property
    def composed(self) -> str:
        """The text in NFC, so that a pattern with an accent finds decomposed text."""
        if self.text.isascii() or unicodedata.is_normalized("NFC", self.text):
            return self.text
        return "".join(unicodedata.normalize("NFC", piece) for piece in _clusters(self.text))

    @cached_property
    def plain(self) -> str:
        return folding.plain(self.composed, self._odd)

    @cached_property
    def latin(self) -> str:
        return folding.latin(self.composed, self._odd)

    @cached_property
    def _odd(self) -> set[str]:
        return odd_characters(self.composed)

    @cached_property
    def patterned(self) -> list[tuple[str, Callable[[int, int], Span]]]:
        """The texts in which patterns are looked for, each with its way back; look-alikes only where there are any."""
        texts: list[tuple[str, Callable[[int, int], Span]]] = [(self.plain, self.from_plain)]
        if any(char != LATIN_CHARACTERS[char] for char in self._odd) and self.latin != self.plain:
            texts.append((self.latin, self.from_latin))
        return texts

    @cached_property
    def digits(self) -> int:
        """How many digits patterns see."""
        return count_digits(self.plain)

    @cached_property
    def has_digits(self) -> bool:
        """True where six digits stand close together: without them there is no card, account or phone number."""
        return self.digits >= 6 and has_six_digits(self.plain)

    def from_plain(self, start: int, end: int) -> Span:
        return self._through_composition(self._plain_map(start, end))

    def from_latin(self, start: int, end: int) -> Span:
        return self._through_composition(self._latin_map(start, end))

    @cached_property
    def _plain_map(self) -> OffsetMap:
        return identity if self.plain == self.composed else prefix_sums(self.composed, PLAIN)

    @cached_property
    def _latin_map(self) -> OffsetMap:
        return prefix_sums(self.composed, LATIN)

    def _through_composition(self, span: Span) -> Span:
        if self.composed is not self.text:
            span = self._composition_map(span.start, span.end)
        return self.with_marks(span)

    @cached_property
    def _composition_map(self) -> OffsetMap:
        origins: list[Span] = []
        start = 0
        for cluster in _clusters(self.text):
            end = start + len(cluster)
            origins.extend([Span(start, end)] * len(unicodedata.normalize("NFC", cluster)))
            start = end
        return listed(origins)

    # View A ------------------------------------------------------------------------------------------------------

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    def thirteen_on(self) -> str:
        """View A of the text after ROT13, which moves ASCII letters only: as long as view A, place for place."""
        return fold(thirteen_on(self.text))

    def from_folded(self, start: int, end: int) -> Span:
        return self.with_marks(self._folded_map(start, end))

    @cached_property
    def _folded_map(self) -> OffsetMap:
        if self.text.isascii() and len(self.text) == len(self.folded):
            return identity  # ASCII never folds to more than one character, so nothing was dropped
        simple = self.text.translate(FOLDED)
        sums = prefix_sums(self.text, FOLDED)
        if len(simple) == len(self.folded):
            return sums
        # Runs of blanks became one: step through the uncollapsed text first.
        kept, dropped = [0], [0]
        for run in BLANKS.finditer(simple):
            kept.append(run.start() - dropped[-1] + 1)
            dropped.append(dropped[-1] + len(run.group()) - 1)

        def uncollapsed(place: int) -> int:
            return place + dropped[bisect_right(kept, place) - 1]

        return lambda start, end: sums(uncollapsed(start), uncollapsed(end - 1) + 1)

    def with_marks(self, span: Span) -> Span:
        """The span with the accents that sit on its last letter: they belong to it, on the page too."""
        end = span.end
        while (
            end < len(self.text) and self.text[end] > "\u02ff" and unicodedata.category(self.text[end]) in {"Mn", "Me"}
        ):
            end += 1
        return Span(span.start, end)

    # View B ------------------------------------------------------------------------------------------------------

    def squeezed(self) -> list[tuple[str, bool]]:
        """View B with symbols as gaps, and once more with symbols as letters where that may make words."""
        views = [(squeeze(self.folded), False)]
        if may_have_letter_symbols(self.folded):
            views.append((squeeze(self.folded, symbols=True), True))
        return views

    def words(self, *, symbols: bool) -> list[tuple[int, int]]:
        """The places in view A of the words of view B, in the same order."""
        return self._words_with_symbols if symbols else self._words

    @cached_property
    def _words(self) -> list[tuple[int, int]]:
        return [word.span() for word in WORD.finditer(self.folded)]

    @cached_property
    def _words_with_symbols(self) -> list[tuple[int, int]]:
        return [word.span() for word in WORD_WITH_SYMBOLS.finditer(self.folded)]

    def origins(self, first: int, last: int, *, symbols: bool) -> Origins:
        """For each letter of these words, glued, its places in view A: several where repeats became one.

        Only for the words of a candidate: letter by letter through a whole text costs more than all the rest.
        """
        words = self.words(symbols=symbols)
        return _glued_origins(self.folded, words[first][0], words[last][1], symbols=symbols)


def _glued_origins(folded: str, start: int, end: int, *, symbols: bool) -> Origins:
    """Retraces `folding.squeeze` and `folding.glue` step by step."""
    origins: Origins = []
    last, position = "", start
    for char in folding.merge_pairs(folded[start:end]):
        # A pair became one letter wherever the merged text has the letter and the folded text does not.
        after = position + (1 if folded[position] == char else 2)
        letter = squeezed_letter(char, symbols=symbols)
        if letter == last:
            origins[-1].append(Span(position, after))
        elif letter != " ":
            origins.append([Span(position, after)])
            last = letter
        position = after
    return origins


def _clusters(text: str) -> list[str]:
    """Pieces that compose independently of each other: a character with its marks, a run of Hangul jamo."""
    pieces: list[str] = []
    for char in text:
        joins = unicodedata.combining(char) or (pieces and _is_jamo(char) and _is_jamo(pieces[-1][-1]))
        if pieces and joins:
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _is_jamo(char: str) -> bool:
    return "\u1100" <= char <= "\u11ff" or "\uac00" <= char <= "\ud7a3"
