"""Single values of a policy: each is read with its place, and what is wrong with it is said in both languages."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from corpblog.policy.engine.model import Place
from corpblog.policy.engine.problems import Problem
from corpblog.policy.engine.verdict import Outcome
from corpblog.policy.engine.wording import LANGUAGES, NO_WORDING, Wording

MAX_TERM: Final = 200
_OUTCOMES: Final = tuple(outcome.value for outcome in Outcome)


class ValueReader:
    """Walks the document. A method that meets a mistake notes it and goes on with something harmless."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self._visited: set[int] = set()

    def _report(self, path: str, place: Place, en: str, fr: str) -> None:
        self.problems.append(Problem(*place, path, en, fr))

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
                near = close_to(str(key), known)
                self._report(
                    f"{path}.{key}".lstrip("."),
                    key_place(node, key),
                    f"“{key}” is not known here.{did_you_mean_en(near)} Known: {', '.join(known)}.",
                    f"« {key} » n’est pas connu ici.{did_you_mean_fr(near)} Possibles : {', '.join(known)}.",
                )
            else:
                self.places[f"{path}.{key}".lstrip(".")] = value_place(node, key)
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
        items, here, place = node[key], f"{path}.{key}".lstrip("."), value_place(node, key)
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
            here, place = f"{path}.{key}[{index}]", item_place(items, index)
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
        return str(node[key]) if self._is_text(node[key], here, value_place(node, key), longest) else ""

    def _wording(self, node: CommentedMap, key: str, path: str) -> Wording:
        if key not in node:
            return NO_WORDING
        inner, here = node[key], f"{path}.{key}"
        if not self._mapping(inner, here, value_place(node, key), LANGUAGES):
            return NO_WORDING
        return Wording(self._text(inner, "en", here, longest=500), self._text(inner, "fr", here, longest=500))

    def _flag(self, node: CommentedMap, key: str, path: str, default: bool) -> bool:
        value = node.get(key, default)
        if isinstance(value, bool):
            return value
        self._report(
            f"{path}.{key}",
            value_place(node, key),
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
            value_place(node, key),
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
        self._unknown_choice(f"{path}.{key}".lstrip("."), value_place(node, key), value, known)
        return default

    def _choices(self, node: CommentedMap, key: str, path: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """A list of known words."""
        chosen = self._strings(node, key, path, ())
        for index, item in enumerate(chosen):
            if item not in known:
                self._unknown_choice(f"{path}.{key}[{index}]", item_place(node[key], index), item, known)
        return chosen

    def _unknown_choice(self, path: str, place: Place, value: Any, known: Sequence[str]) -> None:
        near = close_to(str(value), known)
        listed = ", ".join(known)
        self._report(
            path,
            place,
            f"{_shown(value)} is not one of the choices.{did_you_mean_en(near)} Choose from: {listed}.",
            f"{_shown_fr(value)} ne fait pas partie des choix.{did_you_mean_fr(near)} Choisissez parmi : {listed}.",
        )


def close_to(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), "")


def did_you_mean_en(near: str) -> str:
    return f" Did you mean “{near}”?" if near else ""


def did_you_mean_fr(near: str) -> str:
    return f" Vouliez-vous dire « {near} » ?" if near else ""


def _shown(value: Any) -> str:
    return f"“{_short(value)}”"


def _shown_fr(value: Any) -> str:
    return f"« {_short(value)} »"


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "…"


def key_place(node: CommentedMap, key: Any) -> Place:
    return _place(node.lc.key, key, node)


def value_place(node: CommentedMap, key: Any) -> Place:
    return _place(node.lc.value, key, node)


def item_place(items: Any, index: int) -> Place:
    return _place(items.lc.item, index, items)


def _place(look_up: Callable[[Any], tuple[int, int]], key: Any, node: Any) -> Place:
    """Where it stands; where its parent stands for what a merge brought in."""
    try:
        line, column = look_up(key)
    except (KeyError, TypeError, AttributeError):
        line, column = node.lc.line or 0, node.lc.col or 0
    return line + 1, column + 1
