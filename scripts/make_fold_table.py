"""Writes the engine's fold table from Unicode's own data.

    python3.12 scripts/make_fold_table.py CONFUSABLES.TXT > corpblog/policy/engine/fold_table.py

CONFUSABLES.TXT is the file of UTS #39, in the same Unicode version as this Python's `unicodedata` (Python 3.12 has
15.0.0). Debian ships it in the source package of ICU, under `icu/source/data/unidata/confusables.txt`, under the
Unicode licence. The table is committed, so that every Python folds alike and a build needs no download.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

# Characters that show nothing and are not of a category that says so.
BLANK_LETTERS = {0x115F, 0x1160, 0x3164, 0xFFA0, 0x17B4, 0x17B5}
DEFAULT_IGNORABLE = [range(0x2060, 0x2070), range(0xFFF0, 0xFFFC), range(0xE0000, 0xE1000)]
REPLACEMENT = 0xFFFD  # what broken input becomes; it must not split a word
BRAILLE_BLANK = 0x2800
WHITE_CONTROLS = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x85}
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)  # folded by arithmetic, see folding.py

# Letters by their name: what a reader takes for a Latin letter although no decomposition says so.
NAMED_LETTER = re.compile(
    r"^(?:LATIN (?:SMALL|CAPITAL) LETTER ([A-Z])(?: WITH .+)?"
    r"|LATIN LETTER SMALL CAPITAL ([A-Z])"
    r"|LATIN SMALL LETTER (?:SCRIPT|OPEN|DOTLESS) ([AEGIJ])"
    r"|(?:NEGATIVE |REGIONAL |PARENTHESIZED |CROSSED NEGATIVE |RAISED )?"
    r"(?:SQUARED|CIRCLED|INDICATOR SYMBOL|PARENTHESIZED)(?: LATIN)?(?: SMALL| CAPITAL)? LETTER ([A-Z])"
    r"|PARENTHESIZED LATIN (?:SMALL|CAPITAL) LETTER ([A-Z]))$"
)
NAMED_DIGIT = re.compile(
    r"^(?:(?:DINGBAT )?(?:NEGATIVE CIRCLED|DOUBLE CIRCLED|CIRCLED SANS-SERIF|NEGATIVE CIRCLED SANS-SERIF|CIRCLED)"
    r"(?: SANS-SERIF)? DIGIT|PARENTHESIZED DIGIT|DIGIT) "
    r"(ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE)(?: FULL STOP| COMMA)?$"
)
DIGITS = {
    name: str(value)
    for value, name in enumerate(["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"])
}


def read_confusables(path: Path) -> tuple[str, dict[str, str]]:
    """The version and the map of a confusables.txt."""
    version, targets = "", {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if found := re.match(r"# Version: (\S+)", line):
            version = found.group(1)
        parts = line.split("#")[0].split(";")
        if len(parts) == 3:
            targets[_characters(parts[0])] = _characters(parts[1])
    return version, targets


def _characters(codes: str) -> str:
    return "".join(chr(int(code, 16)) for code in codes.split())


class Folder:
    """Folds one character at a time, without looking at its neighbours, so that offsets can be mapped back."""

    def __init__(self, confusables: dict[str, str]) -> None:
        self.confusables = confusables
        self.fold = cache(self._fold)

    def _fold(self, char: str, depth: int = 0) -> str:
        if is_dropped(char):
            return ""
        if is_separator(char):
            return " "
        if char.isascii():
            return char.lower()
        if depth > 6:
            return char
        step = self._step(char)
        return step if step == char else "".join(self.fold(part, depth + 1) for part in step)

    def _step(self, char: str) -> str:
        """One step towards the skeleton: digit value, name, compatibility, look-alike, case, in this order."""
        if (value := unicodedata.decimal(char, None)) is not None:
            return str(value)
        if named := named_character(char):
            return named
        compatible = unicodedata.normalize("NFKD", char)
        if compatible != char:
            return compatible
        if char.isalpha():
            return self._letter(char)
        alike = self.confusables.get(char, char)
        if alike.strip("'") == "" and len(alike) == 2:
            return '"'
        return alike if keeps_its_nature(char, alike) else char

    def _letter(self, char: str) -> str:
        """Letters fold to letters. Where only a capital has a Latin look-alike, its small letter goes along."""
        small = char.casefold()
        latin = self._latin(char)
        if latin == "l" and small != char:
            return small  # UTS #39 folds I to l; here the capital goes with its small letter
        if latin:
            return latin
        if small != char:
            return small
        capital = char.upper()
        if len(capital) == 1 and capital != char and (latin := self._latin(capital)) and latin != "l":
            return latin
        alike = self.confusables.get(char, char)
        return alike if len(alike) == 1 and alike.isalpha() and alike.casefold() != char else char

    def _latin(self, char: str) -> str:
        """The Latin letter that this one looks like, "" if none. Latin digraphs may give two."""
        alike = "".join(part for part in self.confusables.get(char, "") if not is_dropped(part))
        single = len(alike) == 1 or unicodedata.name(char, "").startswith("LATIN")
        return alike if single and alike.isascii() and alike.isalpha() else ""


def is_dropped(char: str) -> bool:
    """True for what shows nothing, marks on letters, private and broken characters."""
    code = ord(char)
    if code in BLANK_LETTERS or code == REPLACEMENT or any(code in block for block in DEFAULT_IGNORABLE):
        return True
    category = unicodedata.category(char)
    return category in {"Cf", "Mn", "Me", "Co", "Cs"} or (category == "Cc" and code not in WHITE_CONTROLS)


def is_separator(char: str) -> bool:
    """True for spaces, dashes and connectors: all of them separate words in the same way."""
    return (
        ord(char) in WHITE_CONTROLS
        or ord(char) == BRAILLE_BLANK
        or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Pd", "Pc"}
        or char == "−"
    )


def named_character(char: str) -> str:
    """The Latin letter or digit that a character's name says it is."""
    name = unicodedata.name(char, "")
    if (found := NAMED_LETTER.match(name)) and "WITH SMALL LETTER" not in name:
        return next(letter for letter in found.groups() if letter).lower()
    if name.endswith("LETTER KRA"):
        return "k"
    if found := NAMED_DIGIT.match(name):
        return DIGITS[found.group(1)]
    return ""


def keeps_its_nature(char: str, alike: str) -> bool:
    """A letter that looks like a dash stays a letter: otherwise the Chinese one would vanish from its words."""
    return not char.isalnum() or any(part.isalnum() for part in alike)


def ranges(codes: Iterable[int]) -> Iterator[str]:
    """Hexadecimal numbers and ranges, shortest form."""
    start = last = -2
    for code in [*sorted(codes), -2]:
        if code == last + 1:
            last = code
            continue
        if start >= 0:
            yield f"{start:x}" if start == last else f"{start:x}-{last:x}"
        start = last = code


def literal(text: str) -> str:
    """A Python literal as the formatter would write it."""
    plain = ascii(text)
    return plain if '"' in text or "'" in text else f'"{plain[1:-1]}"'


def main() -> None:
    version, confusables = read_confusables(Path(sys.argv[1]))
    if version != unicodedata.unidata_version:
        sys.exit(
            f"confusables.txt is of Unicode {version}, this Python of {unicodedata.unidata_version}: they must match."
        )
    folder = Folder(confusables)
    sources: dict[str, list[int]] = defaultdict(list)
    for code in range(sys.maxunicode + 1):
        if code not in HANGUL_SYLLABLES and (folded := folder.fold(chr(code))) != chr(code):
            sources[folded].append(code)
    print('"""Which characters a reader takes for which: made by scripts/make_fold_table.py from Unicode data.')
    print()
    print(
        "Derived from the Unicode Character Database and UTS #39, confusables.txt, (c) Unicode, Inc., Unicode licence."
    )
    print('"""')
    print()
    print("# ruff: noqa: E501")
    print("from typing import Final")
    print()
    print(f'UNICODE_VERSION: Final = "{version}"')
    print()
    print("# Target -> code points, hexadecimal, with ranges. An empty target is dropped, a blank separates.")
    print("FOLDS: Final[dict[str, str]] = {")
    for target in sorted(sources):
        print(f'    {literal(target)}: "{",".join(ranges(sources[target]))}",')
    print("}")


if __name__ == "__main__":
    main()
