"""Where words begin and end: in view A, at the capitals of a hashtag, and for scripts that write without spaces."""

from __future__ import annotations

from typing import Final

from corpblog.policy.engine.folding import WORD, carries_word, is_spaceless
from corpblog.policy.engine.terms import Term, stems_of
from corpblog.policy.engine.views import Reading, Span

_DIGITS_ARE_EDGES_FROM: Final = 4  # "mistral2" is Mistral; "co2" is not CO
_LONGEST_HASHTAG: Final = 100


def _joined(left: str, right: str, *, digits_are_edges: bool) -> bool:
    """True when no word edge is between these two characters."""
    if not (carries_word(left) and carries_word(right)):
        return False
    if digits_are_edges and left.isdecimal() != right.isdecimal():
        return False
    return not (is_spaceless(left) or is_spaceless(right))


def at_edges(reading: Reading, start: int, end: int, term: Term) -> bool:
    """True when the match begins and ends where words do, or at a capital inside a hashtag."""
    text = reading.folded
    begins, ends = _begins(text, start, term), _ends(text, end, term)
    if begins and ends:
        return True
    return (begins or _glued(reading, start)) and (ends or _glued(reading, end))


def between_words(text: str, start: int, end: int, term: Term) -> bool:
    """True when the match begins and ends where words do; hashtags have no say in a text that was turned."""
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


def is_edge(text: str, place: int) -> bool:
    """True when no word goes on over this place."""
    return place in {0, len(text)} or not _joined(text[place - 1], text[place], digits_are_edges=False)


def inflected(folded: str, start: int, term: Term) -> Span | None:
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
