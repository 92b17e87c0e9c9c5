"""What is wrong with a policy: every problem at once, each with its place and what to do, in English and French."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a policy. Lines and columns count from 1, as editors show them."""

    line: int
    column: int
    path: str
    message_en: str
    message_fr: str

    def in_language(self, language: str) -> str:
        """The sentence for a person who reads this language; English where we have no other."""
        return self.message_fr if language.lower().startswith("fr") else self.message_en

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path else ""
        return f"line {self.line}, column {self.column}{where}: {self.message_en}"


class PolicyError(ValueError):
    """The text is not a policy that could be put in force. `problems` lists all that is wrong, in reading order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
