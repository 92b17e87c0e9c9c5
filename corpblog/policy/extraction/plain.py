"""Bytes as text, where they are text."""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

from corpblog.policy.extraction.reading import Reading

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# Western text in an old encoding has some bytes above 127; what has many is another script in one we cannot tell.
_MOST_HIGH_BYTES: Final = 0.25


class Decoded(NamedTuple):
    """is_sure: whether these are certainly the characters that were written."""

    text: str
    is_sure: bool


def decoded(data: bytes) -> Decoded | None:
    """Return the text; None for what is no text."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            whole = data[: len(data) - len(data) % 4] if name == "utf-32" else data[: len(data) & ~1]
            return Decoded((data if name == "utf-8-sig" else whole).decode(name, "replace"), is_sure=True)
    if _CONTROLS.search(data):
        return None
    try:
        # Incrementally: the beginning of a longer text may end within a character.
        return Decoded(codecs.getincrementaldecoder("utf-8")().decode(data), is_sure=True)
    except UnicodeDecodeError:
        high = sum(byte > 127 for byte in data)
        return Decoded(data.decode("cp1252", "replace"), is_sure=high <= _MOST_HIGH_BYTES * len(data))


def read_text(reading: Reading, data: bytes) -> None:
    """Read plain text and CSV."""
    reading.add(text_of(reading, data))


def text_of(reading: Reading, data: bytes) -> str:
    """Return the text, noting where its encoding is a guess or it is none."""
    found = decoded(data)
    if found is None:
        reading.cannot("unknown")
        return ""
    if not found.is_sure or "\ufffd" in found.text:
        reading.cannot("encoding")
    return found.text
