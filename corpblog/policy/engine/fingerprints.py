"""Fingerprints of a document: enough to know an excerpt again, and no way back to the words.

Winnowing after Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (SIGMOD 2003):
of the hashes of every run of letters the least in each window is kept, so that any passage of WINDOW + RUN - 1 letters
that two texts share shares a hash. Case, accents, spaces, punctuation and disguises of view A do not count.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from corpblog.policy.engine.folding import fold

RUN: Final = 20  # letters a hash looks at: shorter runs are phrases that everybody writes
WINDOW: Final = 12
LEAST_LETTERS: Final = 200  # of a document: a shorter one is a term, and belongs into a word list
HEADER: Final = "#! document"
_KEPT: Final = 2 / (WINDOW + 1)  # of all hashes, on average (section 3.2 of the paper)
_SURE: Final = 0.4  # of the hashes of an excerpt that are found when a few of its words were changed
_LETTERS_A_CHARACTER: Final = 0.8
_NO_LETTER: Final = re.compile(r"[\W_]+")
_LETTER: Final = re.compile(r"[^\W_]")
_HEADER_LINE: Final = re.compile(rf"{HEADER} salt=(\d{{1,10}})")


class Passage(NamedTuple):
    """A stretch of view A that stands in the document, and how much of it does, from 0 to 1."""

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Fingerprint:
    """The hashes of one document."""

    salt: int
    hashes: frozenset[int]

    def lines(self) -> list[str]:
        """The fingerprint as a word list is kept: its first line says what it is."""
        return [f"{HEADER} salt={self.salt}", *(f"{value:08x}" for value in sorted(self.hashes))]

    def passages(self, folded: str, excerpt: int) -> Iterator[Passage]:
        """Where view A of a text has an excerpt of at least about so many characters, lightly edited or not."""
        letters = _NO_LETTER.sub("", folded)
        if len(letters) < RUN:
            return
        found = [place for place, value in enumerate(_hashes(letters, self.salt)) if value in self.hashes]
        reach = max(RUN, int(excerpt * _LETTERS_A_CHARACTER))
        expected = max(1.0, (reach - RUN) * _KEPT)
        needed = max(4, round(expected * _SURE))
        places: list[int] | None = None
        for first, last, count in _clusters(found, reach):
            if count >= needed:
                places = places or [match.start() for match in _LETTER.finditer(folded)]
                expected_here = max(expected, (last - first) * _KEPT)
                yield Passage(places[first], places[last + RUN - 1] + 1, min(1.0, count / expected_here))


class KnownText(NamedTuple):
    """A post of a closed channel as far as it is known: how closed (`model.CHANNEL_LABELS`), and its fingerprint."""

    label: str
    fingerprint: Fingerprint


def fingerprint(text: str, salt: int) -> Fingerprint:
    """The fingerprint of a document's text.

    salt: up to 2**32, one for each document, so that two lists do not show that they have passages in common.
    """
    values = list(_hashes(_NO_LETTER.sub("", fold(text)), salt))
    kept: set[int] = set()
    window: deque[int] = deque()  # places whose hashes rise from the least on
    for place, value in enumerate(values):
        while window and values[window[-1]] >= value:
            window.pop()
        window.append(place)
        if window[0] <= place - WINDOW:
            window.popleft()
        if place >= WINDOW - 1:
            kept.add(values[window[0]])
    return Fingerprint(salt, frozenset(kept))


def hashes_in(text: str, salt: int) -> frozenset[int]:
    """The hashes of every run of letters, with which to ask whose fingerprint has some of them."""
    return frozenset(_hashes(_NO_LETTER.sub("", fold(text)), salt))


def letters_in(text: str) -> int:
    """How many letters and digits of the text count."""
    return len(_NO_LETTER.sub("", fold(text)))


def is_fingerprint(lines: Iterable[str]) -> bool:
    """Whether a word list is a document's fingerprint."""
    return next(iter(lines), "").startswith(HEADER)


def read_fingerprint(lines: Iterable[str]) -> Fingerprint:
    """The fingerprint that `Fingerprint.lines` wrote; raises ValueError for anything else."""
    rows = iter(lines)
    header = _HEADER_LINE.fullmatch(next(rows, ""))
    if header is None:
        raise ValueError("not a fingerprint")
    return Fingerprint(int(header.group(1)), frozenset(int(row, 16) for row in rows if row))


def _hashes(letters: str, salt: int) -> Iterator[int]:
    # Of UTF-32, so that every letter is as long as the others; a checksum, because nobody who sees the list can be kept
    # from trying passages against it anyway, and it is six times as fast as a digest.
    data = letters.encode("utf-32-le", "replace")
    for start in range(0, len(data) - 4 * RUN + 1, 4):
        yield zlib.crc32(data[start : start + 4 * RUN], salt)


def _clusters(found: list[int], reach: int) -> Iterator[tuple[int, int, int]]:
    """The first and last place and the number of hits that stand together, each no farther than `reach` from the next
    but one's window; passages do not overlap."""
    start = 0
    while start < len(found):
        end = bisect_left(found, found[start] + reach)
        last = end
        # What goes on without a gap is one passage.
        while last < len(found) and found[last] - found[last - 1] <= RUN + WINDOW:
            last += 1
        yield found[start], found[last - 1], last - start
        start = last if last > end or end - start > 1 else start + 1
