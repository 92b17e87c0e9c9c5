"""One spelling for what people search: `Réunion`, `REUNION` and `réunion` are the same word."""

import re
import unicodedata

# Scripts without spaces are cut into single characters, so that two of them find the text they stand in.
_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
LONGEST_WORD = 60


def fold(text: str) -> str:
    """Return the text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def words(text: str) -> list[str]:
    """Return the folded words of a text, in reading order."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(text))]


def spelled_words(text: str) -> list[str]:
    """Return the words of a text in small letters with their accents, as stemmers want them."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]
