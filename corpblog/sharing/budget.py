"""How far an employee may re-voice a cleared text: some words changed, and no fact that was not cleared. Pure.

Words are compared as the policy's engine folds them, so a look-alike letter makes no other word and hides none.
Changes are counted as Translation Edit Rate counts them (Snover et al. 2006), without shifts: words put in, left out
and replaced. ADR 44 has the figures, and what a budget cannot see.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from corpblog.policy.engine.folding import PLAIN, fold
from corpblog.policy.engine.views import Reading
from corpblog.sharing.common_words import NEGATIONS, NUMBERS, SMALL

RATE: Final = 1 / 3
LEAST: Final = 4
# Of a text of few words, most have to stay, or nothing of it is left.
MOST: Final = 0.5
LONGEST_WORD: Final = 30

_LINK: Final = re.compile(r"\w+://\S+|\b[\w\-]+(?:\.[\w\-]+)*\.[^\W\d_][\w\-]+(?:/\S*)?")
_MENTION: Final = re.compile(r"@\s?[\w.@\-]*")
_TAG: Final = re.compile(r"#\s?\w*")
_WORD: Final = re.compile(r"[^\W_]+")
_SENTENCE_ENDS: Final = ".,;:!?)]}'\"’”»"
_SENTENCE_SIGNS: Final = frozenset(".!?:…\n")
_QUOTES: Final = "\"'“‘« \u00a0\u202f(-–—•"
# Signs that belong to a number: 20 % is not 20, and € 5 not $ 5.
_NUMBER_SIGNS: Final = frozenset("%‰+-−±<>≈~")


class Kind(StrEnum):
    """What a text may not have that the cleared one had not."""

    NAME = "name"
    NUMBER = "number"
    LINK = "link"
    MENTION = "mention"
    TAG = "tag"
    NEGATION = "negation"
    ORDER = "order"
    HIDDEN = "hidden"
    LONG = "long"
    WORDS = "words"


@dataclass(frozen=True)
class Objection:
    """Why it is not within the budget, and where: code points of the new text, both 0 where it is no one place."""

    kind: Kind
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Reckoning:
    """How many words were changed of how many that may be, and every objection."""

    changed: int
    allowed: int
    objections: tuple[Objection, ...]

    @property
    def fits(self) -> bool:
        return not self.objections


Names = Callable[[Collection[str]], Collection[str]]


def reckon(cleared: str, words: str, *, names: Names, tags: Collection[str] = ()) -> Reckoning:
    """Return how far the words are from the cleared text.

    names: which of some folded words are somebody's name in the directory.
    tags: hashtags that are always welcome, without their sign: how employees say that they are.
    """
    was, now = _Text(cleared), _Text(words)
    allowed = min(max(LEAST, int(RATE * len(was.words))), int(MOST * len(was.words)))
    changed = _distance([word.folded for word in was.words], [word.folded for word in now.words], allowed)
    objections = [*_new_facts(was, now, names, frozenset(map(fold, tags))), *_changed_sense(was, now)]
    if changed > allowed:
        objections.append(Objection(Kind.WORDS))
    return Reckoning(changed, allowed, tuple(sorted(objections, key=lambda each: (each.start, each.end, each.kind))))


@dataclass(frozen=True)
class _Word:
    """One word, or one picture sign: as look-alikes are read, folded, and where it stands in the original."""

    shown: str
    folded: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return any(sign.isnumeric() for sign in self.shown) or self.folded in NUMBERS

    @property
    def may_be_name(self) -> bool:
        """Whether it has a capital, or is of a script without capitals."""
        return any(sign.isupper() or unicodedata.category(sign) in {"Lo", "Lt"} for sign in self.shown)


class _Text:
    """A text taken apart."""

    def __init__(self, text: str) -> None:
        self._reading = Reading("text", text)
        self._latin = self._reading.latin

    @cached_property
    def words(self) -> list[_Word]:
        """What is counted: words and picture signs, without links, mentions and hashtags, which are facts."""
        spans = [match.span() for match in _WORD.finditer(self._rest)]
        spans += [(at, at + 1) for at, sign in enumerate(self._rest) if unicodedata.category(sign) == "So"]
        return [self._word(*span) for span in sorted(spans)]

    @cached_property
    def links(self) -> list[_Word]:
        return [self._word(start, end) for start, end in _trimmed(self._latin, _LINK.finditer(self._latin))]

    @cached_property
    def mentions(self) -> list[_Word]:
        return [self._word(start, end) for start, end in _trimmed(self._unlinked, _MENTION.finditer(self._unlinked))]

    @cached_property
    def tags(self) -> list[_Word]:
        return [self._word(*match.span()) for match in _TAG.finditer(self._unlinked)]

    @cached_property
    def numbers(self) -> list[_Word]:
        """Numbers in figures and words with the signs that belong to them; what stands together is one: 3 million."""
        found: list[_Word] = []
        for word in self.words:
            if not word.is_number or unicodedata.category(word.shown[0]) == "So":
                continue
            start, end = self._with_signs(word)
            between = self._reading.text[found[-1].end : start] if found else "x"
            if found and not any(map(str.isalpha, between)) and len(between) <= 3:
                start = found.pop().start
            shown = self._reading.text[start:end]
            found.append(_Word(shown, "".join(fold(shown).split()), start, end))
        return found

    @cached_property
    def hidden(self) -> Counter[str]:
        """Characters that show nothing; those that join picture signs are part of them."""
        text, found = self._reading.composed, Counter[str]()
        for at, sign in enumerate(text):
            if sign.isascii() and sign.isprintable():
                continue
            joins = sign in "\u200d\ufe0f" and at and unicodedata.category(text[at - 1]) in {"So", "Sk", "Cf", "Mn"}
            if sign != "\n" and not joins and PLAIN[ord(sign)] == "" and unicodedata.category(sign) != "Sk":
                found[sign] += 1
        return found

    @cached_property
    def negations(self) -> Counter[str]:
        """What says no; `don't` and `do not` are one."""
        spelled = re.sub(r"n['’]t\b", " not", fold(self._latin))
        return Counter(word for word in _WORD.findall(spelled) if word in NEGATIONS)

    def opens(self, word: _Word) -> bool:
        """Whether a sentence begins with the word."""
        before = self._reading.text[: word.start].rstrip(_QUOTES)
        return not before or before[-1] in _SENTENCE_SIGNS

    def _word(self, start: int, end: int) -> _Word:
        place = self._reading.from_latin(start, end)
        shown = self._latin[start:end]
        return _Word(shown, fold(shown), place.start, place.end)

    @cached_property
    def _unlinked(self) -> str:
        return _blanked(self._latin, _trimmed(self._latin, _LINK.finditer(self._latin)))

    @cached_property
    def _rest(self) -> str:
        called = _blanked(self._unlinked, _trimmed(self._unlinked, _MENTION.finditer(self._unlinked)))
        return _blanked(called, (match.span() for match in _TAG.finditer(called)))

    def _with_signs(self, word: _Word) -> tuple[int, int]:
        """The place of a number with its sign before and behind, with one space between at most."""
        text, start, end = self._reading.text, word.start, word.end
        for before in (start - 1, start - 2):
            if before >= 0 and _belongs(text[before]) and not text[before + 1 : start].strip():
                start = before
                break
        for behind in (end, end + 1):
            if behind < len(text) and _belongs(text[behind]) and not text[end:behind].strip():
                end = behind + 1
                break
        return start, end


def _new_facts(was: _Text, now: _Text, names: Names, welcome: frozenset[str]) -> Iterator[Objection]:
    yield from _beyond(Kind.LINK, was.links, now.links)
    yield from _beyond(Kind.MENTION, was.mentions, now.mentions)
    yield from _beyond(Kind.TAG, was.tags, (tag for tag in now.tags if tag.folded.lstrip("# ") not in welcome))
    yield from _beyond(Kind.NUMBER, was.numbers, now.numbers)
    for sign in now.hidden - was.hidden:
        at = now._reading.text.rfind(sign)
        yield Objection(Kind.HIDDEN, max(at, 0), at + 1)
    cleared = {word.folded for word in (*was.words, *was.tags)}
    new = [word for word in now.words if word.folded not in cleared]
    # `will` is a word and Will a colleague; `My` begins a sentence, and is somebody's name inside one.
    bare = [word for word in new if word.folded not in SMALL or (word.may_be_name and not now.opens(word))]
    called = set(names({word.folded for word in bare})) if bare else set()
    for word in new:
        if (word.folded in called and word in bare) or (word.may_be_name and word.folded not in SMALL):
            yield Objection(Kind.NAME, word.start, word.end)
        elif len(word.shown) > LONGEST_WORD:
            yield Objection(Kind.LONG, word.start, word.end)


def _changed_sense(was: _Text, now: _Text) -> Iterator[Objection]:
    """A no more or less, and names that change places, say something else in the same words."""
    if was.negations != now.negations:
        yield Objection(Kind.NEGATION)
    called = {word.folded for word in was.words if word.may_be_name and word.folded not in SMALL}
    before, after = ([word for word in text.words if word.folded in called] for text in (was, now))
    yield from _beyond(Kind.ORDER, before, after)


def _beyond(kind: Kind, cleared: Iterable[_Word], found: Iterable[_Word]) -> Iterator[Objection]:
    """Object to what is not there, or not in this order: what changes places says something else."""
    left = (each.folded for each in cleared)
    for each in found:
        if each.folded not in left:
            yield Objection(kind, each.start, each.end)
            return


def _trimmed(text: str, matches: Iterable[re.Match[str]]) -> list[tuple[int, int]]:
    """Spans without the sign that ends the sentence around them."""
    return [(match.start(), match.start() + len(match[0].rstrip(_SENTENCE_ENDS))) for match in matches]


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with nothing at these places, as long as before."""
    signs = list(text)
    for start, end in spans:
        signs[start:end] = "\n" * (end - start)
    return "".join(signs)


def _belongs(sign: str) -> bool:
    return sign in _NUMBER_SIGNS or unicodedata.category(sign) == "Sc"


def _distance(one: Sequence[str], other: Sequence[str], most: int) -> int:
    """Words put in, left out and replaced (Levenshtein 1966); where that is more than `most`, perhaps even more."""
    if abs(len(one) - len(other)) > most:
        return abs(len(one) - len(other))
    row = list(range(len(other) + 1))
    for above, word in enumerate(one, start=1):
        corner, row[0] = row[0], above
        for at, there in enumerate(other, start=1):
            corner, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, corner + (word != there))
    return row[-1]
