"""Kinds of identifiers, one small file each. A new kind is a file with a `KIND`, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from corpblog.policy.engine.identifiers import email, fr_nir, iban, payment_card, phone
from corpblog.policy.engine.identifiers.kind import IdentifierKind

KINDS: Final[Mapping[str, IdentifierKind]] = MappingProxyType(
    {module.KIND.name: module.KIND for module in (payment_card, iban, email, phone, fr_nir)}
)

__all__ = ["KINDS", "IdentifierKind"]
