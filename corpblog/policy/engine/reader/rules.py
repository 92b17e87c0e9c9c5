"""The rules of a policy, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, cast

from ruamel.yaml.comments import CommentedMap

from corpblog.policy.engine.model import ANY, Examples, Place, Rule, RuleAudience
from corpblog.policy.engine.reader.conditions import ConditionReader
from corpblog.policy.engine.reader.detectors import DetectorReader
from corpblog.policy.engine.reader.keys import KEYS
from corpblog.policy.engine.reader.values import item_place, value_place
from corpblog.policy.engine.verdict import FAIL_CLOSED_RULE, Outcome

MAX_REVIEWERS: Final = 5
_RULE_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Without one of these and without `detect` a rule would object to every post.
_CONDITIONS: Final = ("destinations", "groups", "classification", "languages", "attachments", "between")
_NEED_DETECT: Final = ("except", "min_count", "min_distinct")
_AUDIENCES: Final = ("external", "internal", ANY)


class RuleReader(DetectorReader, ConditionReader):
    """Reads rules."""

    def _rules(self, node: CommentedMap) -> tuple[Rule, ...]:
        if "rules" not in node:
            return ()
        items = self._list(node, "rules", "", at_least_one=True)
        rules = [self._rule(item, f"rules[{index}]", item_place(items, index)) for index, item in enumerate(items)]
        self._unique(items, rules)
        self._one_decides(node, rules)
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

    def _one_decides(self, node: CommentedMap, rules: Sequence[Rule | None]) -> None:
        if rules and all(rule and (rule.shadow or rule.resting) for rule in rules):
            self._report(
                "rules",
                value_place(node, "rules"),
                "Every rule is in shadow or rests, so nothing would be decided. Let one of them decide.",
                "Toutes les règles sont dans l’ombre ou au repos : rien ne serait décidé. Laissez-en décider une.",
            )

    def _rule(self, node: Any, path: str, place: Place) -> Rule | None:
        if not self._mapping(node, path, place, KEYS["rule"], required=("id", "outcome")):
            return None
        self.places[path] = place
        self._has_something_to_do(node, path, place)
        return Rule(
            id=self._rule_id(node, path),
            detect=self._detectors(node, "detect", path, 0) if "detect" in node else (),
            outcome=self._outcome(node, "outcome", path, Outcome.HOLD),
            title=self._wording(node, "title", path),
            audience=cast(RuleAudience, self._choice(node, "audience", path, _AUDIENCES, ANY)),
            destinations=self._strings(node, "destinations", path, (ANY,)),
            groups=self._strings(node, "groups", path, (ANY,)),
            classification=self._classification(node, path),
            languages=self._languages(node, path),
            attachments=self._attachments(node, path),
            exceptions=self._detectors(node, "except", path, 0) if "except" in node else (),
            min_count=self._number(node, "min_count", path, 1, least=1, most=1000),
            min_distinct=self._number(node, "min_distinct", path, 1, least=1, most=1000),
            since=self._moment(node, "from", path),
            until=self._moment(node, "until", path),
            between=self._between(node, path),
            shadow=self._flag(node, "shadow", path, False),
            resting=self._flag(node, "resting", path, False),
            pack=self._pack(node, path),
            score=self._number(node, "score", path, 0, least=0, most=100) if "score" in node else None,
            reviewers=self._number(node, "reviewers", path, 1, least=1, most=MAX_REVIEWERS),
            explain=self._wording(node, "explain", path),
            examples=self._examples(node, path),
        )

    def _has_something_to_do(self, node: CommentedMap, path: str, place: Place) -> None:
        if "detect" in node:
            return
        if not any(key in node for key in _CONDITIONS):
            listed = ", ".join(_CONDITIONS)
            self._report(
                f"{path}.detect",
                place,
                f"“detect” is missing: add `detect:`. Without it a rule needs one of {listed}, and then it objects to "
                "every post that fits.",
                f"« detect » manque : ajoutez « detect: ». Sans cela, il faut au moins {listed} ; la règle vise alors "
                "toute publication qui y répond.",
            )
        for key in _NEED_DETECT:
            if key in node:
                self._report(
                    f"{path}.{key}",
                    value_place(node, key),
                    f"`{key}` needs a `detect:`: without one there is nothing to count or to excuse.",
                    f"« {key} » demande un « detect: » : sans lui, il n’y a rien à compter ni à excuser.",
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

    def _pack(self, node: CommentedMap, path: str) -> str:
        pack = self._text(node, "pack", path, longest=60) if "pack" in node else ""
        if pack and not _RULE_ID.fullmatch(pack):
            self._report(
                f"{path}.pack",
                value_place(node, "pack"),
                "A pack has small letters, digits and single dashes, such as “payment-data”.",
                "Un lot s’écrit en minuscules, chiffres et tirets simples, par exemple « payment-data ».",
            )
        return pack

    def _examples(self, node: CommentedMap, path: str) -> Examples:
        if "examples" not in node:
            return Examples()
        inner, here = node["examples"], f"{path}.examples"
        if not self._mapping(inner, here, value_place(node, "examples"), KEYS["examples"]):
            return Examples()
        longest = 20_000
        return Examples(
            self._strings(inner, "match", here, (), empty=True, longest=longest),
            self._strings(inner, "pass", here, (), empty=True, longest=longest),
        )
