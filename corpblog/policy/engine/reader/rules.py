"""The rules of a policy, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

from ruamel.yaml.comments import CommentedMap

from corpblog.policy.engine.model import ANY, Examples, Place, Rule, RuleAudience
from corpblog.policy.engine.reader.detectors import DetectorReader
from corpblog.policy.engine.reader.values import item_place, value_place
from corpblog.policy.engine.verdict import FAIL_CLOSED_RULE, Outcome

MAX_REVIEWERS: Final = 5
_RULE_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RULE_KEYS: Final = (
    "id",
    "title",
    "audience",
    "destinations",
    "groups",
    "detect",
    "except",
    "min_count",
    "until",
    "outcome",
    "reviewers",
    "explain",
    "examples",
)
_AUDIENCES: Final = ("external", "internal", ANY)


class RuleReader(DetectorReader):
    """Reads rules."""

    def _rules(self, node: CommentedMap) -> tuple[Rule, ...]:
        if "rules" not in node:
            return ()
        items = self._list(node, "rules", "", at_least_one=True)
        rules = [self._rule(item, f"rules[{index}]", item_place(items, index)) for index, item in enumerate(items)]
        self._unique(items, rules)
        return tuple(rule for rule in rules if rule)

    def _unique(self, items: Sequence[Any], rules: Sequence[Rule | None]) -> None:
        seen: set[str] = set()
        for index, rule in enumerate(rules):
            if rule and rule.id in seen:
                self._report(
                    f"rules[{index}].id",
                    value_place(items[index], "id"),
                    f"Another rule is already called “{rule.id}”. Give this one its own id.",
                    f"Une autre règle s’appelle déjà « {rule.id} ». Donnez à celle-ci son propre identifiant.",
                )
            if rule:
                seen.add(rule.id)

    def _rule(self, node: Any, path: str, place: Place) -> Rule | None:
        if not self._mapping(node, path, place, _RULE_KEYS, required=("id", "detect", "outcome")):
            return None
        self.places[path] = place
        return Rule(
            id=self._rule_id(node, path),
            detect=self._detectors(node, "detect", path, 0) if "detect" in node else (),
            outcome=self._outcome(node, "outcome", path, Outcome.HOLD),
            title=self._wording(node, "title", path),
            audience=cast(RuleAudience, self._choice(node, "audience", path, _AUDIENCES, ANY)),
            destinations=self._strings(node, "destinations", path, (ANY,)),
            groups=self._strings(node, "groups", path, (ANY,)),
            exceptions=self._detectors(node, "except", path, 0) if "except" in node else (),
            min_count=self._number(node, "min_count", path, 1, least=1, most=1000),
            until=self._moment(node, path),
            reviewers=self._number(node, "reviewers", path, 1, least=1, most=MAX_REVIEWERS),
            explain=self._wording(node, "explain", path),
            examples=self._examples(node, path),
        )

    def _rule_id(self, node: CommentedMap, path: str) -> str:
        rule_id = self._text(node, "id", path, longest=60)
        if rule_id and not _RULE_ID.fullmatch(rule_id):
            suggestion = re.sub(r"[^a-z0-9]+", "-", rule_id.lower()).strip("-") or "my-rule"
            self._report(
                f"{path}.id",
                value_place(node, "id"),
                f"An id has small letters, digits and single dashes, such as “{suggestion}”.",
                f"Un identifiant s’écrit en minuscules, chiffres et tirets simples, par exemple « {suggestion} ».",
            )
        if rule_id == FAIL_CLOSED_RULE:
            self._report(
                f"{path}.id",
                value_place(node, "id"),
                f"“{FAIL_CLOSED_RULE}” is reserved for texts that could not be checked. Choose another id.",
                f"« {FAIL_CLOSED_RULE} » est réservé aux textes non vérifiables. Choisissez un autre identifiant.",
            )
        return rule_id

    def _examples(self, node: CommentedMap, path: str) -> Examples:
        if "examples" not in node:
            return Examples()
        inner, here = node["examples"], f"{path}.examples"
        if not self._mapping(inner, here, value_place(node, "examples"), ("match", "pass")):
            return Examples()
        longest = 20_000
        return Examples(
            self._strings(inner, "match", here, (), empty=True, longest=longest),
            self._strings(inner, "pass", here, (), empty=True, longest=longest),
        )

    def _moment(self, node: CommentedMap, path: str) -> datetime | None:
        if "until" not in node:
            return None
        try:
            moment = datetime.fromisoformat(str(node["until"]))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._report(
                f"{path}.until",
                value_place(node, "until"),
                "Write date, time and time zone, such as 2027-03-01T08:00:00+01:00.",
                "Écrivez la date, l’heure et le fuseau, par exemple 2027-03-01T08:00:00+01:00.",
            )
            return None
        return moment
