"""The terms of detectors as the automata need them: folded, counted, in every form and with their stems."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from threading import local
from typing import Final, NamedTuple

import snowballstemmer

from corpblog.policy.engine.folding import fold, fold_all, letters_of_all


class Term(NamedTuple):
    """One term of one detector. `slot` is the detector's number in the compiled policy."""

    slot: int
    text: str
    whole_words: bool
    letters: int
    forms: tuple[str, ...]
    stems: tuple[frozenset[str], ...] = ()


def make_terms(slot: int, texts: Sequence[str], *, whole_words: bool, inflect: bool) -> list[Term]:
    """The terms of one detector as the automata need them."""
    folded = fold_all(texts)
    letters = letters_of_all(folded)
    return [
        Term(slot, text, whole_words, len(own), _forms(text, form), _stems(form) if inflect else ())
        for text, form, own in zip(texts, folded, letters, strict=True)
        if form
    ]


def _stems(folded: str) -> tuple[frozenset[str], ...]:
    return tuple(stems_of(word) for word in folded.split())


def _forms(text: str, folded: str) -> tuple[str, ...]:
    """The term in view A. A few letters (the Greek nu) look like another Latin one in each case: so several forms."""
    if text.isascii():
        return (folded,)
    return tuple(dict.fromkeys((folded, *(fold(form).strip() for form in (text.lower(), text.upper(), text.title())))))


def is_searchable(text: str) -> bool:
    """False for a term of which folding leaves nothing to look for."""
    return bool(fold(text).strip())


_STEMMERS: Final = local()  # the stemmers keep state: one set a thread


def inflection_stem(folded: str) -> str:
    """How every form of the term begins: enough to find candidates, the stems decide."""
    first = folded.split(maxsplit=1)[0]
    return first[: max(3, min(len(first) - 2, *(len(stem) - 1 for stem in stems_of(first))))]


@lru_cache(maxsize=20_000)
def stems_of(word: str) -> frozenset[str]:
    """The word's stems in English and French."""
    if not hasattr(_STEMMERS, "all"):
        _STEMMERS.all = [snowballstemmer.stemmer(language) for language in ("english", "french")]
    return frozenset(stemmer.stemWord(word) for stemmer in _STEMMERS.all)
