"""E-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corpblog.policy.engine.identifiers.kind import IdentifierKind
from corpblog.policy.engine.wording import Wording

# Both are tried at an @ only, and bounded: a long run of letters costs nothing.
_LOCAL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~\-]{1,64}$")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w\-])")
_EDGE_PUNCTUATION: Final = ".!#$%&'*+/=?^`{|}~-"


def find(text: str) -> Iterator[tuple[int, int]]:
    """Every address with a domain that has a dot."""
    at = text.find("@")
    while at >= 0:
        if (domain := _DOMAIN.match(text, at + 1)) and (local := _LOCAL.search(text[max(0, at - 64) : at])):
            name = local.group().lstrip(_EDGE_PUNCTUATION)
            if name and not name.endswith("."):
                yield at - len(name), domain.end()
        at = text.find("@", at + 1)


KIND: Final = IdentifierKind("email", Wording(en="E-mail address", fr="Adresse électronique"), find, needs="@")
