"""Ways people disguise a word, each a seeded function of the term. None of them looks at the engine's own tables.

`PROMISED` is what the engine is to see; `NOT_PROMISED` is measured and shown beside it, because a net has holes: other
letters are another word to every reader who was not told.
"""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Final
from urllib.parse import quote

from confusable_homoglyphs import confusables

Technique = Callable[[str, Random], str]

INVISIBLE: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u200e\u200f\u2061\u2062\u2063\u2064\ufe0f"
_LEET: Final = {
    "a": "4@",
    "e": "3",
    "i": "1!|",
    "o": "0",
    "s": "5$",
    "t": "7+",
    "b": "8",
    "g": "69",
    "l": "1|",
    "z": "2",
}
_MARKS: Final = "\u0300\u0301\u0302\u0303\u0308\u0327\u0336\u0337"
_ALPHABETS: Final = (0x1D400, 0x1D434, 0x1D468, 0x1D4D0, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D670)  # capitals of eight fonts


def _some(text: str, chance: Random, change: Callable[[str], str], share: float = 0.5) -> str:
    """The text with some of its letters changed, at least one."""
    letters = [place for place, char in enumerate(text) if change(char) != char]
    if not letters:
        return text
    chosen = {place for place in letters if chance.random() < share} or {chance.choice(letters)}
    return "".join(change(char) if place in chosen else char for place, char in enumerate(text))


def other_case(term: str, chance: Random) -> str:
    return "".join(chance.choice((char.lower(), char.upper())) for char in term)


def other_spaces(term: str, chance: Random) -> str:
    return term.replace(" ", chance.choice(("\u00a0", "  ", "\n", "\t", "\u202f", "-", "_", "\u3000", "\u2003")))


def accents(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: char + chance.choice(_MARKS) if char.isalpha() else char)


@cache
def _twins(char: str) -> tuple[str, ...]:
    """What Unicode's table lists as confusable with a Latin letter, one character each."""
    found = confusables.is_confusable(char, greedy=True) or []
    listed = [twin["c"] for entry in found for twin in entry["homoglyphs"]]
    return tuple(twin for twin in listed if len(twin) == 1 and not twin.isascii() and twin.isalpha())


def look_alikes(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: chance.choice(_twins(char)) if char.isalpha() and _twins(char) else char)


def other_alphabets(term: str, chance: Random) -> str:
    first = chance.choice(_ALPHABETS)

    def styled(char: str) -> str:
        if not (char.isascii() and char.isalpha()):
            return char
        written = chr(first + ord(char.upper()) - 65 + 26 * char.islower())
        return written if written.isalpha() and codecs.lookup("utf-8") and _is_assigned(written) else char

    return "".join(map(styled, term))


def _is_assigned(char: str) -> bool:
    import unicodedata

    return unicodedata.category(char) != "Cn"


def full_width(term: str, _chance: Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in term)


def invisible(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: char + chance.choice(INVISIBLE))


def spaced_out(term: str, chance: Random) -> str:
    return chance.choice((" ", ".", "-", "_", "*", " . ", "/", "\u00b7", "|")).join(term.replace(" ", ""))


def spaced_words(term: str, chance: Random) -> str:
    return "   ".join(chance.choice((" ", "-", ".")).join(word) for word in term.split())


def leet(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: chance.choice(_LEET.get(char.lower(), char)))


def repeated(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: char * chance.randint(2, 4) if char.isalpha() else char, share=0.3)


def glued(term: str, chance: Random) -> str:
    return chance.choice((term.replace(" ", ""), term.lower().replace(" ", ""), term.upper().replace(" ", "")))


def hashtag(term: str, chance: Random) -> str:
    word = "".join(part[:1].upper() + part[1:] for part in term.split())
    return chance.choice((f"#{word}", f"#{word}News", f"#Our{word}", f"#our_{word.lower()}", f"#{word}2026"))


def camel_case(term: str, chance: Random) -> str:
    word = "".join(part[:1].upper() + part[1:].lower() for part in term.split())
    return chance.choice((f"our{word}", f"{word}Plan", f"the{word}Team", f"{word}_v2", f"{word}2027"))


def in_base64(term: str, chance: Random) -> str:
    before, after = chance.choice((("", ""), ("about ", " now"), ("we call it ", ""), ("", " it is")))
    return base64.b64encode(f"{before}{term}{after}".encode()).decode()


def in_hex(term: str, chance: Random) -> str:
    return chance.choice((term.encode().hex(), term.encode().hex(" "), term.encode().hex(":").upper()))


def percent(term: str, chance: Random) -> str:
    return chance.choice((quote(term), "".join(f"%{byte:02x}" for byte in term.encode())))


def references(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: chance.choice((f"&#{ord(char)};", f"&#x{ord(char):X};")), share=0.8)


def quoted_printable(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: "".join(f"={byte:02X}" for byte in char.encode()), share=0.8)


def escapes(term: str, chance: Random) -> str:
    return _some(term, chance, lambda char: f"\\u{ord(char):04x}", share=0.8)


def rot13(term: str, _chance: Random) -> str:
    return codecs.encode(term, "rot13")


def backwards(term: str, _chance: Random) -> str:
    return term[::-1]


def turned(term: str, _chance: Random) -> str:
    return f"\u202e{term[::-1]}\u202c"


def twice_encoded(term: str, chance: Random) -> str:
    ways = (in_base64, in_hex, percent, references)
    return chance.choice(ways)(chance.choice(ways)(term, chance), chance)


def two_at_once(term: str, chance: Random) -> str:
    first, second = chance.sample((other_case, accents, look_alikes, invisible, leet, other_spaces), 2)
    return first(second(term, chance), chance)


def dropped_letter(term: str, chance: Random) -> str:
    place = chance.randrange(1, len(term) - 1)
    return term[:place] + term[place + 1 :]


def swapped_letters(term: str, chance: Random) -> str:
    place = chance.randrange(1, len(term) - 2)
    return term[:place] + term[place + 1] + term[place] + term[place + 2 :]


def words_turned(term: str, _chance: Random) -> str:
    return " ".join(reversed(term.split())) if " " in term else term[::-1].title()


PROMISED: Final[dict[str, Technique]] = {
    technique.__name__: technique
    for technique in (
        other_case,
        other_spaces,
        accents,
        look_alikes,
        other_alphabets,
        full_width,
        invisible,
        spaced_out,
        spaced_words,
        leet,
        repeated,
        glued,
        hashtag,
        camel_case,
        in_base64,
        in_hex,
        percent,
        references,
        quoted_printable,
        escapes,
        rot13,
        backwards,
        turned,
        twice_encoded,
        two_at_once,
    )
}
NOT_PROMISED: Final[dict[str, Technique]] = {
    technique.__name__: technique for technique in (dropped_letter, swapped_letters, words_turned)
}
