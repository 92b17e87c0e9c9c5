"""Links as they stand in a text, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

# Bounded everywhere: a long run of letters costs nothing.
_LINK: Final = re.compile(
    r"(?i)(?<![a-z0-9+.\-])([a-z][a-z0-9+.\-]{1,15}):(?://|(?<=file:)/)([^\s<>\"“”«»‹›`^{}|]{1,2000})"
)
_AUTHORITY: Final = re.compile(r"(?:([^/?#@\\]*)@)?(\[[0-9A-Fa-f:.]{2,50}(?:%[\w.\-]{1,20})?\]|[^/?#:\\\[\]]*)")
_PARAMETER: Final = re.compile(r"[?&#;]([A-Za-z0-9_.\-]{1,40})=([^&#;\s]{1,2000})")
_CLOSING: Final = ".,;:!?'’*_~"
_PAIRS: Final = {")": "(", "]": "["}


class Link(NamedTuple):
    """One link: its place in the text, and its parts."""

    start: int
    end: int
    scheme: str
    user: str
    host: str
    parameters: tuple[tuple[str, str], ...]


@lru_cache(maxsize=2)
def links_in(text: str) -> tuple[Link, ...]:
    """Every link with a scheme. Several kinds of links ask about the same text one after the other."""
    return tuple(_links(text)) if ":/" in text else ()


def _links(text: str) -> Iterator[Link]:
    for found in _LINK.finditer(text):
        end = _end(text, found.start(), found.end())
        rest = text[found.start(2) : end]
        authority = _AUTHORITY.match(rest)
        assert authority is not None  # it matches the empty text
        parameters = tuple((name.casefold(), value) for name, value in _PARAMETER.findall(rest, authority.end()))
        yield Link(found.start(), end, found[1].casefold(), authority[1] or "", authority[2], parameters)


def _end(text: str, start: int, end: int) -> int:
    """Without the punctuation of the sentence, and without a bracket that was opened before the link."""
    while end > start:
        last = text[end - 1]
        if last in _CLOSING or (last in _PAIRS and text.count(_PAIRS[last], start, end) < text.count(last, start, end)):
            end -= 1
        else:
            break
    return end
