"""Payment cards: issuer's prefix, length and Luhn's checksum, in whatever groups the digits are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from corpblog.policy.engine.identifiers.kind import IdentifierKind, digit_runs
from corpblog.policy.engine.identifiers.national import near
from corpblog.policy.engine.wording import Wording

_RUN: Final = re.compile(r"\d(?:[ .\-/]{0,3}\d){12,}")
_SHORTEST, _LONGEST = 13, 19
# Issuer prefixes with the lengths that they issue.
_ISSUERS: Final = re.compile(
    r"^(?:4(?:\d{15}|\d{18})"  # Visa
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11,16}"  # Diners Club
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}"  # Discover
    r"|62\d{14,17}|81\d{14,17}"  # UnionPay
    r"|(?:50|5[6-9]|6[0-9])(?:\d{14}|\d{16,17}))$"  # Maestro
)
# Lengths that few cards have left, and every fiftieth order number has too: these count near a word for cards.
_RARE: Final = re.compile(
    r"^(?:4\d{12}|(?:2131|1800)\d{11}|(?:50|5[6-9]|6[0-9])(?:\d{11,13}|\d{15}))$"  # Visa, JCB, Maestro
)
_WORDS: Final = (
    "card", "cards", "credit card", "carte", "cartes", "CB", "Visa", "Maestro", "Mastercard", "JCB", "Karte", "carta",
    "tarjeta", "kaart",
)  # fmt: skip


def find(text: str) -> Iterator[tuple[int, int]]:
    """Every card number: whole groups only, so that a longer number hides no card and makes none."""
    return _cards(text, _ISSUERS)


def _find_rare(text: str) -> Iterator[tuple[int, int]]:
    return _cards(text, _RARE)


def _cards(text: str, issuers: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for groups, _ in digit_runs(text, _RUN):
        reached = -1
        for first, (start, _) in enumerate(groups):
            if first > reached and (last := _card_from(text, groups, first, issuers)) is not None:
                reached = last
                yield start, groups[last][1]


def _card_from(text: str, groups: list[tuple[int, int]], first: int, issuers: re.Pattern[str]) -> int | None:
    """The last group of the longest card that starts with this group."""
    number, found = "", None
    for index in range(first, len(groups)):
        start, end = groups[index]
        number += text[start : min(end, start + _LONGEST + 1)]
        if len(number) > _LONGEST:
            break
        if len(number) >= _SHORTEST and issuers.match(number) and luhn.is_valid(number):
            found = index
    return found


KIND: Final = IdentifierKind(
    "payment-card",
    Wording(en="Payment card number", fr="Numéro de carte de paiement"),
    find,
    context=_WORDS,
    fewest_digits=_SHORTEST,
    find_named=near(_find_rare, _WORDS),
)
