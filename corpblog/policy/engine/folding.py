"""Folding: one character at a time to what a reader takes it for. No context, so offsets can be traced back.

Five texts are made of one: *plain* (what was typed, without what shows nothing; case and accents stay, for patterns), *latin*
(the same with look-alikes of Latin letters replaced), *folded* (view A), and *squeezed* twice (view B, symbols as gaps
or as letters).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from corpblog.policy.engine.fold_table import FOLDS, UNICODE_VERSION

# Part of every verdict: raise the last figure whenever a text may fold differently than before.
NORMALISER_VERSION: Final = f"{UNICODE_VERSION}-1"

_HANGUL: Final = range(0xAC00, 0xD7A4)
_CACHED_BELOW: Final = 0x10000  # a post of rare characters must not grow a table without bound


class FoldTable(dict[int, str | int]):
    """A table for `str.translate` that answers for every code point: raising for each unmapped one costs ten times more."""

    def __missing__(self, code: int) -> str | int:
        folded = self.compute(code)
        if code < _CACHED_BELOW:
            self[code] = folded
        return folded

    def compute(self, code: int) -> str | int:
        return code


class _Folded(FoldTable):
    """View A. Hangul syllables are taken apart by arithmetic, so that the table need not list 11,172 of them."""

    def compute(self, code: int) -> str | int:
        if code not in _HANGUL:
            return code
        return "".join(str(_FOLDED_JAMO.get(ord(jamo), jamo)) for jamo in unicodedata.normalize("NFD", chr(code)))


class _Squeezed(FoldTable):
    """View B keeps what carries a word."""

    def compute(self, code: int) -> str | int:
        return code if carries_word(chr(code)) else ""


def _codes(ranges: str) -> list[int]:
    codes: list[int] = []
    for piece in ranges.split(","):
        first, _, last = piece.partition("-")
        codes.extend(range(int(first, 16), int(last or first, 16) + 1))
    return codes


def _read_table() -> dict[int, str]:
    return {code: target for target, ranges in FOLDS.items() for code in _codes(ranges)}


_TABLE: Final = _read_table()
_FOLDED_JAMO: Final = {code: target for code, target in _TABLE.items() if 0x1100 <= code < 0x1200}
FOLDED: Final[FoldTable] = _Folded(_TABLE)

# Accents and strokes that may sit on any letter; marks of one script (Arabic, Indic, Hebrew) stay in the plain text.
_LOOSE_MARKS: Final = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_SELECTORS: Final = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def _plain(code: int, folded: str) -> str:
    """What a pattern sees of a character: nothing for what shows nothing, ASCII for compatibility forms, else itself."""
    char = chr(code)
    if folded == "":
        keeps = unicodedata.category(char) in {"Mn", "Me"} and not (_LOOSE_MARKS.match(char) or _SELECTORS.match(char))
        return char if keeps else ""
    if char.isascii():
        return " " if folded == " " and char not in "-_\n" else char
    if folded == " ":
        return "-" if unicodedata.category(char) == "Pd" or char == "−" else " "
    compatible = unicodedata.normalize("NFKC", char)
    if compatible.isascii():
        return compatible
    return folded if folded.isdecimal() and folded.isascii() and char.isnumeric() else char


def _latin(code: int, folded: str) -> str:
    """The Latin letter that this one is taken for, in the same case; accented Latin letters stay as they are."""
    char = chr(code)
    plain = _plain(code, folded)
    if plain != char or char.isascii() or len(folded) != 1 or not folded.isalpha() or not folded.isascii():
        return plain
    if unicodedata.normalize("NFD", char)[0].isascii():
        return plain
    return folded.upper() if char.isupper() else folded


PLAIN: Final[FoldTable] = FoldTable({code: _plain(code, folded) for code, folded in _TABLE.items()})
LATIN: Final[FoldTable] = FoldTable({code: _latin(code, folded) for code, folded in _TABLE.items()})

# One class of look-alikes each, in view B only: it can only hold, never block.
_DIGITS: Final = {
    "0": "o",
    "1": "i",
    "2": "z",
    "3": "e",
    "4": "a",
    "5": "s",
    "6": "g",
    "7": "t",
    "8": "b",
    "9": "g",
    "l": "i",
}
SYMBOL_LETTERS: Final = {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t", "€": "e", "(": "c", "£": "i", "&": "e"}


def _ascii_squeezed(letters: dict[str, str]) -> dict[int, str | int]:
    return {code: letters.get(chr(code), chr(code) if chr(code).isalnum() else "") for code in range(128)}


GAPS: Final[FoldTable] = _Squeezed(_ascii_squeezed(_DIGITS) | {ord("€"): "", ord("£"): ""})
LEET: Final[FoldTable] = _Squeezed(
    _ascii_squeezed(_DIGITS | SYMBOL_LETTERS) | {ord(symbol): letter for symbol, letter in SYMBOL_LETTERS.items()}
)

_SPACES: Final = re.compile(" {2,}")
_REPEATS: Final = re.compile(r"(.)\1+", re.DOTALL)
_BROKEN: Final = re.compile("[\ud800-\udfff]")
REPLACEMENT: Final = "\ufffd"


def sanitise(text: str) -> str:
    """The text with lone surrogates replaced one for one: Rust and RE2 refuse them, and offsets must not move."""
    return text if text.isascii() else _BROKEN.sub(REPLACEMENT, text)


def fold(text: str) -> str:
    """View A of the text: folded, and any run of spaces and dashes is one blank."""
    folded = text.translate(FOLDED)
    return _SPACES.sub(" ", folded) if "  " in folded else folded


def merge_pairs(folded: str) -> str:
    """Pairs that read as one letter at a glance."""
    return folded.replace("vv", "w").replace("rn", "m")


def squeeze(folded: str, table: FoldTable = GAPS) -> str:
    """View B of a folded text: letters only, digits as letters, repeats once."""
    return _REPEATS.sub(r"\1", merge_pairs(folded).translate(table))


def carries_word(char: str) -> bool:
    """True for letters and digits, and for vowel signs that follow a letter."""
    return char.isalnum() or (char > "\u0902" and unicodedata.category(char) == "Mc")


# Scripts written without spaces: there a word has no edge that could be checked.
_SPACELESS: Final = (
    range(0x0E00, 0x0F00),  # Thai, Lao
    range(0x0F00, 0x10A0),  # Tibetan, Burmese
    range(0x1100, 0x1200),  # Hangul: particles are glued to the noun
    range(0x1780, 0x1800),  # Khmer
    range(0x2E80, 0xA4D0),  # Han, Kana, Bopomofo, Yi
    range(0xF900, 0xFB00),
    range(0x1B000, 0x1B300),
    range(0x20000, 0x323B0),
)


def is_spaceless(char: str) -> bool:
    """True for characters of scripts that put no spaces between words."""
    code = ord(char)
    return code >= 0x0E00 and any(code in block for block in _SPACELESS)
