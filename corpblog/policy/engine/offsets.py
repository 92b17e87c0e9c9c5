"""Offsets for browsers: JavaScript counts UTF-16 code units where Python counts code points."""

from __future__ import annotations


def utf16_offsets(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span in UTF-16 code units."""
    before = _units(text[:start])
    return before, before + _units(text[start:end])


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
