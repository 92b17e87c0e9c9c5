"""Folding: one character at a time to what a reader takes it for. No context, so offsets can be traced back.

Four texts are made of one: *plain* (what was typed, without what shows nothing; case and accents stay, for patterns),
*latin* (the same with look-alikes of Latin letters replaced), *folded* (view A), and *squeezed* (view B).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from ahocorasick_rs import MATCHKIND_STANDARD, AhoCorasick

from corpblog.policy.engine.fold_table import FOLDS, UNICODE_VERSION

# Part of every verdict: raise the last figure whenever a text may fold differently than before.
NORMALISER_VERSION: Final = f"{UNICODE_VERSION}-1"

_HANGUL: Final = range(0xAC00, 0xD7A4)
_CACHED_BELOW: Final = 0x10000  # a post of rare characters must not grow a table without bound


class FoldTable(dict[int, str | int]):
    """A table for `str.translate` that answers for every code point: raising for unmapped ones is ten times slower."""

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
    """What a pattern sees of a character: nothing for what is invisible, ASCII for compatibility forms, else itself."""
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
        # What words see decides, else a literal that must be there would be looked for in vain: ⒜ is a, not (a).
        return compatible if compatible.lower() == folded else folded
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

_ASCII: Final = bytes(range(128))
BLANKS: Final = re.compile(" {2,}")
_BROKEN: Final = re.compile("[\ud800-\udfff]")
_MANY: Final = 32  # different characters: from here one pass over the text is faster than one replacement for each
REPLACEMENT: Final = "\ufffd"


class _Characters(dict[str, str]):
    """What a table makes of a character, as text."""

    def __init__(self, table: FoldTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, char: str) -> str:
        made = self._table[ord(char)]
        text = made if isinstance(made, str) else chr(made)
        if char < "\U00010000":
            self[char] = text
        return text


FOLDED_CHARACTERS: Final = _Characters(FOLDED)
PLAIN_CHARACTERS: Final = _Characters(PLAIN)
LATIN_CHARACTERS: Final = _Characters(LATIN)


def _ascii_bytes(table: FoldTable) -> tuple[bytes, bytes]:
    """The table's ASCII part for `bytes.translate`: what becomes what, and what is dropped."""
    kept = bytes(ord(str(table.get(code, chr(code))) or "\0") for code in range(128)) + bytes(range(128, 256))
    return kept, bytes(code for code in range(128) if table.get(code) == "")


_FOLD_BYTES: Final = _ascii_bytes(FOLDED)
_PLAIN_BYTES: Final = _ascii_bytes(PLAIN)
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def sanitise(text: str) -> str:
    """The text with lone surrogates replaced one for one: Rust and RE2 refuse them, and offsets must not move."""
    return text if text.isascii() else _BROKEN.sub(REPLACEMENT, text)


def odd_characters(text: str) -> set[str]:
    """The different characters beyond ASCII: few in most texts."""
    return set() if text.isascii() else set(text.encode().translate(None, _ASCII).decode())


def fold(text: str) -> str:
    """View A of the text: folded, and any run of spaces and dashes is one blank."""
    folded = substitute(text, odd_characters(text), FOLDED_CHARACTERS, FOLDED)
    return BLANKS.sub(" ", folded) if "  " in folded else folded


def plain(text: str, odd: set[str]) -> str:
    """What patterns see: the text without what shows nothing, compatibility forms as ASCII; case and accents stay."""
    if not odd and (text.isprintable() or not _CONTROLS.search(text)):
        return text
    return substitute(text, odd, PLAIN_CHARACTERS, PLAIN)


def latin(text: str, odd: set[str]) -> str:
    """The plain text with look-alikes of Latin letters replaced."""
    return substitute(text, odd, LATIN_CHARACTERS, LATIN)


def substitute(text: str, odd: set[str], characters: _Characters, table: FoldTable) -> str:
    """The same as `text.translate(table)`, five times as fast for texts that are ASCII but for a few characters."""
    if len(odd) > _MANY:
        return text.translate(table)
    for char in odd:
        if (made := characters[char]) != char:
            text = text.replace(char, made)
    kept, dropped = _FOLD_BYTES if table is FOLDED else _PLAIN_BYTES
    return text.encode().translate(kept, dropped).decode()


# ASCII only, so that the same bytes of UTF-8 can be translated; the others are not below 128.
_THIRTEEN_ON: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", b"NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm"
)


def thirteen_on(text: str) -> str:
    """The text after ROT13."""
    return text.encode().translate(_THIRTEEN_ON).decode()


# View B --------------------------------------------------------------------------------------------------------------

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
_SYMBOLS: Final = {"@": "a", "$": "s", "!": "i", "|": "i", "+": "t"}
EURO: Final = "€"
SYMBOLS: Final = frozenset(_SYMBOLS) | {EURO}
# Worth a second look with symbols as letters: one before a letter, or one that is no punctuation behind a letter.
_SYMBOL_LETTER: Final = re.compile(r"[@$!|+€](?=[a-z0-9])|[$|€@](?<=[a-z0-9].)")
_DIGITS_ONLY: Final = bytes(code for code in range(256) if not 48 <= code <= 57)
_SIX_DIGITS: Final = re.compile(r"\d(?:[ .\-/()]{0,3}\d){5}")
WORD: Final = re.compile(r"[^\W_]+")
WORD_WITH_SYMBOLS: Final = re.compile(r"(?:[^\W_]|[@$!|+€])+")


def _squeeze_bytes(letters: dict[str, str]) -> bytes:
    ascii_part = [letters.get(chr(code), chr(code) if chr(code).isalnum() else " ") for code in range(128)]
    return "".join(ascii_part).encode() + bytes(range(128, 256))


_GAPS: Final = _squeeze_bytes(_DIGITS)
_LEET: Final = _squeeze_bytes(_DIGITS | _SYMBOLS)
_NO_LETTERS: Final = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) != "~")
_KEEPING_BETWEEN: Final = bytes(code if code == ord("~") else made for code, made in enumerate(_GAPS))
_DIGIT_LETTERS: Final = str.maketrans(_DIGITS)
_PAIRS: Final = AhoCorasick([letter * 2 for letter in " abcdefghijkmnopqrstuvwxyz"], matchkind=MATCHKIND_STANDARD)
_ODD_REPEATS: Final = re.compile(r"([^\x00-\x7f])\1+")


def may_have_letter_symbols(folded: str) -> bool:
    """True where a symbol may stand for a letter."""
    return any(symbol in folded for symbol in SYMBOLS) and bool(_SYMBOL_LETTER.search(folded))


def count_digits(text: str) -> int:
    """How many ASCII digits there are."""
    return len(text.encode().translate(None, _DIGITS_ONLY))


def has_six_digits(text: str) -> bool:
    """True where six digits stand close together: without them there is no card, account or phone number."""
    return bool(_SIX_DIGITS.search(text))


def squeeze(folded: str, *, symbols: bool = False) -> str:
    """View B with its gaps: a blank, then the words in letters only, digits as letters, repeats once, a blank."""
    text = merge_pairs(folded)
    if not text.isascii():
        if symbols:
            text = text.replace(EURO, "e")
        for char in odd_characters(text):
            if not char.isalnum():
                text = text.replace(char, " ")
    return _once(f" {text.encode().translate(_LEET if symbols else _GAPS).decode()} ")


def glue(squeezed: str) -> str:
    """View B without its gaps."""
    return _once(squeezed.replace(" ", ""))


# Many terms at once ------------------------------------------------------------------------------------------------

_BETWEEN: Final = "~"  # stands between terms: folding keeps it, and view B has no letter for it


def fold_all(texts: Sequence[str]) -> list[str]:
    """Every text folded and stripped: in one piece, because 100,000 calls take seconds."""
    joined = _BETWEEN.join(texts)
    pieces = fold(joined).split(_BETWEEN)
    if len(pieces) != len(texts):
        pieces = [fold(text) for text in texts]
    return [piece.strip() for piece in pieces]


def letters_of_all(folded: Sequence[str]) -> list[str]:
    """Of every folded text its letters and digits only."""
    joined = _BETWEEN.join(folded)
    for char in odd_characters(joined):
        if not char.isalnum():
            joined = joined.replace(char, "")
    pieces = joined.encode().translate(None, _NO_LETTERS).decode().split(_BETWEEN)
    if len(pieces) != len(folded):
        pieces = ["".join(filter(str.isalnum, text)) for text in folded]
    return pieces


def glue_all(folded: Sequence[str]) -> list[str]:
    """Every folded text as view B has it without gaps."""
    # Before gaps go, because letters on both sides of a gap are no pair.
    letters = letters_of_all([merge_pairs(text) for text in folded])
    joined = _BETWEEN.join(letters).encode().translate(_KEEPING_BETWEEN).decode()
    pieces = _once(joined).split(_BETWEEN)
    return pieces if len(pieces) == len(folded) else [_once(text.translate(_DIGIT_LETTERS)) for text in letters]


def _once(text: str) -> str:
    """The text with every run of one letter as one letter."""
    pieces, reached = [], 0
    for _, _, end in _PAIRS.find_matches_as_indexes(text, overlapping=True):
        pieces.append(text[reached : end - 1])
        reached = end
    text = "".join((*pieces, text[reached:])) if pieces else text
    return text if text.isascii() else _ODD_REPEATS.sub(r"\1", text)


def squeezed_letter(char: str, *, symbols: bool) -> str:
    """What view B makes of one character of view A: a letter, or a blank for a gap."""
    if char.isascii():
        return chr((_LEET if symbols else _GAPS)[ord(char)])
    if symbols and char == EURO:
        return "e"
    return char if char.isalnum() else " "


def merge_pairs(folded: str) -> str:
    """Pairs that read as one letter at a glance."""
    if _REPEATED_PAIR.search(folded):
        return _PAIR.sub(lambda pair: "w" if pair.group() == "vv" else "m", folded)
    return folded.replace("vv", "w").replace("rn", "m")


# In a run of three (vvv, rrn) the letter is repeated, and no pair is meant.
_REPEATED_PAIR: Final = re.compile("vvv|rrn|rnn")
_PAIR: Final = re.compile("(?<!v)vv(?!v)|(?<!r)rn(?!n)")


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
    if char < "\u0e00":
        return False
    code = ord(char)
    return any(code in block for block in _SPACELESS)
