"""Which kinds a detector means: `any` and other names stand for several."""

from __future__ import annotations

from collections.abc import Iterable

from corpblog.policy.engine.identifiers import expanded
from corpblog.policy.engine.links import KINDS as LINKS
from corpblog.policy.engine.markings import KINDS as MARKINGS
from corpblog.policy.engine.model import ANY, Identifier, Links, Marking, Secret
from corpblog.policy.engine.secrets import KINDS as SECRETS

OfKinds = Identifier | Secret | Links | Marking


def meant_by(detector: OfKinds) -> tuple[str, ...]:
    """The kinds that the detector looks for, each once."""
    match detector:
        case Identifier(kinds):
            return expanded(kinds)
        case Secret(kinds):
            return _expanded(kinds, SECRETS)
        case Links(kinds):
            return _expanded(kinds, LINKS)
        case Marking(kinds):
            return _expanded(kinds, (name for name, kind in MARKINGS.items() if not kind.by_option))


def _expanded(kinds: tuple[str, ...], usual: Iterable[str]) -> tuple[str, ...]:
    named = tuple(kind for kind in kinds if kind != ANY)
    return tuple(dict.fromkeys((*usual, *named))) if ANY in kinds else named
