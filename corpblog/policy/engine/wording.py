"""A sentence in the languages of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LANGUAGES: Final = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Wording:
    """The same sentence in English and French; either may be missing."""

    en: str = ""
    fr: str = ""

    def in_language(self, language: str) -> str:
        """The sentence in this language, else in the other one, else nothing."""
        return (self.fr or self.en) if language.lower().startswith("fr") else (self.en or self.fr)

    def to_json(self) -> dict[str, str]:
        return {"en": self.en, "fr": self.fr}

    def __bool__(self) -> bool:
        return bool(self.en or self.fr)


NO_WORDING: Final = Wording()
