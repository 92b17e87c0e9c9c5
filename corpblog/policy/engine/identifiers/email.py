"""E-mail addresses: all of them, and those inside and outside the company's domains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corpblog.policy.engine.identifiers.kind import Finder, IdentifierKind
from corpblog.policy.engine.links.hosts import is_under
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


def _inside(domains: tuple[str, ...]) -> Finder:
    return lambda text: (span for span in find(text) if is_under(text[slice(*span)].rpartition("@")[2], domains))


def _outside(domains: tuple[str, ...]) -> Finder:
    return lambda text: (span for span in find(text) if not is_under(text[slice(*span)].rpartition("@")[2], domains))


KINDS: Final = (
    IdentifierKind("email", Wording(en="E-mail address", fr="Adresse électronique"), find, needs="@"),
    IdentifierKind(
        "email-internal",
        Wording(en="E-mail address of the company", fr="Adresse électronique de l’entreprise"),
        needs="@",
        of_company=_inside,
    ),
    IdentifierKind(
        "email-external",
        Wording(en="E-mail address outside the company", fr="Adresse électronique extérieure"),
        needs="@",
        of_company=_outside,
    ),
)
