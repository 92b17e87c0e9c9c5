"""How a term was hidden: what view B shows that view A does not, and what is odd about what view A shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from corpblog.policy.engine.folding import SYMBOLS, WORD, WORD_WITH_SYMBOLS, fold, glue
from corpblog.policy.engine.terms import Term
from corpblog.policy.engine.verdict import SeenAs
from corpblog.policy.engine.views import Reading, Span

# In view B by the term's letters: from 10 any spacing, from 7 glued or wholly spaced out, from 5 only what nobody
# writes by accident or with signs but no blank in it, from 4 only wholly spaced out. Without that: 178 false alarms
# per 1,000 posts from 5 letters.
ANY_SPACING, GLUED, OBVIOUS, SPACED_OUT = 10, 7, 5, 4
_RUN_OF_THREE: Final = re.compile(r"(.)\1\1")
# Letters with signs between them. Not the slash: and/or, and the parts of an address, are words of their own.
_PARTED: Final = re.compile(r"[^\W\d_]+(?:(?:[^\w\s/]|_){1,4}[^\W\d_]+)+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def disguise(reading: Reading, place: Span, term: Term, *, symbols: bool) -> SeenAs | None:
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


def parted_words(text: str) -> Iterator[list[tuple[int, int, str]]]:
    """Yield each run of letters with signs and no blank between them: of every piece its place and its folded letters.

    Signs that nobody sees part nothing; view A looks through them.
    """
    for run in _PARTED.finditer(text):
        pieces: list[tuple[int, int, str]] = []
        for piece in _LETTERS.finditer(text, *run.span()):
            start, end, letters = piece.start(), piece.end(), fold(piece.group())
            if pieces and not fold(text[pieces[-1][1] : start]):
                start, _, before = pieces.pop()
                letters = before + letters
            pieces.append((start, end, letters))
        if len(pieces) > 1:
            yield pieces
