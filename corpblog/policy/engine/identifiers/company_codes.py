"""Numbers of companies and banks: VAT numbers of the European Union, and bank codes (BIC)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum import bic
from stdnum.eu import vat

from corpblog.policy.engine.identifiers.kind import IdentifierKind
from corpblog.policy.engine.identifiers.national import personal_number
from corpblog.policy.engine.wording import Wording

_VAT_FORM: Final = (
    r"(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI) ?"
    r"[A-Z0-9]{1,15}(?:[ .\-]?[A-Z0-9]{1,15}){0,4}"
)
_VAT: Final = re.compile(rf"(?<![A-Za-z0-9_]){_VAT_FORM}(?![A-Za-z0-9_])")
_GROUP: Final = re.compile(r"[A-Z0-9]+")


def _find_vat(text: str) -> Iterator[tuple[int, int]]:
    for candidate in _VAT.finditer(text):
        # What follows in capitals may be the next word: groups go, from the last, until the number is right.
        ends = [group.end() for group in _GROUP.finditer(text, candidate.start(), candidate.end())]
        for end in reversed(ends):
            if vat.is_valid(text[candidate.start() : end]):
                yield candidate.start(), end
                break


KINDS: Final = (
    IdentifierKind(
        "eu-vat", Wording(en="EU VAT number", fr="Numéro de TVA intracommunautaire"), _find_vat, form=_VAT_FORM
    ),
    # Its form is that of many words in capitals: DOCUMENT has the country ME in the right place.
    personal_number(
        "bic",
        Wording(en="Bank code (BIC)", fr="Code banque (BIC)"),
        bic.is_valid,
        loose=r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?",
        context=("BIC", "SWIFT", "IBAN"),
        fewest_digits=0,
    ),
)
