"""A policy proves itself: its rules find their own examples and leave their counter-examples alone."""

from __future__ import annotations

from dataclasses import replace

from corpblog.policy.engine.model import ANY, Policy, Rule
from corpblog.policy.engine.problems import Problem
from corpblog.policy.engine.scanner import Scanner
from corpblog.policy.engine.verdict import FAIL_CLOSED_RULE, Audience, Verdict


def check_examples(policy: Policy, scanner: Scanner | None = None) -> list[Problem]:
    """What does not hold, each with its place. A policy with problems here may not be put in force."""
    if any(rule.shadow or rule.resting for rule in policy.rules):
        scanner = Scanner(_awake(policy))
    scanner = scanner or Scanner(policy)
    return [problem for index, rule in enumerate(policy.rules) for problem in _check_rule(policy, scanner, rule, index)]


def _awake(policy: Policy) -> Policy:
    """The policy with every rule deciding: one that is in shadow or rests must hold its examples too."""
    return replace(policy, rules=tuple(replace(rule, shadow=False, resting=False) for rule in policy.rules))


def _check_rule(policy: Policy, scanner: Scanner, rule: Rule, index: int) -> list[Problem]:
    problems: list[Problem] = []
    for kind, texts, wanted in (("match", rule.examples.match, True), ("pass", rule.examples.allow, False)):
        for number, text in enumerate(texts):
            if _finds(scanner, rule, text) is not wanted:
                path = f"rules[{index}].examples.{kind}[{number}]"
                line, column = policy.places.get(path, (1, 1))
                problems.append(Problem(line, column, path, *_sentences(rule, text, wanted=wanted)))
    return problems


def _finds(scanner: Scanner, rule: Rule, text: str) -> bool | None:
    """Whether the rule finds something; None, which is neither, when the text could not be checked."""
    verdict = _verdict(scanner, rule, text)
    if FAIL_CLOSED_RULE in verdict.rules:
        return None
    return rule.id in verdict.rules


def _verdict(scanner: Scanner, rule: Rule, text: str) -> Verdict:
    """The example as a post to a place that the rule speaks of; no other fact is known, and so none exempts it."""
    audience: Audience = "internal" if rule.audience == "internal" else "external"
    destination = next((name for name in rule.destinations if name != ANY), None)
    return scanner.scan(text, audience=audience, destination=destination)


def _sentences(rule: Rule, text: str, *, wanted: bool) -> tuple[str, str]:
    shown = text if len(text) <= 60 else text[:57] + "…"
    if wanted:
        return (
            f"The rule “{rule.id}” should find something in “{shown}”. Widen the rule or correct the example.",
            f"La règle « {rule.id} » devrait réagir à « {shown} ». Élargissez-la ou corrigez l’exemple.",
        )
    return (
        f"The rule “{rule.id}” should leave “{shown}” alone. Narrow the rule or add an exception.",
        f"La règle « {rule.id} » devrait laisser passer « {shown} ». Restreignez-la ou ajoutez une exception.",
    )
