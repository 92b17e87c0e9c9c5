"""Which bytes of a Bluesky post are a link, a mention or a tag, by the rules of Bluesky's own library (`RichText`)."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

from corpblog.sharing.marks import Marked

_MENTION: Final = re.compile(r"(?:^|\s|\()(@([a-zA-Z0-9.-]+)\b)")
_HANDLE: Final = re.compile(r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_LINK: Final = re.compile(r"(?:^|\s|\()(https?://\S+)")
_HIDDEN: Final = "\u00ad\u2060\u200a\u200b\u200c\u200d\u20e2"
_TAG: Final = re.compile(rf"(?:^|\s)([#\uff03](?!\ufe0f)([^\s{_HIDDEN}]+))")
_LONGEST_TAG: Final = 64


def facets(said: Marked, identity: Callable[[str], str | None]) -> Iterator[dict[str, Any]]:
    """Yield what in the text is more than text, by its bytes in UTF-8. A name that leads somewhere is nothing else.

    identity: who a handle is (a DID), or None, where the mention stays plain text.
    """
    text = said.text
    for mark in said.marks:
        yield _facet(text, mark.start, text[mark.start : mark.end], "link", uri=mark.url)
    named = [(mark.start, mark.end) for mark in said.marks]
    for start, facet in _found(text, identity):
        if not any(first <= start < last for first, last in named):
            yield facet


def _found(text: str, identity: Callable[[str], str | None]) -> Iterator[tuple[int, dict[str, Any]]]:
    for found in _MENTION.finditer(text):
        did = identity(found[2]) if _HANDLE.fullmatch(found[2]) else None
        if did is not None:
            yield found.start(1), _facet(text, found.start(1), found[1], "mention", did=did)
    for found in _LINK.finditer(text):
        link = found[1]
        if link[-1] in ".,;:!?":
            link = link[:-1]
        if link[-1] == ")" and "(" not in link:
            link = link[:-1]
        yield found.start(1), _facet(text, found.start(1), link, "link", uri=link)
    for found in _TAG.finditer(text):
        tag = _without_punctuation(found[2])
        if tag and len(tag.encode("utf-16-le")) // 2 <= _LONGEST_TAG and not all(_is_no_word(letter) for letter in tag):
            yield found.start(1), _facet(text, found.start(1), found[1][0] + tag, "tag", tag=tag)


def _facet(text: str, start: int, part: str, feature: str, **what: str) -> dict[str, Any]:
    first = len(text[:start].encode())
    kind = f"app.bsky.richtext.facet#{feature}"
    return {
        "index": {"byteStart": first, "byteEnd": first + len(part.encode())},
        "features": [{"$type": kind, **what}],
    }


def _without_punctuation(tag: str) -> str:
    while tag and unicodedata.category(tag[-1]).startswith("P"):
        tag = tag[:-1]
    return tag


def _is_no_word(letter: str) -> bool:
    return letter.isdecimal() or unicodedata.category(letter).startswith("P")
