"""What was typed, made fit to keep: nothing that people see is changed, nothing that hides or breaks is let in."""

import re
import unicodedata

import grapheme
from django.conf import settings

from corpblog.posts.errors import PostBroken, PostEmpty, PostTooLong

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BROKEN = re.compile(r"[\ud800-\udfff\ufffd\ufffe\uffff]")
_BLANKS_AT_LINE_ENDS = re.compile(r"[ \t]+(?=\n|$)")
_MANY_LINES = re.compile(r"\n{3,}")
# They take room and show nothing, so a post of them alone is empty.
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")
# People count a letter with its accents once; a letter with a thousand accents is an attack on whoever must draw it.
_CODE_POINTS_PER_CHARACTER = 8


def clean(text: str, *, may_be_empty: bool = False) -> str:
    """Return the text as it is kept; raise where it is broken, too long, or empty and nothing stands beside it."""
    if _BROKEN.search(text):
        raise PostBroken
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    text = _MANY_LINES.sub("\n\n", _BLANKS_AT_LINE_ENDS.sub("", text)).strip()
    if not any(_is_visible(sign) for sign in text):
        if not may_be_empty:
            raise PostEmpty
        return ""
    _check_length(text)
    return text


def length(text: str) -> int:
    """Return how many characters people would count."""
    return int(grapheme.length(text))


def _check_length(text: str) -> None:
    limit = settings.POST_LIMIT
    if len(text) > limit * _CODE_POINTS_PER_CHARACTER:
        # Counted in code points: counting the characters of a megabyte would be the attack.
        raise PostTooLong(length=len(text), limit=limit)
    count = length(text) if len(text) > limit else len(text)
    if count > limit:
        raise PostTooLong(length=count, limit=limit)


def _is_visible(sign: str) -> bool:
    return sign not in _INVISIBLE_LETTERS and unicodedata.category(sign)[0] not in "ZCM"
