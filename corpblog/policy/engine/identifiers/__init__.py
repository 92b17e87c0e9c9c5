"""Kinds of identifiers, one small file each. A new kind is a file with a `KIND`, and a line here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from corpblog.policy.engine.identifiers import email, fr_nir, iban, payment_card, phone
from corpblog.policy.engine.identifiers.kind import HAS_DIGITS, IdentifierKind

KINDS: Final[Mapping[str, IdentifierKind]] = MappingProxyType(
    {module.KIND.name: module.KIND for module in (payment_card, iban, email, phone, fr_nir)}
)


def find_identifiers(text: str, kind: str) -> Iterator[tuple[int, int]]:
    """The spans of this kind of identifier in a plain text."""
    # One quick look rules out nearly every text: each kind but the e-mail address has six digits close together.
    if kind == email.KIND.name or HAS_DIGITS.search(text):
        yield from KINDS[kind].find(text)


__all__ = ["KINDS", "IdentifierKind", "find_identifiers"]
