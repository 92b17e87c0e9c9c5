"""Makes kinds of personal numbers: a strict form that is certain, a loose one that needs a word near it, a check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.identifiers.kind import Finder, IdentifierKind, nothing
from corpblog.policy.engine.wording import Wording

Check = Callable[[str], bool]

# How far from a number the word may stand that says what it is, in characters.
_BEFORE: Final = 80
_AFTER: Final = 40
# Not inside a longer word or number, an international phone number, or a decimal.
_EDGES: Final = (r"(?<![A-Za-z0-9_+])(?<!\d\.)(?:", r")(?![A-Za-z0-9_])(?!\.\d)")
_SEPARATORS: Final = re.compile(r"[ .\-/]")


def personal_number(
    name: str,
    title: Wording,
    check: Check,
    *,
    strict: str = "",
    loose: str = "",
    context: tuple[str, ...] = (),
    fewest_digits: int = 6,
) -> IdentifierKind:
    """A kind of number.

    strict: how it is written when nothing else looks alike. loose: how else, near a word of `context`. Both are in the
    syntax that `re` and RE2 share.
    check: whether a number, in capitals and without separators, is one.
    """
    return IdentifierKind(
        name,
        title,
        find=_finder(strict, check) if strict else nothing,
        form=strict,
        context=context,
        fewest_digits=fewest_digits,
        find_named=near(_finder(loose, check, re.IGNORECASE), context) if loose else nothing,
    )


def _finder(form: str, check: Check, flags: re.RegexFlag = re.NOFLAG) -> Finder:
    pattern = re.compile(form.join(_EDGES), flags)

    def find(text: str) -> Iterator[tuple[int, int]]:
        for candidate in pattern.finditer(text):
            if check(_SEPARATORS.sub("", candidate.group()).upper()):
                yield candidate.span()

    return find


def _as_word(folded: str) -> str:
    return rf"(?<![^\W_]){re.escape(folded)}(?![^\W_])" if folded.isascii() else re.escape(folded)


def near(find: Finder, words: tuple[str, ...]) -> Finder:
    """A finder of what `find` finds where one of the words stands near it, as a word of its own."""
    # Scripts without spaces give words no edges.
    listed = "|".join(_as_word(fold(word).strip()) for word in words)
    context = re.compile(listed)

    def find_named(text: str) -> Iterator[tuple[int, int]]:
        for start, end in find(text):
            around = f"{text[max(0, start - _BEFORE) : start]}~{text[end : end + _AFTER]}"
            if context.search(fold(around)):
                yield start, end

    return find_named
