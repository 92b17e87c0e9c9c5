"""Guess the language of a short text, so that screen readers pronounce it and spell checkers leave it alone."""

from typing import Final

from corpblog.kernel.folding import words

_ENGLISH = (
    "the and of to is are was for with this that have has you your we our they it on at from will be not but can what "
    "when who how which there their been by as an if or all new more about just out up please thanks"
)
_FRENCH = (
    "le la les des du un une et est sont pour avec dans sur que qui nous vous ils elle je ce cette ces au aux en pas "
    "ne plus par mais ou donc notre nos votre vos leur ont ete etre fait merci bonjour demain tout tous se il"
)
_COMMON: Final = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}


def guess(text: str, default: str = "") -> str:
    """Return `en` or `fr` where one clearly wins, else the default."""
    found = words(text)
    scores = {language: sum(word in common for word in found) for language, common in _COMMON.items()}
    winner, loser = sorted(scores, key=lambda language: -scores[language])
    return winner if scores[winner] > scores[loser] else default
