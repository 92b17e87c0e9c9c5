"""Kinds of identifiers. A new kind is an entry in one of these files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from corpblog.policy.engine.identifiers import company_codes, email, europe, iban, payment_card, phone, world
from corpblog.policy.engine.identifiers.kind import IdentifierKind

NATIONAL_ID: Final = "national-id"  # stands for all personal numbers
_NATIONAL: Final = (*europe.KINDS, *world.KINDS)

KINDS: Final[Mapping[str, IdentifierKind]] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            payment_card.KIND,
            iban.KIND,
            *company_codes.KINDS,
            *email.KINDS,
            phone.KIND,
            *_NATIONAL,
        )
    }
)
# Names that stand for several kinds. The two sides of e-mail are left out of `any`: it has all addresses.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "any": tuple(name for name, kind in KINDS.items() if kind.of_company is None),
        NATIONAL_ID: tuple(kind.name for kind in _NATIONAL),
    }
)

__all__ = ["GROUPS", "KINDS", "NATIONAL_ID", "IdentifierKind", "expanded"]


def expanded(names: tuple[str, ...]) -> tuple[str, ...]:
    """The kinds that are meant, each once, in the order in which they are listed above."""
    wanted = {kind for name in names for kind in GROUPS.get(name, (name,))}
    return tuple(name for name in KINDS if name in wanted)
