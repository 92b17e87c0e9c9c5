"""Words that are spread over several places: half in the last post and half in this one, or half in an alt text.

Only the seams are read: the end of one place and the beginning of the next, each as long as the longest term. What
stands in one place alone was or will be found there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from corpblog.policy.engine.views import Span

MAX_PLACES: Final = 12  # fields of which every pair is tried; of more only neighbours, as they are read
_BARRIER: Final = "\n\n"
# What people put where a thread is cut: an ellipsis, a dash, a count. It is no part of the word.
_CUT_END: Final = re.compile(r"(?:\s|…|\.{2,}|[-–—→>]|[(\[]?\d{1,2}\s?/\s?\d{1,2}[)\]]?)+$")
_CUT_BEGIN: Final = re.compile(r"^(?:\s|…|\.{2,}|[-–—→>]|[(\[]?\d{1,2}\s?/\s?\d{1,2}[)\]]?[:.]?)+")


class Place(NamedTuple):
    """A stretch of one text: of which field (None: of an earlier post), and where it begins in it."""

    reading: int | None
    text: str
    begins: int


class _Seam(NamedTuple):
    """Two stretches put together, and where they stand in the text of all seams."""

    start: int
    left: Place
    gap: int
    right: Place

    @property
    def middle(self) -> int:
        return self.start + len(self.left.text)

    @property
    def end(self) -> int:
        return self.middle + self.gap + len(self.right.text)


class Seams:
    """The text of all seams, one a paragraph, and the way back from it."""

    def __init__(self, texts: Sequence[str], earlier: Sequence[str], reach: int) -> None:
        self._seams: list[_Seam] = []
        pieces: list[str] = []
        length = 0
        for left, right in _neighbours(texts, earlier, reach):
            for gap in ("", " "):
                self._seams.append(_Seam(length, left, len(gap), right))
                pieces.append(f"{left.text}{gap}{right.text}")
                length += len(pieces[-1]) + len(_BARRIER)
        self.text = _BARRIER.join(pieces)
        self._starts = [seam.start for seam in self._seams]

    def origin(self, start: int, end: int) -> tuple[int, Span] | None:
        """The field and the part of it that a find over a seam covers; None for what lies on one side only."""
        seam = self._seams[bisect_right(self._starts, start) - 1]
        if not (start < seam.middle and seam.middle + seam.gap < end <= seam.end):
            return None
        left = seam.left.begins + start - seam.start, seam.left.begins + len(seam.left.text)
        right = seam.right.begins, seam.right.begins + end - seam.middle - seam.gap
        sides = [(seam.left.reading, left), (seam.right.reading, right)]
        here = [(reading, Span(*span)) for reading, span in sides if reading is not None]
        return min(here) if here else None


def _neighbours(texts: Sequence[str], earlier: Sequence[str], reach: int) -> Iterator[tuple[Place, Place]]:
    # A thread is read downwards, a page of posts with the newest on top.
    downwards, upwards = _joined(earlier[-MAX_EARLIER:]), _joined(earlier[: -MAX_EARLIER - 1 : -1])
    for number, text in enumerate(texts if earlier else ()):
        yield _end(None, downwards, reach), _begin(number, text, reach)
        yield _end(number, text, reach), _begin(None, upwards, reach)
    every_pair = len(texts) <= MAX_PLACES
    for left, first in enumerate(texts):
        for right, second in enumerate(texts):
            if left != right and (every_pair or right == left + 1):
                yield _end(left, first, reach), _begin(right, second, reach)


MAX_EARLIER: Final = 20


def _joined(texts: Sequence[str]) -> str:
    """The earlier posts as one text, so that a word may lie over more than two."""
    return "".join(_CUT_BEGIN.sub("", _CUT_END.sub("", text)) for text in texts)


def _end(reading: int | None, text: str, reach: int) -> Place:
    kept = _CUT_END.sub("", text[-reach - _MARGIN :])
    begins = max(0, len(text) - reach - _MARGIN)
    dropped = max(0, len(kept) - reach)
    return Place(reading, kept[dropped:], begins + dropped)


def _begin(reading: int | None, text: str, reach: int) -> Place:
    head = text[: reach + _MARGIN]
    cut = _CUT_BEGIN.match(head)
    begins = cut.end() if cut else 0
    return Place(reading, head[begins : begins + reach], begins)


_MARGIN: Final = 40  # for what is cut off
