"""Bank accounts (IBAN): the country's length and structure, and the checksum of ISO 7064."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban

from corpblog.policy.engine.identifiers.kind import IdentifierKind
from corpblog.policy.engine.wording import Wording

_START: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ .\-]?\d[ ]?\d(?=(?:[ .\-]{0,2}[A-Za-z0-9]){11})")
_CHARACTER: Final = re.compile(r"[ .\-]{0,2}([A-Za-z0-9])")
_SHORTEST, _LONGEST = 15, 34


def find(text: str) -> Iterator[tuple[int, int]]:
    """Every account number, in one piece or in groups; its country says how long it is, the next word may touch it."""
    reached = 0
    for candidate in _START.finditer(text):
        if candidate.start() >= reached and (end := _end_of_account(text, candidate.start())):
            reached = end
            yield candidate.start(), end


def _end_of_account(text: str, start: int) -> int | None:
    number, position = "", start
    while len(number) < _LONGEST and (character := _CHARACTER.match(text, position)):
        number += character.group(1).upper()
        position = character.end()
        if len(number) >= _SHORTEST and not text[position : position + 1].isalnum() and iban.is_valid(number):
            return position
    return None


KIND: Final = IdentifierKind(
    "iban", Wording(en="Bank account number (IBAN)", fr="Numéro de compte bancaire (IBAN)"), find
)
