"""Which words are forms of one another, in French and in English: those that share a stem.

The stems are Snowball's, as policy has them (`policy.engine.terms`). They are made here and not by the databases, so
that SQLite and PostgreSQL give the same answers; and in both languages, for who searches does not say which they mean.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from corpblog.kernel.folding import fold, spelled_words, words
from corpblog.policy.engine.terms import stems_of

# Of shorter words little is left: `les` and `le` would be forms of one another.
_SHORTEST_WORD: Final = 4
_SHORTEST_STEM: Final = 3


class Word(NamedTuple):
    """One word, folded, and the folded stems that its forms share; none where it is too short to have forms."""

    folded: str
    stems: frozenset[str]


def read(text: str) -> list[Word]:
    """Return the words of a text in reading order.

    Stems come from the word with its accents and without: French endings have accents, and people leave them out.
    """
    folded, spelled = words(text), spelled_words(text)
    if len(folded) != len(spelled):  # signs that folding takes apart, as ½
        spelled = folded
    return [Word(plain, _stems(plain) | _stems(accented)) for plain, accented in zip(folded, spelled, strict=True)]


def findable(texts: Iterable[str]) -> tuple[str, str]:
    """Return the words of the texts as they are searched, each between blanks, and the stems that they have beside."""
    said = [word for text in texts for word in read(text)]
    plain = {word.folded for word in said}
    stems = frozenset[str]().union(*(word.stems for word in said)) - plain
    return " ".join(word.folded for word in said), " ".join(sorted(stems))


def _stems(word: str) -> frozenset[str]:
    if len(word) < _SHORTEST_WORD or not word.isalpha():
        return frozenset()
    folded = (fold(stem) for stem in stems_of(word))
    return frozenset(stem for stem in folded if len(stem) >= _SHORTEST_STEM)
