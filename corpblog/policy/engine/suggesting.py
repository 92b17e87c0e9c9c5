"""A wording that passes: the words that rules object to left out, and everything else as it was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from corpblog.policy.engine.verdict import Verdict

GAP: Final = "[…]"  # what stands where words were left out, in every language
_ROUNDS: Final = 4  # what is left may meet another rule
_LEAST: Final = 0.3  # of the letters must be left: less is no post any more


def suggest(text: str, ask: Callable[[str], Iterable[Verdict]]) -> str | None:
    """Return the text without the words that keep it from leaving; None where no such text passes or little is left.

    ask: the verdicts on a text, for everywhere it should go; its findings in the field `text` count.
    """
    letters = _letters(text)
    for _ in range(_ROUNDS):
        verdicts = list(ask(text))
        if all(verdict.may_leave for verdict in verdicts):
            return text
        spans = sorted(
            (finding.start, finding.end)
            for verdict in verdicts
            for finding in verdict.findings
            if finding.field == "text" and finding.end > finding.start and not Verdict(finding.outcome).may_leave
        )
        if not spans:
            return None  # it is not about words
        text = _without(text, spans)
        if _letters(text) < letters * _LEAST:
            return None
    return None


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    pieces: list[str] = []
    reached = 0
    for start, end in spans:
        if start > reached or not pieces:
            pieces.append(text[reached:start])
        reached = max(reached, end)
        if pieces[-1] != GAP:
            pieces.append(GAP)
    return "".join((*pieces, text[reached:]))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
