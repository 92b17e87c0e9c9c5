"""A compiled policy: immutable, shared by threads, swapped by assigning another one."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from corpblog.policy.engine.detection import CompiledRule, Examination, compile_rules
from corpblog.policy.engine.folding import NORMALISER_VERSION
from corpblog.policy.engine.lexicon import Hit, TooManyHits
from corpblog.policy.engine.model import Policy
from corpblog.policy.engine.verdict import (
    ENGINE_VERSION,
    Audience,
    Field,
    Finding,
    Outcome,
    Scan,
    Verdict,
    fail_closed,
    strictest,
)
from corpblog.policy.engine.views import Reading

logger = logging.getLogger(__name__)

MAX_CHARACTERS: Final = 2_000_000
MAX_FINDINGS: Final = 1_000
TIME_LIMIT: Final = 5.0  # seconds, looked at between fields and rules; RE2 and the automata are linear in between


class Scanner:
    """Answers whether a text may leave. Never raises: what goes wrong gives a verdict that holds."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._digest = policy.digest
        self._lexicon, self._rules = compile_rules(policy)

    def scan(
        self,
        fields: Mapping[str, str] | str,
        *,
        audience: Audience,
        destination: str | None = None,
        destination_name: str | None = None,
        groups: frozenset[str] = frozenset(),
        now: datetime | None = None,
    ) -> Verdict:
        """The verdict on these fields. Without a time embargoes hold, without a destination those of all of them."""
        try:
            named = {"text": fields} if isinstance(fields, str) else fields
            pieces = tuple(Field(name, text) for name, text in named.items())
            return self.answer(Scan(pieces, audience, destination, destination_name, frozenset(groups), now))
        except Exception as error:
            return self._held_for(error)

    def answer(self, question: Scan) -> Verdict:
        """The verdict on a scan that was put together by hand."""
        try:
            return self._decide(question)
        except Exception as error:
            return self._held_for(error)

    def _decide(self, question: Scan) -> Verdict:
        if question.audience not in ("external", "internal"):
            return self._held("the audience is neither external nor internal")
        if not self._rules:
            return self._held("the policy has no rules")
        if sum(len(piece.text) for piece in question.fields) > MAX_CHARACTERS:
            return self._held(f"the text is longer than {MAX_CHARACTERS} characters")
        examination = Examination(
            [Reading(piece.name, piece.text) for piece in question.fields], self._lexicon, time.monotonic() + TIME_LIMIT
        )
        findings = [
            _finding(rule, hit, examination)
            for rule in self._rules
            if rule.applies(question)
            for hit in rule.hits(examination)
        ]
        return self._verdict(question.audience, findings)

    def _verdict(self, audience: Audience, findings: list[Finding]) -> Verdict:
        floor = self.policy.default.for_audience(audience)
        outcome = strictest([floor, *(finding.outcome for finding in findings)], default=floor)
        reviewers = self._reviewers(findings) if outcome is Outcome.HOLD else 0
        if len(findings) > MAX_FINDINGS:
            findings = sorted(findings, key=lambda finding: -finding.outcome.rank)[:MAX_FINDINGS]
        return Verdict(outcome, tuple(findings), reviewers, self._digest, ENGINE_VERSION, NORMALISER_VERSION)

    def _reviewers(self, findings: list[Finding]) -> int:
        holding = {finding.rule for finding in findings if finding.outcome is Outcome.HOLD}
        return max((rule.rule.reviewers for rule in self._rules if rule.rule.id in holding), default=1)

    def _held_for(self, error: Exception) -> Verdict:
        if isinstance(error, TooManyHits):
            return self._held("the text hits too many terms to be searched to its end")
        if isinstance(error, TimeoutError):
            return self._held("the check took too long")
        # Only the type: a message could quote the text.
        logger.error("The policy engine failed with %s; the text is held.", type(error).__name__)
        return self._held(f"the check failed ({type(error).__name__})")

    def _held(self, reason: str) -> Verdict:
        return fail_closed(reason, policy_digest=self._digest, normaliser_version=NORMALISER_VERSION)


def compile_policy(policy: Policy) -> Scanner:
    """The scanner for this policy."""
    return Scanner(policy)


def _finding(rule: CompiledRule, hit: Hit, examination: Examination) -> Finding:
    # What only a disguise-breaking view saw may be an accident: a person decides, it never blocks outright.
    outcome = rule.rule.outcome if hit.view == "A" else min(rule.rule.outcome, Outcome.HOLD)
    return Finding(
        rule=rule.rule.id,
        term=hit.term,
        field=examination.readings[hit.reading].name,
        start=hit.start,
        end=hit.end,
        view=hit.view,
        confidence=hit.confidence,
        outcome=outcome,
        seen_as=hit.seen_as,
        title=rule.rule.title,
        why=rule.rule.explain,
    )
