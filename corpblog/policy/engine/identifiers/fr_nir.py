"""French social security numbers (NIR), with their key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from stdnum.fr import nir

from corpblog.policy.engine.identifiers.kind import IdentifierKind
from corpblog.policy.engine.wording import Wording

_NUMBER: Final = re.compile(
    r"(?<!\w)[1-478][ .\-]?\d{2}[ .\-]?(?:0[1-9]|[1-9]\d)[ .\-]?(?:\d{2}|2[ABab])"  # sex, year, month, department
    r"[ .\-]?\d{3}[ .\-]?\d{3}[ .\-/]{0,2}\d{2}(?!\w)"  # town, order, key
)


def find(text: str) -> Iterator[tuple[int, int]]:
    """Every number whose key is right."""
    for candidate in _NUMBER.finditer(text):
        if nir.is_valid(re.sub(r"[ .\-/]", "", candidate.group()).upper()):
            yield candidate.span()


KIND: Final = IdentifierKind(
    "fr-nir", Wording(en="French social security number", fr="Numéro de sécurité sociale"), find
)
