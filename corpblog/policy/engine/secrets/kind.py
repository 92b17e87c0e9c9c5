"""What a kind of secret is: words that give it away, a form, and a measure of chance that placeholders do not have."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import re2

from corpblog.policy.engine.wording import Wording

# Between a name and its value: `key = "…"`, `key: …`, `"key" => '…'`, `the key is …`.
ASSIGNED: Final = r"""["'`]?\s{0,3}(?:=|:|=>|:=|\bis\b|\best\b)\s{0,3}["'`]?"""
# What ends a value whose alphabet RE2's \b does not know.
END: Final = r"(?:[^A-Za-z0-9_\-]|$)"
UUID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Words that documentation puts where a secret would be.
_PLACEHOLDERS: Final = re2.compile(
    r"(?i)^(?:x{4,}|\*+|\.{3,}|<.*>|\$\{.*\}|\$[a-z_]+|\{\{.*\}\}|%.*%|your[_\-].*|.*example.*|changeme|placeholder|redacted|none"
    r"|null|true|false|undefined|required|oublié\S*|forgotten|expired?|incorrect\S*)$"
)
_CLOSING: Final = ".,;:!?)»”’"


def anything(_secret: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind. One of `triggers` is in every text that holds one.

    pattern: RE2. The first group that took part is the secret itself; without groups all of it.
    entropy: the least chance a character, in bits: what is repeated or regular stands for a secret and is none.
    accepts: what else the secret must be, for kinds whose form is anybody's choice.
    is_free: it may stand at the end of a sentence, whose stop is not part of it.
    french: the label in French, where it is not a product's name.
    """

    name: str
    label: str
    triggers: tuple[str, ...]
    pattern: str
    entropy: float = 2.0
    accepts: Callable[[str], bool] = anything
    is_free: bool = False
    french: str = ""
    compiled: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        options = re2.Options()
        options.log_errors = False
        object.__setattr__(self, "compiled", re2.compile(self.pattern, options))

    @property
    def title(self) -> Wording:
        return Wording(en=f"Secret: {self.label}", fr=f"Secret\u202f: {self.french or self.label}")

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of this kind of secret in a plain text: the secret itself, without the words that introduce it."""
        for found in self.compiled.finditer(text):
            group = next((index for index in range(1, len(found.groups()) + 1) if found.group(index) is not None), 0)
            start = found.span(group)[0]
            secret = found.group(group).rstrip(_CLOSING) if self.is_free else found.group(group)
            if is_random_enough(secret, self.entropy) and self.accepts(secret):
                yield start, start + len(secret)


def is_random_enough(secret: str, threshold: float) -> bool:
    """True unless this is a word that stands for a secret."""
    return entropy(secret) >= threshold and not (threshold and _PLACEHOLDERS.search(secret))


def entropy(text: str) -> float:
    """Shannon's entropy in bits a character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values()) if total else 0.0
