"""Phone numbers: international form of any country, and the national forms of the countries listed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import phonenumbers

from corpblog.policy.engine.identifiers.kind import IdentifierKind
from corpblog.policy.engine.wording import Wording

_INTERNATIONAL: Final = re.compile(r"(?<![\w+])(?:\+|00[ ]?)[1-9](?:[ .\-/()]{0,3}\d){6,14}(?!\d)")
_NATIONAL: Final = re.compile(
    r"(?<![\w+.,])(?<!\d[ .\-/])"
    r"(?:\([2-9]\d\d\) ?\d{3}[ .\-]\d{4}|[2-9]\d\d([.\-])\d{3}\1\d{4}"  # North America
    r"|(?:\(0\d{1,4}\)|0[1-9])(?:[ .\-/]{0,2}\d){7,9})(?!\w)"  # elsewhere a number starts with 0
)
_REGIONS: Final = ("FR", "BE", "CH", "GB", "DE", "US", "CA")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Every number that the numbering plan of its country has."""
    taken: list[tuple[int, int]] = []
    for pattern, regions in ((_INTERNATIONAL, (None,)), (_NATIONAL, _REGIONS)):
        for candidate in pattern.finditer(text):
            span = candidate.span()
            free = all(span[1] <= start or end <= span[0] for start, end in taken)
            if free and any(_is_number(candidate.group(), region) for region in regions):
                taken.append(span)
    yield from sorted(taken)


@lru_cache(maxsize=1024)
def _is_number(written: str, region: str | None) -> bool:
    if region is None and written.startswith("00"):
        written = "+" + written[2:].lstrip()
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False


KIND: Final = IdentifierKind("phone", Wording(en="Phone number", fr="Numéro de téléphone"), find)
