"""Looks for several kinds of identifiers at once, and rules most of them out with a single search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import re2

from corpblog.policy.engine.identifiers.kind import Finder, IdentifierKind
from corpblog.policy.engine.views import Reading

_FEWEST_DIGITS: Final = 6  # no form of a personal number has fewer


class IdentifierSearch:
    """The kinds that a detector looks for. Immutable; safe to use from many threads."""

    def __init__(self, kinds: Iterable[IdentifierKind], domains: tuple[str, ...]) -> None:
        finders = [(kind, kind.of_company(domains) if kind.of_company else kind.find) for kind in kinds]
        self._formed = [(kind.name, find) for kind, find in finders if kind.form]
        self._forms = _union([kind.form for kind, _ in finders if kind.form])
        self._digits = [(kind.name, find) for kind, find in finders if not kind.form and not kind.needs]
        self._others = [(kind.name, find, kind.needs) for kind, find in finders if kind.needs]

    def worth_trying(self, reading: Reading) -> list[tuple[str, Finder]]:
        """The kinds that may be in this text by themselves, each with its finder."""
        tries = [(name, find) for name, find, needed in self._others if needed in reading.plain]
        if reading.digits >= _FEWEST_DIGITS:
            if self._digits and reading.has_digits:
                tries += self._digits
            if self._formed and self._are_forms_in(reading):
                tries += self._formed
        return tries

    def _are_forms_in(self, reading: Reading) -> bool:
        return any(self._forms.search(text) for text, _ in reading.patterned)


def _union(forms: list[str]) -> re2._Regexp:
    options = re2.Options()
    options.log_errors = False
    return re2.compile("|".join(f"(?:{form})" for form in forms), options)
