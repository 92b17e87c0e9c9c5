"""Small policies for the engine's tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from corpblog.policy.engine import Finding, Scanner, Verdict, compile_policy, load_policy


def rule(**keys: Any) -> dict[str, Any]:
    """A rule that blocks outside, so that a test sees when something is only held."""
    return {"id": "a-rule", "outcome": "block", **keys}


def policy_text(*rules: dict[str, Any], **keys: Any) -> str:
    return json.dumps({"policy": 1, "name": "Test", "rules": list(rules), **keys}, ensure_ascii=False)


def scanner_of(*rules: dict[str, Any], dictionaries: Mapping[str, Iterable[str]] | None = None, **keys: Any) -> Scanner:
    return compile_policy(load_policy(policy_text(*rules, **keys), dictionaries or {}))


def scanner_for(*terms: str, **options: Any) -> Scanner:
    return scanner_of(rule(detect=[{"keywords": {"terms": list(terms), **options}}]))


def detecting(kind: str, **options: Any) -> Scanner:
    return scanner_of(rule(detect=[{kind: options}]))


def scan(scanner: Scanner, text: str, **question: Any) -> Verdict:
    return scanner.scan(text, **({"audience": "external"} | question))


def marks(scanner: Scanner, text: str) -> list[str]:
    """What the findings mark in the text, in order."""
    return [text[finding.start : finding.end] for finding in scan(scanner, text).findings]


def only(scanner: Scanner, text: str) -> Finding:
    (finding,) = scan(scanner, text).findings
    return finding
