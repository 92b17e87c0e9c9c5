"""Cut what would leave into pieces that a page can mark, so that a reviewer sees every character of it."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from corpblog.policy.engine import Finding

_MARKED: Final = frozenset({"Cf", "Cc", "Co", "Cn", "Zl", "Zp"})
_PLAIN: Final = frozenset("\n\t")
LONGEST_WHOLE: Final = 20_000  # characters: what an officer may be expected to scroll through
AROUND: Final = 400


@dataclass(frozen=True)
class Piece:
    """A stretch of text.

    rules: the rules that object to it; outcome: the strictest of theirs.
    hidden: the name of a character that shows nothing or turns the text around, to be shown in its place.
    """

    text: str
    rules: tuple[str, ...] = ()
    outcome: str = ""
    hidden: str = ""


def pieces(text: str, findings: Iterable[Finding]) -> list[Piece]:
    """Return the text in pieces, whole and in order."""
    found = [finding for finding in findings if finding.end > finding.start]
    edges = {0, len(text)} | {edge for finding in found for edge in (finding.start, finding.end) if edge <= len(text)}
    edges |= {edge for place, char in enumerate(text) if is_hidden(char) for edge in (place, place + 1)}
    places = sorted(edges)
    return [_piece(text, start, end, found) for start, end in pairwise(places)]


@dataclass(frozen=True)
class Excerpt:
    """A part of a long text, and how many characters before it are not shown."""

    skipped: int
    pieces: list[Piece]


def excerpts(text: str, findings: Sequence[Finding]) -> list[Excerpt]:
    """Return a text of normal length whole; of a longer one its beginning, and what stands around each finding.

    The last excerpt may be empty: it says how much of the end is not shown.
    """
    shown, done = [], 0
    for start, end in _windows(text, findings):
        here = [finding for finding in findings if start <= finding.start and finding.end <= end]
        moved = [replace(finding, start=finding.start - start, end=finding.end - start) for finding in here]
        shown.append(Excerpt(start - done, pieces(text[start:end], moved)))
        done = end
    return [*shown, Excerpt(len(text) - done, [])] if done < len(text) else shown


def _windows(text: str, findings: Sequence[Finding]) -> list[tuple[int, int]]:
    if len(text) <= LONGEST_WHOLE:
        return [(0, len(text))]
    wanted = [(0, LONGEST_WHOLE // 4)]
    wanted += [(max(0, finding.start - AROUND), min(len(text), finding.end + AROUND)) for finding in findings]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(wanted):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def redacted(text: str, findings: Iterable[Finding], sign: str = "█") -> str:
    """Return the text with everything that a rule objects to blacked out."""
    blacked = list(text)
    for finding in findings:
        for place in range(finding.start, min(finding.end, len(text))):
            blacked[place] = blacked[place] if blacked[place].isspace() else sign
    return "".join(blacked)


def is_hidden(char: str) -> bool:
    """Whether a reader would not see that this character is there."""
    return char not in _PLAIN and unicodedata.category(char) in _MARKED


def _piece(text: str, start: int, end: int, findings: Sequence[Finding]) -> Piece:
    here = [finding for finding in findings if finding.start <= start and end <= finding.end]
    part = text[start:end]
    hidden = f"U+{ord(part):04X} {unicodedata.name(part, '')}".strip() if len(part) == 1 and is_hidden(part) else ""
    if not here:
        return Piece(part, hidden=hidden)
    outcome = max(finding.outcome for finding in here).value
    return Piece(part, tuple(dict.fromkeys(finding.rule for finding in here)), outcome, hidden)
