"""Which texts say nearly the same: at least nine tenths of their shingles are common.

Resemblance after Broder, "On the resemblance and containment of documents" (1997), over four characters each. Case,
spaces and punctuation do not count, so that a full stop more is no other text.
"""

import unicodedata
from typing import Final

SHINGLE: Final = 4
NEARLY: Final = 0.9


def bare(text: str) -> str:
    """Return the letters and digits alone, in one spelling."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def shingles(text: str) -> frozenset[str]:
    """Return every run of four letters or digits; of a shorter text, the text."""
    plain = bare(text)
    return frozenset(plain[start : start + SHINGLE] for start in range(max(1, len(plain) - SHINGLE + 1)))


def resemblance(one: frozenset[str], other: frozenset[str]) -> float:
    """Return what share of all shingles both have, from 0 to 1."""
    return len(one & other) / len(one | other)
