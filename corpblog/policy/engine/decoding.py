"""View C: what stands in the text in another form. Each encoded run is replaced by what it says, where it stands, so
that its surroundings stay readable too; every decoded character knows which characters of the run it came from.

Reversed text and ROT13 need no table of places and are looked for by the lexicon itself.
"""

from __future__ import annotations

import base64
import html
import itertools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from corpblog.policy.engine.verdict import SeenAs
from corpblog.policy.engine.views import Span

DEPTH: Final = 2  # an encoding in an encoding; a third layer is not read by people in passing
MAX_DECODED: Final = 200_000  # characters looked at in one field: mails and documents in base64 fit, bombs do not

Decode = Callable[[str], str | None]
Places = Callable[[str, str], list[Span]]
Sign = Callable[[str], bool]


class TooMuchEncoded(Exception):
    """There is more encoded text in one field than is looked at."""


class Encoding(NamedTuple):
    """How a run is found, what it says (None: nothing people read), and where each character of that comes from."""

    seen_as: SeenAs
    may_be_in: Sign  # a quick no for nearly every post
    run: re.Pattern[str]
    decode: Decode
    places: Places


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the decoded text that starts at `start`: copied from `source`, or decoded from it."""

    start: int
    end: int
    source: Span
    encoding: Encoding | None = None


class Unwrapped:
    """A text with its encoded runs replaced by what they say."""

    def __init__(self, source: str, text: str, pieces: list[_Piece]) -> None:
        self.source = source
        self.text = text
        self._pieces = pieces
        self._starts = [piece.start for piece in pieces]
        self._inside: dict[int, list[Span]] = {}  # by piece, made on its first hit

    def seen_as(self, start: int, end: int) -> SeenAs | None:
        """How these decoded characters were written; None when none of them was encoded."""
        touched = range(self._piece_at(start), self._piece_at(end - 1) + 1)
        encodings = (self._pieces[number].encoding for number in touched)
        return next((encoding.seen_as for encoding in encodings if encoding), None)

    def origin(self, start: int, end: int) -> Span:
        """Where these decoded characters come from."""
        # Turned text has its first character last.
        first, last = self._origin_of(start), self._origin_of(end - 1)
        return Span(min(first.start, last.start), max(first.end, last.end))

    def _piece_at(self, place: int) -> int:
        return bisect_right(self._starts, place) - 1

    def _origin_of(self, place: int) -> Span:
        number = self._piece_at(place)
        piece = self._pieces[number]
        offset, begins = place - piece.start, piece.source.start
        if piece.encoding is None:
            return Span(begins + offset, begins + offset + 1)
        if number not in self._inside:
            run = self.source[piece.source.start : piece.source.end]
            self._inside[number] = piece.encoding.places(run, self.text[piece.start : piece.end])
        inside = self._inside[number][offset]
        return Span(begins + inside.start, begins + inside.end)


def unwrap(text: str) -> Unwrapped | None:
    """The text with every encoded run replaced by what it says; None when there is none.

    Raises TooMuchEncoded: what cannot be read to its end is held.
    """
    pieces: list[_Piece] = []
    texts: list[str] = []
    reached = length = 0

    def add(piece_text: str, source: Span, encoding: Encoding | None) -> None:
        nonlocal length
        if piece_text:
            pieces.append(_Piece(length, length + len(piece_text), source, encoding))
            texts.append(piece_text)
            length += len(piece_text)

    for start, end, said, encoding in _runs(text):
        add(text[reached:start], Span(reached, start), None)
        add(said, Span(start, end), encoding)
        reached = end
    if not reached:
        return None
    if sum(piece.source.end - piece.source.start for piece in pieces if piece.encoding) > MAX_DECODED:
        raise TooMuchEncoded
    add(text[reached:], Span(reached, len(text)), None)
    return Unwrapped(text, "".join(texts), pieces)


def _runs(text: str) -> Iterator[tuple[int, int, str, Encoding]]:
    """Every run that says something, from left to right; where two overlap, the one that begins first."""
    found = [
        (match.start(), order, match.end(), encoding)
        for order, encoding in enumerate(ENCODINGS)
        if encoding.may_be_in(text)
        for match in encoding.run.finditer(text)
    ]
    reached = 0
    for start, _, end, encoding in sorted(found, key=lambda run: run[:2]):
        if start < reached:
            continue
        said = encoding.decode(text[start:end])
        if said and said != text[start:end]:
            yield start, end, said, encoding
            reached = end


# Bytes written out ---------------------------------------------------------------------------------------------------


def _with(sign: str) -> Sign:
    return lambda text: sign in text


def _readable(data: bytes) -> str | None:
    """The bytes as people's text, in UTF-8 or in what Windows calls Unicode; None for anything else."""
    try:
        text = data.decode("utf-16-le" if _is_wide(data) else "utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(char.isprintable() or char in _LINES for char in text) else None


def _is_wide(data: bytes) -> bool:
    return data[1:2] == b"\0"


_LINES: Final = "\r\n\t"


def _spread(byte_places: list[Span], said: str, data: bytes) -> list[Span]:
    """The places of characters, from the places of their bytes."""
    charset = "utf-16-le" if _is_wide(data) else "utf-8"
    lengths = [len(char.encode(charset)) for char in said]
    return [
        Span(byte_places[end - length].start, byte_places[end - 1].end)
        for end, length in zip(accumulate(lengths), lengths, strict=True)
    ]


def _written_out(seen_as: SeenAs, may_be_in: Sign, byte: re.Pattern[str], run: str) -> Encoding:
    """An encoding that writes every byte as two hexadecimal digits, which the pattern's group finds."""

    def data(text: str) -> bytes:
        return bytes(int(match.group(1), 16) for match in byte.finditer(text))

    def decode(text: str) -> str | None:
        return _readable(data(text))

    def places(text: str, said: str) -> list[Span]:
        return _spread([Span(*match.span()) for match in byte.finditer(text)], said, data(text))

    return Encoding(seen_as, may_be_in, re.compile(run), decode, places)


_NOT_FIRST_DIGITS: Final = bytes(code for code in range(256) if code not in b"234567")
_PERCENT: Final = _written_out(SeenAs.PERCENT, _with("%"), re.compile(r"%([0-9A-Fa-f]{2})"), r"(?:%[0-9A-Fa-f]{2})+")
_QUOTED: Final = _written_out(SeenAs.QUOTED_PRINTABLE, _with("="), re.compile(r"=([0-9A-F]{2})"), r"(?:=[0-9A-F]{2})+")
_BACKSLASH_X: Final = _written_out(
    SeenAs.ESCAPED, _with(r"\x"), re.compile(r"\\x([0-9A-Fa-f]{2})"), r"(?:\\x[0-9A-Fa-f]{2})+"
)
# Four characters or more, as UTF-8 has them: fewer are dates and house numbers, other bytes are words (be, add).
_GAP, _NEXT = "[ :,]{0,2}(?:0x)?", "[89abAB][0-9A-Fa-f]"
_CHARACTER: Final = (
    rf"(?:[2-7][0-9A-Fa-f]|0[9aAdD]|[cdCD][0-9A-Fa-f]{_GAP}{_NEXT}|[eE][0-9A-Fa-f]{_GAP}{_NEXT}{_GAP}{_NEXT})"
)
_HEX: Final = _written_out(
    SeenAs.HEX,
    lambda text: len(text.encode(errors="replace").translate(None, _NOT_FIRST_DIGITS)) >= 4,
    re.compile(r"(?:0x)?([0-9A-Fa-f]{2})"),
    rf"(?<![0-9A-Fa-f])(?:0x)?{_CHARACTER}(?:{_GAP}{_CHARACTER}){{3,}}(?![0-9A-Fa-f])",
)

# Base64 ------------------------------------------------------------------------------------------------------------

_DIGIT: Final = re.compile(r"[A-Za-z0-9+/_-]")


def _base64_data(run: str) -> bytes:
    digits = "".join(_DIGIT.findall(run))
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return base64.b64decode(digits.replace("-", "+").replace("_", "/") + "=" * (-len(digits) % 4))


def _decode_base64(run: str) -> str | None:
    if run.islower() or run.isupper() or run[1:].islower() or run.isdigit():
        return None  # a word, in all probability: encoded letters mix their cases
    return _readable(_base64_data(run))


def _base64_places(run: str, said: str) -> list[Span]:
    digits = [match.start() for match in _DIGIT.finditer(run)]
    data = _base64_data(run)
    # Byte n is bits 8n to 8n + 7, and each digit carries six.
    spans = [Span(digits[8 * n // 6], digits[(8 * n + 7) // 6] + 1) for n in range(len(data))]
    spans[-1] = Span(spans[-1].start, len(run))  # with the padding
    return _spread(spans, said, data)


# Small letters and digits, capitals, all else: a digit of base64 that is a capital follows one that is none.
_CASES: Final = (
    bytes(
        ord("a") if chr(code).islower() or chr(code).isdigit() else ord("A") if chr(code).isupper() else ord(" ")
        for code in range(128)
    )
    + b" " * 128
)


def _mixes_cases(text: str) -> bool:
    return b"aA" in text.encode(errors="replace").translate(_CASES)


def _base64(digits: str) -> Encoding:
    run = rf"(?<![{digits}])[{digits}]{{6,}}(?:\r?\n[{digits}]{{4,}})*={{0,2}}"
    return Encoding(SeenAs.BASE64, _mixes_cases, re.compile(run), _decode_base64, _base64_places)


_BASE64: Final = _base64("A-Za-z0-9+/_-")
# Between the slashes of an address, which may be digits too.
_BASE64_PART: Final = _base64("A-Za-z0-9+")

# One sign, one character -------------------------------------------------------------------------------------------


def _one_by_one(seen_as: SeenAs, sign: str, each: re.Pattern[str], meaning: Callable[[str], str]) -> Encoding:
    """An encoding that writes each character (seldom two) as one sign."""

    def decode(text: str) -> str | None:
        return each.sub(lambda match: meaning(match.group()), text)

    def places(text: str, _said: str) -> list[Span]:
        return [Span(*match.span()) for match in each.finditer(text) for _ in meaning(match.group())]

    return Encoding(seen_as, _with(sign), re.compile(f"(?:{each.pattern})+"), decode, places)


def _unescaped(sign: str) -> str:
    code = int(sign[2:].strip("{}"), 16)
    return "" if code > 0x10FFFF or 0xD800 <= code < 0xE000 else chr(code)


_ENTITY: Final = _one_by_one(
    SeenAs.ENTITY, "&", re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"), html.unescape
)
_BACKSLASH_U: Final = _one_by_one(
    SeenAs.ESCAPED, r"\u", re.compile(r"\\u(?:[0-9A-Fa-f]{4}|\{[0-9A-Fa-f]{1,6}\})"), _unescaped
)
_SOFT_BREAK: Final = _one_by_one(SeenAs.QUOTED_PRINTABLE, "=", re.compile(r"=\r?\n"), lambda _sign: "\u200b")

# As a whole --------------------------------------------------------------------------------------------------------


def _decode_label(run: str) -> str | None:
    try:
        return run[4:].encode().decode("punycode")
    except (UnicodeError, OverflowError):
        return None


_PUNYCODE: Final = Encoding(
    SeenAs.PUNYCODE,
    _with("xn--"),
    re.compile(r"\bxn--[a-z0-9-]{1,59}"),
    _decode_label,
    # Insertions stand at the end of the label: the letters of a word may come from any part of it.
    lambda run, said: [Span(0, len(run))] * len(said),
)


def _shown(run: str) -> str:
    return run.strip(_DIRECTIONS)[::-1]


def _shown_places(run: str, said: str) -> list[Span]:
    begins = len(run) - len(run.lstrip(_DIRECTIONS))
    return [Span(begins + at, begins + at + 1) for at in range(len(said) - 1, -1, -1)]


_DIRECTIONS: Final = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# After the right-to-left override, what stands there from left to right is shown from right to left.
_TURNED: Final = Encoding(
    SeenAs.TURNED, _with("\u202e"), re.compile("\u202e[^\u202c\u2069\n]+[\u202c\u2069]?"), _shown, _shown_places
)

# Words without gaps ------------------------------------------------------------------------------------------------

_WORD_WITHOUT_GAPS: Final = re.compile(r"[^\W_]{4,}")


def _gaps(word: str) -> list[int]:
    """Where a new word begins: at a capital behind a small letter or before one, and between letters and digits.

    McDonald is one word.
    """
    return [
        place
        for place in range(1, len(word))
        if (
            (word[place].isupper() and (word[place - 1].islower() or word[place + 1 : place + 2].islower()))
            or word[place].isdecimal() != word[place - 1].isdecimal()
        )
        and word[:place] not in {"Mc", "Mac"}
    ]


def _parted(word: str) -> str:
    edges = [0, *_gaps(word), len(word)]
    return " ".join(word[start:end] for start, end in itertools.pairwise(edges))


def _parted_places(word: str, _said: str) -> list[Span]:
    edges = [0, *_gaps(word), len(word)]
    places: list[Span] = []
    for start, end in itertools.pairwise(edges):
        # The gap shows nothing: it sits where the next word begins.
        places.extend([Span(start, start)] * bool(start))
        places.extend(Span(place, place + 1) for place in range(start, end))
    return places


_GLUED: Final = Encoding(SeenAs.SPACED, _mixes_cases, _WORD_WITHOUT_GAPS, _parted, _parted_places)

ENCODINGS: Final = (
    _TURNED,
    _PERCENT,
    _QUOTED,
    _SOFT_BREAK,
    _BACKSLASH_X,
    _BACKSLASH_U,
    _ENTITY,
    _PUNYCODE,
    _HEX,
    _BASE64,
    _BASE64_PART,
    _GLUED,
)
