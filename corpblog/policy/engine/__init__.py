"""The policy engine: text and rules in, findings out. Pure Python: no Django, no database, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corpblog.policy.engine.model import Policy
from corpblog.policy.engine.offsets import utf16_offsets
from corpblog.policy.engine.problems import PolicyError, Problem
from corpblog.policy.engine.verdict import ENGINE_VERSION, Field, Finding, Outcome, Scan, SeenAs, Verdict, fail_closed

NORMALISER_VERSION = "15.0.0-1"


class Scanner:
    """Arrives with the next commit."""


def load_policy(text: str, dictionaries: Mapping[str, Iterable[str]] = {}) -> Policy:  # noqa: B006
    raise NotImplementedError


def dump_policy(policy: Policy) -> str:
    raise NotImplementedError


def compile_policy(policy: Policy) -> Scanner:
    raise NotImplementedError


def check_examples(policy: Policy) -> list[Problem]:
    raise NotImplementedError


def explain(finding: Finding, language: str) -> dict[str, str]:
    raise NotImplementedError


__all__ = [
    "ENGINE_VERSION",
    "NORMALISER_VERSION",
    "Field",
    "Finding",
    "Outcome",
    "Policy",
    "PolicyError",
    "Problem",
    "Scan",
    "Scanner",
    "SeenAs",
    "Verdict",
    "check_examples",
    "compile_policy",
    "dump_policy",
    "explain",
    "fail_closed",
    "load_policy",
    "utf16_offsets",
]
