"""The rules of a version as cards: what they did lately, grouped by pack, or searched and put in another order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.desk.rule_figures import RuleFigures, rule_figures
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.policy import selectors
from corpblog.policy.engine import Policy, Problem
from corpblog.policy.engine.model import Rule
from corpblog.policy.models import PolicyVersion
from corpblog.policy.ready_made import PACKS
from corpblog.web.policy_figures import line_of
from corpblog.web.policy_words import RuleCard, cards

STATES: Final = {
    "deciding": gettext_lazy("Decides"),
    "watching": gettext_lazy("Only watches"),
    "resting": gettext_lazy("Rests"),
}
ORDERS: Final = {
    "packs": gettext_lazy("By pack"),
    "effect": gettext_lazy("Most finds first"),
    "precision": gettext_lazy("Least precise first"),
    "changed": gettext_lazy("Last changed first"),
    "name": gettext_lazy("By name"),
}


@dataclass(frozen=True)
class Wanted:
    """What was asked of the cards; what makes no sense is the usual."""

    words: str = ""
    state: str = ""
    order: str = "packs"

    @classmethod
    def asked(cls, query: QueryDict) -> "Wanted":
        state, order = query.get("state", ""), query.get("order", "")
        return cls(
            words=query.get("q", "").strip()[:100],
            state=state if state in STATES else "",
            order=order if order in ORDERS else "packs",
        )

    @property
    def is_usual(self) -> bool:
        return self == Wanted()


@dataclass(frozen=True)
class Group:
    """Rules that are switched together; without a `pack`, those that stand alone, or all in another order."""

    pack: str
    title: str
    cards: tuple[RuleCard, ...]
    state: str  # a key of STATES, where all have the same


def state_of(rule: Rule, now: datetime) -> str:
    """Return a key of STATES: a rule before its beginning or after its end rests as well."""
    if rule.resting or (rule.since and now < rule.since) or (rule.until and now >= rule.until):
        return "resting"
    return "watching" if rule.shadow else "deciding"


def cards_context(
    person: Person, shown: PolicyVersion, policy: Policy, problems: list[Problem], query: QueryDict
) -> dict[str, Any]:
    """Return what `_rules.html` shows of a version, as it was asked for."""
    wanted, figures, now = Wanted.asked(query), rule_figures(person), clock.now()
    current = shown if shown.is_in_force else selectors.version_in_force(person)
    numbers = (shown if shown.rule_versions else current or shown).rule_versions
    moments = selectors.moments_in_force(set(numbers.values()))
    before = _policy_before(shown, current)
    made = [
        replace(
            card,
            line=line_of(card.rule, figures.get(card.rule.id)),
            state=state_of(card.rule, now),
            novelty=_novelty(card.rule, before),
            is_in_force=shown.is_in_force or (before is not None and before.rule(card.rule.id) == card.rule),
            changed_in=numbers.get(card.rule.id),
            changed_at=moments.get(numbers.get(card.rule.id, 0)),
        )
        for card in cards(policy, problems)
    ]
    found = [card for card in made if _fits(card, wanted)]
    return {
        "groups": _grouped(found) if wanted.order == "packs" else [Group("", "", _sorted(found, wanted, figures), "")],
        "wanted": wanted,
        "card_states": STATES,
        "card_orders": ORDERS,
        "all_cards": len(made),
        "found_cards": len(found),
    }


def pack_title(pack: str) -> str:
    """Return a pack's name for people; a company's own is called as it is written."""
    return str(PACKS[pack].title) if pack in PACKS else pack.replace("-", " ").capitalize()


def _policy_before(shown: PolicyVersion, current: PolicyVersion | None) -> Policy | None:
    """Return what a version that is not in force yet is compared with."""
    if current is None or not (shown.is_draft or shown.is_proposed):
        return None
    return selectors.in_force().policy


def _novelty(rule: Rule, before: Policy | None) -> str:
    if before is None:
        return ""
    old = before.rule(rule.id)
    return _("New here") if old is None else _("Changed here") if old != rule else ""


def _fits(card: RuleCard, wanted: Wanted) -> bool:
    if wanted.state and card.state != wanted.state:
        return False
    phrases = [item for phrase in (*card.looks_for, *card.exceptions) for item in (phrase.kind, *phrase.items)]
    text = " ".join([card.title, card.rule.id, card.rule.pack, card.explain, *phrases]).casefold()
    return all(word in text for word in wanted.words.casefold().split())


def _sorted(found: list[RuleCard], wanted: Wanted, figures: Mapping[str, RuleFigures]) -> tuple[RuleCard, ...]:
    def finds(card: RuleCard) -> int:
        own = figures.get(card.rule.id, RuleFigures())
        return -(own.spoke + own.would_have)

    def precision(card: RuleCard) -> int:
        found = figures.get(card.rule.id, RuleFigures()).judged.precision
        return 101 if found is None else found

    keys: dict[str, Callable[[RuleCard], Any]] = {
        "effect": finds,
        "precision": precision,
        "changed": lambda card: -(card.changed_in or 0),
        "name": lambda card: card.title.casefold(),
    }
    return tuple(sorted(found, key=keys[wanted.order]))


def _grouped(found: list[RuleCard]) -> list[Group]:
    by_pack: dict[str, list[RuleCard]] = {}
    for card in found:
        by_pack.setdefault(card.rule.pack, []).append(card)
    alone = by_pack.pop("", [])
    groups = [Group(pack, pack_title(pack), tuple(own), _common_state(own)) for pack, own in by_pack.items()]
    # What stands in no pack keeps its place at the head: it is what the company wrote itself.
    title = _("Rules in no pack") if groups else ""
    return [Group("", title, tuple(alone), ""), *groups] if alone else groups


def _common_state(own: list[RuleCard]) -> str:
    switched = {"resting" if card.rule.resting else "watching" if card.rule.shadow else "deciding" for card in own}
    return switched.pop() if len(switched) == 1 else ""
