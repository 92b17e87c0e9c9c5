"""Credentials: the forms that issuers gave their keys and tokens, each behind a word that must be there, with entropy.

The forms are facts that issuers publish; most were taken from the gitleaks rule file (MIT, © Zachary Rice). All
patterns run in RE2.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from corpblog.policy.engine.secrets import clouds, development, generic, services
from corpblog.policy.engine.secrets.kind import SecretKind

KINDS: Final[Mapping[str, SecretKind]] = MappingProxyType(
    {kind.name: kind for kind in (*clouds.KINDS, *development.KINDS, *services.KINDS, *generic.KINDS)}
)

__all__ = ["KINDS", "SecretKind"]
