"""A compiled policy: immutable, shared by threads, swapped by assigning another one."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from corpblog.policy.engine.automaton import TooManyHits
from corpblog.policy.engine.decoding import TooMuchEncoded
from corpblog.policy.engine.detection import CompiledRule, compile_rules
from corpblog.policy.engine.examination import Examination
from corpblog.policy.engine.fingerprints import KnownText
from corpblog.policy.engine.folding import NORMALISER_VERSION
from corpblog.policy.engine.lexicon import Hit
from corpblog.policy.engine.model import Policy, Rule
from corpblog.policy.engine.verdict import (
    ENGINE_VERSION,
    Audience,
    Field,
    Finding,
    Outcome,
    Scan,
    SeenAs,
    Verdict,
    fail_closed,
    strictest,
)

logger = logging.getLogger(__name__)

MAX_CHARACTERS: Final = 2_000_000
MAX_FINDINGS: Final = 1_000
TIME_LIMIT: Final = 5.0  # seconds, looked at between fields and rules; RE2 and the automata are linear in between


class Scanner:
    """Answers whether a text may leave. Never raises: what goes wrong gives a verdict that holds."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._digest = policy.digest
        self._lexicon, rules = compile_rules(policy)
        awake = tuple(rule for rule in rules if not rule.rule.resting)
        self._rules = tuple(rule for rule in awake if not rule.rule.shadow)
        self._shadows = tuple(rule for rule in awake if rule.rule.shadow)

    def scan(
        self,
        fields: Mapping[str, str] | str,
        *,
        audience: Audience,
        destination: str | None = None,
        destination_name: str | None = None,
        groups: frozenset[str] | None = None,
        now: datetime | None = None,
        channel_classification: str | None = None,
        language: str | None = None,
        attachment_kinds: frozenset[str] | None = None,
        earlier: tuple[str, ...] = (),
        known: tuple[KnownText, ...] = (),
    ) -> Verdict:
        """The verdict on these fields; `Scan` says what each fact means and what follows where it is not known."""
        try:
            named = {"text": fields} if isinstance(fields, str) else fields
            pieces = tuple(Field(name, text) for name, text in named.items())
            facts = (channel_classification, language, attachment_kinds, earlier, known)
            return self.answer(Scan(pieces, audience, destination, destination_name, groups, now, *facts))
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
            return self._held("the policy has no rules that decide")
        if sum(len(piece.text) for piece in question.fields) > MAX_CHARACTERS:
            return self._held(f"the text is longer than {MAX_CHARACTERS} characters")
        deadline = time.monotonic() + TIME_LIMIT
        examination = Examination(question, self._lexicon, deadline)
        findings = _findings(self._rules, question, examination)
        shadowed = _findings(self._shadows, question, examination) if self._shadows else []
        return self._verdict(question.audience, findings, shadowed)

    def _verdict(self, audience: Audience, findings: list[Finding], shadowed: list[Finding]) -> Verdict:
        floor = self.policy.default.for_audience(audience)
        outcome = strictest([floor, *(finding.outcome for finding in findings)], default=floor)
        reviewers = self._reviewers(findings) if outcome is Outcome.HOLD else 0
        return Verdict(
            outcome,
            _gravest(findings),
            reviewers,
            self._digest,
            ENGINE_VERSION,
            NORMALISER_VERSION,
            _gravest(shadowed),
        )

    def _reviewers(self, findings: list[Finding]) -> int:
        holding = {finding.rule for finding in findings if finding.outcome is Outcome.HOLD}
        return max((rule.rule.reviewers for rule in self._rules if rule.rule.id in holding), default=1)

    def _held_for(self, error: Exception) -> Verdict:
        if isinstance(error, TooManyHits):
            return self._held("the text hits too many terms to be searched to its end")
        if isinstance(error, TimeoutError):
            return self._held("the check took too long")
        if isinstance(error, TooMuchEncoded):
            return self._held("it has more encoded text than is looked at")
        # Only the type: a message could quote the text.
        logger.error("The policy engine failed with %s; the text is held.", type(error).__name__)
        return self._held(f"the check failed ({type(error).__name__})")

    def _held(self, reason: str) -> Verdict:
        return fail_closed(reason, policy_digest=self._digest, normaliser_version=NORMALISER_VERSION)


def compile_policy(policy: Policy) -> Scanner:
    """The scanner for this policy."""
    return Scanner(policy)


def _findings(rules: tuple[CompiledRule, ...], question: Scan, examination: Examination) -> list[Finding]:
    return [finding for rule in rules if rule.applies(question) for finding in _findings_of(rule, examination)]


def _findings_of(rule: CompiledRule, examination: Examination) -> Iterator[Finding]:
    if not rule.rule.detect:
        yield _finding(rule.rule, _THE_POST, "")
    for hit in rule.hits(examination):
        yield _finding(rule.rule, hit, examination.readings[hit.reading].name)


# What a rule without detectors objects to: no place, the post as it is.
_THE_POST: Final = Hit(0, 0, 0, "", "A", 1.0, SeenAs.WRITTEN)


def _finding(rule: Rule, hit: Hit, field: str) -> Finding:
    # What only a disguise-breaking view saw may be an accident: a person decides, it never blocks outright.
    outcome = rule.outcome if hit.view == "A" else min(rule.outcome, Outcome.HOLD)
    return Finding(
        rule=rule.id,
        term=hit.term,
        field=field,
        start=hit.start,
        end=hit.end,
        view=hit.view,
        confidence=hit.confidence,
        outcome=outcome,
        seen_as=hit.seen_as,
        score=rule.gravity,
        title=rule.title,
        why=rule.explain,
    )


def _gravest(findings: list[Finding]) -> tuple[Finding, ...]:
    """All of them, or the gravest where there are too many to keep."""
    if len(findings) > MAX_FINDINGS:
        findings = sorted(findings, key=lambda finding: (-finding.outcome.rank, -finding.score))[:MAX_FINDINGS]
    return tuple(findings)
