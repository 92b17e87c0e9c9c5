"""Reads a policy from YAML: all of it or none, with every mistake named, placed and explained."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from corpblog.policy.engine.identifiers import KINDS as IDENTIFIERS
from corpblog.policy.engine.lexicon import is_searchable
from corpblog.policy.engine.model import (
    ANY,
    FORMAT_VERSION,
    AllOf,
    Defaults,
    Detector,
    Examples,
    Identifier,
    Keywords,
    Near,
    Place,
    Policy,
    Regex,
    Rule,
    RuleAudience,
    Secret,
    Validator,
)
from corpblog.policy.engine.problems import PolicyError, Problem
from corpblog.policy.engine.regexes import VALIDATORS, pattern_problem
from corpblog.policy.engine.secrets import KINDS as SECRETS
from corpblog.policy.engine.verdict import FAIL_CLOSED_RULE, Outcome
from corpblog.policy.engine.wording import LANGUAGES, NO_WORDING, Wording

MAX_DOCUMENT: Final = 2_000_000  # characters: longer word lists belong into dictionaries
MAX_DEPTH: Final = 6
_DEEPEST: Final = 100  # brackets that are open at once, those in quoted texts included
MAX_TERM: Final = 200
MAX_REVIEWERS: Final = 5
_RULE_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DICTIONARY_NAME: Final = re.compile(r"[A-Za-z0-9][\w.\- ]{0,99}")

_POLICY_KEYS: Final = ("policy", "name", "rules", "default")
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
_DETECTORS: Final = ("keywords", "regex", "identifier", "secret", "near", "all_of")
_AUDIENCES: Final = ("external", "internal", ANY)
_OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)


def load_policy(text: str, dictionaries: Mapping[str, Iterable[str]] | None = None) -> Policy:
    """The policy that this YAML says. Raises `PolicyError` with every problem, not only the first."""
    reader = _Reader(dictionaries or {})
    document = reader.document(text)
    policy = reader.policy(document, text) if document is not None else None
    if reader.problems or policy is None:
        raise PolicyError(reader.problems)
    return policy


def terms_of_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """The terms of a dictionary: one a line, blank lines and lines that begin with # left out."""
    stripped = (line.strip() for line in lines)
    return tuple(dict.fromkeys(line for line in stripped if line and not line.startswith("#")))


class _Constructor(RoundTripConstructor):
    """Leaves moments as they were written: the usual reading loses the time zone."""

    def construct_moment(self, node: ScalarNode, values: Any = None) -> Moment:
        return Moment(self.construct_scalar(node))


class Moment(str):
    """A date and time as it was written."""

    __slots__ = ()


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_moment)


def new_yaml() -> YAML:
    """The YAML dialect of policies: comments, quotes, order and moments survive."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Constructor = _Constructor
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.allow_unicode = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        Moment, lambda representer, moment: representer.represent_scalar("tag:yaml.org,2002:timestamp", str(moment))
    )
    return yaml


class _Reader:
    """Walks the document. A method that meets a mistake notes it and goes on with something harmless."""

    def __init__(self, dictionaries: Mapping[str, Iterable[str]]) -> None:
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self._given = dictionaries
        self._used: dict[str, tuple[str, ...]] = {}
        self._visited: set[int] = set()

    def _report(self, path: str, place: Place, en: str, fr: str) -> None:
        self.problems.append(Problem(*place, path, en, fr))

    # The document ------------------------------------------------------------------------------------------------

    def document(self, text: str) -> CommentedMap | None:
        """The parsed YAML, if it is a mapping."""
        if len(text) > MAX_DOCUMENT:
            self._report(
                "",
                (1, 1),
                f"The policy is longer than {MAX_DOCUMENT:,} characters. Put long word lists into dictionaries.",
                f"La politique dépasse {MAX_DOCUMENT} caractères. Mettez les longues listes dans des dictionnaires.",
            )
            return None
        if place := _too_deep(text):
            self._report(
                "",
                place,
                "The brackets or dashes are nested too deeply here. Close some first.",
                "Les crochets ou tirets sont trop imbriqués ici. Fermez-en d’abord.",
            )
            return None
        try:
            parsed = new_yaml().load(text)
        except MarkedYAMLError as error:
            self._malformed(error)
            return None
        except (YAMLError, ValueError, RecursionError) as error:
            self._unreadable(error)
            return None
        if isinstance(parsed, CommentedMap):
            return parsed
        self._report(
            "",
            (1, 1),
            "This is not a policy. A policy begins with `policy: 1`, then `name:` and `rules:`.",
            "Ce n’est pas une politique. Une politique commence par « policy: 1 », puis « name: » et « rules: ».",
        )
        return None

    def _malformed(self, error: MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        said = " ".join(str(part) for part in (error.context, error.problem) if part) or "malformed"
        said = said.splitlines()[0]
        self._report(
            "",
            place,
            f"The YAML cannot be read here: {said}. Check the indentation, and quote texts that hold : # or brackets.",
            f"Le YAML est illisible ici : {said}. Vérifiez l’indentation, et mettez entre guillemets les textes "
            "qui contiennent : # ou des crochets.",
        )

    def _unreadable(self, error: Exception) -> None:
        found = re.search(r"line (\d+), column (\d+)", str(error))
        place = (int(found[1]), int(found[2])) if found else (1, 1)
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        self._report(
            "",
            place,
            f"The YAML cannot be read: {reason}. Remove control characters and deep nesting.",
            f"Le YAML est illisible : {reason}. Retirez les caractères de contrôle et les imbrications profondes.",
        )

    def policy(self, node: CommentedMap, text: str) -> Policy:
        self._mapping(node, "", (1, 1), _POLICY_KEYS, required=("policy", "name", "rules"))
        version = node.get("policy")
        if "policy" in node and (isinstance(version, bool) or version != FORMAT_VERSION):
            self._report(
                "policy",
                _value_place(node, "policy"),
                f"This format version is unknown: write `policy: {FORMAT_VERSION}`.",
                f"Version de format inconnue : écrivez « policy: {FORMAT_VERSION} ».",
            )
        name = self._text(node, "name", "", longest=100)
        rules = self._rules(node)
        default = self._defaults(node)
        return Policy(name, rules, default, dict(self._used), text, dict(self.places))

    def _defaults(self, node: CommentedMap) -> Defaults:
        if "default" not in node:
            return Defaults()
        inner, place = node["default"], _value_place(node, "default")
        if not self._mapping(inner, "default", place, ("external", "internal")):
            return Defaults()
        return Defaults(
            self._outcome(inner, "external", "default", Outcome.ALLOW),
            self._outcome(inner, "internal", "default", Outcome.ALLOW),
        )

    # Rules -------------------------------------------------------------------------------------------------------

    def _rules(self, node: CommentedMap) -> tuple[Rule, ...]:
        if "rules" not in node:
            return ()
        items = self._list(node, "rules", "", at_least_one=True)
        rules = [self._rule(item, f"rules[{index}]", _item_place(items, index)) for index, item in enumerate(items)]
        self._unique(items, rules)
        return tuple(rule for rule in rules if rule)

    def _unique(self, items: Sequence[Any], rules: Sequence[Rule | None]) -> None:
        seen: set[str] = set()
        for index, rule in enumerate(rules):
            if rule and rule.id in seen:
                self._report(
                    f"rules[{index}].id",
                    _value_place(items[index], "id"),
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
                _value_place(node, "id"),
                f"An id has small letters, digits and single dashes, such as “{suggestion}”.",
                f"Un identifiant s’écrit en minuscules, chiffres et tirets simples, par exemple « {suggestion} ».",
            )
        if rule_id == FAIL_CLOSED_RULE:
            self._report(
                f"{path}.id",
                _value_place(node, "id"),
                f"“{FAIL_CLOSED_RULE}” is reserved for texts that could not be checked. Choose another id.",
                f"« {FAIL_CLOSED_RULE} » est réservé aux textes non vérifiables. Choisissez un autre identifiant.",
            )
        return rule_id

    def _examples(self, node: CommentedMap, path: str) -> Examples:
        if "examples" not in node:
            return Examples()
        inner, here = node["examples"], f"{path}.examples"
        if not self._mapping(inner, here, _value_place(node, "examples"), ("match", "pass")):
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
                _value_place(node, "until"),
                "Write date, time and time zone, such as 2027-03-01T08:00:00+01:00.",
                "Écrivez la date, l’heure et le fuseau, par exemple 2027-03-01T08:00:00+01:00.",
            )
            return None
        return moment

    # Detectors ---------------------------------------------------------------------------------------------------

    def _detectors(self, node: CommentedMap, key: str, path: str, depth: int) -> tuple[Detector, ...]:
        here = f"{path}.{key}"
        if depth > MAX_DEPTH:
            self._report(
                here,
                _value_place(node, key),
                "This is nested too deeply: split the rule.",
                "L’imbrication est trop profonde : divisez la règle.",
            )
            return ()
        items = self._list(node, key, path, at_least_one=True)
        read = (
            self._detector(item, f"{here}[{index}]", _item_place(items, index), depth)
            for index, item in enumerate(items)
        )
        return tuple(detector for detector in read if detector)

    def _detector(self, node: Any, path: str, place: Place, depth: int) -> Detector | None:
        if not self._mapping(node, path, place, _DETECTORS):
            return None
        if len(node) != 1:
            names = ", ".join(_DETECTORS)
            self._report(
                path,
                place,
                f"Each entry of the list holds exactly one of {names}. Begin a new line with - for the next.",
                f"Chaque entrée contient un seul élément parmi {names}. Commencez une ligne par - pour le suivant.",
            )
            return None
        kind = next(iter(node))
        if kind not in _DETECTORS:
            return None
        if kind == "all_of":
            return self._group(AllOf, self._detectors(node, "all_of", path, depth + 1), node, kind, path)
        here, inner, at = f"{path}.{kind}", node[kind], _value_place(node, kind)
        read: dict[str, Callable[[CommentedMap, str, Place], Detector | None]] = {
            "keywords": self._keywords,
            "regex": self._regex,
            "identifier": self._identifier,
            "secret": self._secret,
            "near": lambda inner, here, at: self._near(inner, here, at, depth),
        }
        return read[kind](inner, here, at)

    def _group(
        self,
        make: Callable[[tuple[Detector, ...]], Detector],
        parts: tuple[Detector, ...],
        node: CommentedMap,
        key: str,
        path: str,
    ) -> Detector | None:
        if len(parts) < 2 and isinstance(node.get(key), CommentedSeq) and len(node[key]) < 2:
            self._report(
                f"{path}.{key}",
                _value_place(node, key),
                f"`{key}` combines at least two detectors. For one, write it directly.",
                f"« {key} » combine au moins deux détecteurs. Pour un seul, écrivez-le directement.",
            )
            return None
        return make(parts)

    def _keywords(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, ("terms", "dictionary", "whole_words", "inflect")):
            return None
        terms = self._strings(node, "terms", path, (), empty=True)
        self._searchable(node, terms, path)
        dictionary = self._dictionary(node, path)
        if not terms and "dictionary" not in node:
            self._report(
                path,
                place,
                "There are no words to look for: add `terms: [...]` or `dictionary: name`.",
                "Il n’y a aucun mot à chercher : ajoutez « terms: [...] » ou « dictionary: nom ».",
            )
        return Keywords(
            terms, dictionary, self._flag(node, "whole_words", path, True), self._flag(node, "inflect", path, False)
        )

    def _searchable(self, node: CommentedMap, terms: tuple[str, ...], path: str) -> None:
        items = node.get("terms")
        if not isinstance(items, CommentedSeq):
            return
        for index, item in enumerate(items):
            if isinstance(item, str) and item.strip() and not is_searchable(item):
                self._report(
                    f"{path}.terms[{index}]",
                    _item_place(items, index),
                    "This term has only spaces, dashes or invisible characters: nothing could be found. Remove it.",
                    "Ce terme ne contient que des espaces, tirets ou caractères invisibles ; rien ne peut être trouvé. "
                    "Retirez-le.",
                )

    def _dictionary(self, node: CommentedMap, path: str) -> str:
        if "dictionary" not in node:
            return ""
        name = self._text(node, "dictionary", path, longest=100)
        if not name or name in self._used:
            return name
        here, place = f"{path}.dictionary", _value_place(node, "dictionary")
        if not _DICTIONARY_NAME.fullmatch(name):
            self._report(
                here,
                place,
                "A dictionary's name has letters, digits, dots and dashes, and no folder.",
                "Le nom d’un dictionnaire contient des lettres, chiffres, points et tirets, sans dossier.",
            )
            return name
        try:
            terms = terms_of_lines(self._given[name])
        except (KeyError, OSError, UnicodeError):
            near = _close(name, list(self._given))
            self._report(
                here,
                place,
                f"There is no dictionary “{name}”.{_did_you_mean_en(near)} Upload it first.",
                f"Il n’y a pas de dictionnaire « {name} ».{_did_you_mean_fr(near)} Téléversez-le d’abord.",
            )
            return name
        self._used[name] = tuple(term for term in terms if is_searchable(term))
        if not self._used[name]:
            self._report(
                here, place, f"The dictionary “{name}” has no terms.", f"Le dictionnaire « {name} » n’a aucun terme."
            )
        return name

    def _regex(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, ("pattern", "validator"), required=("pattern",)):
            return None
        pattern = self._text(node, "pattern", path, longest=2000)
        if pattern and (problem := pattern_problem(pattern)):
            self._report(
                f"{path}.pattern",
                _value_place(node, "pattern"),
                f"This pattern cannot be used: {problem.en}.",
                f"Ce motif ne peut pas être utilisé : {problem.fr}.",
            )
        validator = self._choice(node, "validator", path, tuple(VALIDATORS), "none")
        return Regex(pattern, cast(Validator, validator))

    def _identifier(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, ("kinds",), required=("kinds",)):
            return None
        return Identifier(self._kinds(node, path, tuple(IDENTIFIERS)))

    def _secret(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, ("kinds",)):
            return None
        return Secret(self._kinds(node, path, tuple(SECRETS)) if "kinds" in node else (ANY,))

    def _kinds(self, node: CommentedMap, path: str, known: tuple[str, ...]) -> tuple[str, ...]:
        kinds = self._strings(node, "kinds", path, ())
        items = node.get("kinds")
        for index, kind in enumerate(kinds):
            if kind not in (ANY, *known):
                place = _item_place(items, index) if isinstance(items, CommentedSeq) else _value_place(node, "kinds")
                self._unknown_choice(f"{path}.kinds[{index}]", place, kind, (ANY, *known))
        return kinds

    def _near(self, node: CommentedMap, path: str, place: Place, depth: int) -> Detector | None:
        if not self._mapping(node, path, place, ("words", "all"), required=("words", "all")):
            return None
        words = self._number(node, "words", path, 8, least=0, most=200)
        parts = self._detectors(node, "all", path, depth + 1) if "all" in node else ()
        return self._group(lambda detectors: Near(words, detectors), parts, node, "all", path)

    # Values ------------------------------------------------------------------------------------------------------

    def _mapping(
        self, node: Any, path: str, place: Place, known: tuple[str, ...], required: tuple[str, ...] = ()
    ) -> bool:
        """Notes whether this is a mapping with these keys; it may be read when it is one."""
        if not isinstance(node, CommentedMap):
            self._report(
                path,
                place,
                f"Expected `key: value` lines here ({', '.join(known)}).",
                f"Des lignes « clé: valeur » sont attendues ici ({', '.join(known)}).",
            )
            return False
        if not self._first_visit(node, path, place):
            return False
        for key in node:
            if key not in known:
                near = _close(str(key), known)
                self._report(
                    f"{path}.{key}".lstrip("."),
                    _key_place(node, key),
                    f"“{key}” is not known here.{_did_you_mean_en(near)} Known: {', '.join(known)}.",
                    f"« {key} » n’est pas connu ici.{_did_you_mean_fr(near)} Possibles : {', '.join(known)}.",
                )
            else:
                self.places[f"{path}.{key}".lstrip(".")] = _value_place(node, key)
        for key in required:
            if key not in node:
                self._report(
                    path, place, f"“{key}” is missing: add `{key}:`.", f"« {key} » manque : ajoutez « {key}: »."
                )
        return True

    def _first_visit(self, node: Any, path: str, place: Place) -> bool:
        """Refuses anchors and aliases: a few lines of them can stand for billions."""
        if id(node) in self._visited:
            self._report(
                path,
                place,
                "Anchors and aliases (& and *) are not used in policies: write the part out.",
                "Les ancres et alias (& et *) ne s’utilisent pas dans les politiques : écrivez le passage en entier.",
            )
            return False
        self._visited.add(id(node))
        return True

    def _list(self, node: CommentedMap, key: str, path: str, *, at_least_one: bool) -> Sequence[Any]:
        items, here, place = node[key], f"{path}.{key}".lstrip("."), _value_place(node, key)
        if not isinstance(items, CommentedSeq):
            self._report(
                here,
                place,
                f"`{key}` is a list: begin each entry with - .",
                f"« {key} » est une liste : commencez chaque entrée par - .",
            )
            return ()
        if not self._first_visit(items, here, place):
            return ()
        if at_least_one and not items:
            self._report(
                here,
                place,
                f"`{key}` is empty: add an entry or remove it.",
                f"« {key} » est vide : ajoutez une entrée ou retirez-la.",
            )
        return items

    def _strings(
        self,
        node: CommentedMap,
        key: str,
        path: str,
        default: tuple[str, ...],
        *,
        empty: bool = False,
        longest: int = MAX_TERM,
    ) -> tuple[str, ...]:
        if key not in node:
            return default
        items = self._list(node, key, path, at_least_one=not empty)
        texts: list[str] = []
        for index, item in enumerate(items):
            here, place = f"{path}.{key}[{index}]", _item_place(items, index)
            self.places[here] = place
            if self._is_text(item, here, place, longest):
                texts.append(str(item))
        return tuple(texts)

    def _is_text(self, value: Any, path: str, place: Place, longest: int) -> bool:
        if not isinstance(value, str):
            self._report(
                path,
                place,
                f"Expected a text; put quotes around {_shown(value)}.",
                f"Un texte est attendu ; mettez des guillemets autour de {_shown_fr(value)}.",
            )
            return False
        if not value.strip():
            self._report(
                path,
                place,
                "This text is empty: fill it in or remove it.",
                "Ce texte est vide : remplissez-le ou retirez-le.",
            )
            return False
        if len(value) > longest:
            self._report(
                path,
                place,
                f"This text has {len(value)} characters; {longest} is the limit.",
                f"Ce texte a {len(value)} caractères ; la limite est de {longest}.",
            )
            return False
        return True

    def _text(self, node: CommentedMap, key: str, path: str, *, longest: int) -> str:
        if key not in node:
            return ""
        here = f"{path}.{key}".lstrip(".")
        return str(node[key]) if self._is_text(node[key], here, _value_place(node, key), longest) else ""

    def _wording(self, node: CommentedMap, key: str, path: str) -> Wording:
        if key not in node:
            return NO_WORDING
        inner, here = node[key], f"{path}.{key}"
        if not self._mapping(inner, here, _value_place(node, key), LANGUAGES):
            return NO_WORDING
        return Wording(self._text(inner, "en", here, longest=500), self._text(inner, "fr", here, longest=500))

    def _flag(self, node: CommentedMap, key: str, path: str, default: bool) -> bool:
        value = node.get(key, default)
        if isinstance(value, bool):
            return value
        self._report(
            f"{path}.{key}",
            _value_place(node, key),
            f"`{key}` is true or false, not {_shown(value)}.",
            f"« {key} » vaut true ou false, pas {_shown_fr(value)}.",
        )
        return default

    def _number(self, node: CommentedMap, key: str, path: str, default: int, *, least: int, most: int) -> int:
        value = node.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return int(value)
        self._report(
            f"{path}.{key}",
            _value_place(node, key),
            f"`{key}` is a whole number from {least} to {most}, not {_shown(value)}.",
            f"« {key} » est un nombre entier de {least} à {most}, pas {_shown_fr(value)}.",
        )
        return default

    def _outcome(self, node: CommentedMap, key: str, path: str, default: Outcome) -> Outcome:
        return Outcome(self._choice(node, key, path, _OUTCOMES, default.value))

    def _choice(self, node: CommentedMap, key: str, path: str, known: tuple[str, ...], default: str) -> str:
        value = node.get(key, default)
        if isinstance(value, str) and value in known:
            return str(value)
        self._unknown_choice(f"{path}.{key}".lstrip("."), _value_place(node, key), value, known)
        return default

    def _unknown_choice(self, path: str, place: Place, value: Any, known: Sequence[str]) -> None:
        near = _close(str(value), known)
        listed = ", ".join(known)
        self._report(
            path,
            place,
            f"{_shown(value)} is not one of the choices.{_did_you_mean_en(near)} Choose from: {listed}.",
            f"{_shown_fr(value)} ne fait pas partie des choix.{_did_you_mean_fr(near)} Choisissez parmi : {listed}.",
        )


_NESTING: Final = re.compile(r"[\[{]|[\]}]|(?:- ){20}|(?:\? ){20}")


def _too_deep(text: str) -> Place | None:
    """Where the document opens more than anybody would: the YAML reader needs seconds for a thousand brackets."""
    depth = 0
    for mark in _NESTING.finditer(text):
        depth += 1 if mark.group() in "[{" else -1 if mark.group() in "]}" else _DEEPEST + 1
        depth = max(depth, 0)
        if depth > _DEEPEST:
            line = text.count("\n", 0, mark.start())
            return line + 1, mark.start() - (text.rfind("\n", 0, mark.start()) + 1) + 1
    return None


def _close(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), "")


def _did_you_mean_en(near: str) -> str:
    return f" Did you mean “{near}”?" if near else ""


def _did_you_mean_fr(near: str) -> str:
    return f" Vouliez-vous dire « {near} » ?" if near else ""


def _shown(value: Any) -> str:
    return f"“{_short(value)}”"


def _shown_fr(value: Any) -> str:
    return f"« {_short(value)} »"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def _key_place(node: CommentedMap, key: Any) -> Place:
    return _place(node.lc.key, key, node)


def _value_place(node: CommentedMap, key: Any) -> Place:
    return _place(node.lc.value, key, node)


def _item_place(items: Any, index: int) -> Place:
    return _place(items.lc.item, index, items)


def _place(look_up: Callable[[Any], tuple[int, int]], key: Any, node: Any) -> Place:
    """Where it stands; where its parent stands for what a merge brought in."""
    try:
        line, column = look_up(key)
    except (KeyError, TypeError, AttributeError):
        line, column = node.lc.line or 0, node.lc.col or 0
    return line + 1, column + 1
