"""The detectors of a rule, read from YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from corpblog.policy.engine.embargoes import parted
from corpblog.policy.engine.fingerprints import is_fingerprint, read_fingerprint
from corpblog.policy.engine.identifiers import GROUPS
from corpblog.policy.engine.identifiers import KINDS as IDENTIFIERS
from corpblog.policy.engine.links import KINDS as LINKS
from corpblog.policy.engine.markings import KINDS as MARKINGS
from corpblog.policy.engine.model import (
    ANY,
    CHANNEL_LABELS,
    AllOf,
    AnyOf,
    ChannelWords,
    Company,
    Detector,
    Excerpt,
    Identifier,
    Keywords,
    Links,
    Marking,
    Near,
    Not,
    Place,
    RecordMatch,
    Regex,
    Secret,
    Validator,
)
from corpblog.policy.engine.reader.keys import KEYS
from corpblog.policy.engine.reader.values import (
    ValueReader,
    close_to,
    did_you_mean_en,
    did_you_mean_fr,
    item_place,
    value_place,
)
from corpblog.policy.engine.records import is_records, read_records
from corpblog.policy.engine.regexes import VALIDATORS, pattern_problem
from corpblog.policy.engine.secrets import KINDS as SECRETS
from corpblog.policy.engine.terms import is_searchable

MAX_DEPTH: Final = 6
_DICTIONARY_NAME: Final = re.compile(r"[A-Za-z0-9][\w.\- ]{0,99}")


def terms_of_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """The terms of a dictionary: one a line, blank lines and lines that begin with # left out."""
    stripped = (line.strip() for line in lines)
    return tuple(dict.fromkeys(line for line in stripped if line and not line.startswith("#")))


class DetectorReader(ValueReader):
    """Reads detectors, and remembers the word lists that they name."""

    def __init__(self, dictionaries: Mapping[str, Iterable[str]]) -> None:
        super().__init__()
        self._given = dictionaries
        self._used: dict[str, tuple[str, ...]] = {}
        self._company = Company()

    def _detectors(
        self, node: CommentedMap, key: str, path: str, depth: int, *, may_exclude: bool = False
    ) -> tuple[Detector, ...]:
        here = f"{path}.{key}"
        if depth > MAX_DEPTH:
            self._report(
                here,
                value_place(node, key),
                "This is nested too deeply: split the rule.",
                "L’imbrication est trop profonde : divisez la règle.",
            )
            return ()
        items = self._list(node, key, path, at_least_one=True)
        read = (
            self._detector(item, f"{here}[{index}]", item_place(items, index), depth)
            for index, item in enumerate(items)
        )
        detectors = tuple(detector for detector in read if detector)
        if not may_exclude:
            self._refuse_not(detectors, here, value_place(node, key))
        return detectors

    def _detector(self, node: Any, path: str, place: Place, depth: int) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["detect"]):
            return None
        if len(node) != 1:
            names = ", ".join(KEYS["detect"])
            self._report(
                path,
                place,
                f"Each entry of the list holds exactly one of {names}. Begin a new line with - for the next.",
                f"Chaque entrée contient un seul élément parmi {names}. Commencez une ligne par - pour le suivant.",
            )
            return None
        kind = next(iter(node))
        if kind not in KEYS["detect"]:
            return None
        if kind in ("all_of", "any_of"):
            return self._group(node, kind, path, depth)
        if kind == "not":
            return Not(self._detectors(node, "not", path, depth + 1))
        here, inner, at = f"{path}.{kind}", node[kind], value_place(node, kind)
        read: dict[str, Callable[[CommentedMap, str, Place], Detector | None]] = {
            "keywords": self._keywords,
            "excerpt": self._excerpt,
            "records": self._records,
            "channel_words": self._channel_words,
            "regex": self._regex,
            "identifier": self._identifier,
            "secret": lambda inner, here, at: self._of_kinds(Secret, SECRETS, inner, here, at),
            "links": lambda inner, here, at: self._of_kinds(Links, LINKS, inner, here, at),
            "marking": lambda inner, here, at: self._of_kinds(Marking, MARKINGS, inner, here, at),
            "near": lambda inner, here, at: self._near(inner, here, at, depth),
        }
        return read[kind](inner, here, at)

    def _group(self, node: CommentedMap, kind: str, path: str, depth: int) -> Detector | None:
        parts = self._detectors(node, kind, path, depth + 1, may_exclude=kind == "all_of")
        if not self._are_several(node, kind, path):
            return None
        if kind == "any_of":
            return AnyOf(parts)
        if parts and all(isinstance(part, Not) for part in parts):
            self._report(
                f"{path}.{kind}",
                value_place(node, kind),
                "Add something that must be found: `not` alone marks nothing.",
                "Ajoutez ce qui doit être trouvé : « not » seul ne désigne rien.",
            )
        return AllOf(parts)

    def _are_several(self, node: CommentedMap, key: str, path: str) -> bool:
        if not isinstance(node.get(key), CommentedSeq) or len(node[key]) > 1:
            return True
        self._report(
            f"{path}.{key}",
            value_place(node, key),
            f"`{key}` combines at least two detectors. For one, write it directly.",
            f"« {key} » combine au moins deux détecteurs. Pour un seul, écrivez-le directement.",
        )
        return False

    def _refuse_not(self, detectors: tuple[Detector, ...], path: str, place: Place) -> None:
        if any(isinstance(detector, Not) for detector in detectors):
            self._report(
                path,
                place,
                "`not` stands in `all_of` only, beside what must be found. To excuse single finds use `except`.",
                "« not » ne va que dans « all_of », à côté de ce qui doit être trouvé. Pour excuser certains passages, "
                "utilisez « except ».",
            )

    def _keywords(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["keywords"]):
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
                    item_place(items, index),
                    "This term has only spaces, dashes or invisible characters: nothing could be found. Remove it.",
                    "Ce terme ne contient que des espaces, tirets ou caractères invisibles ; rien ne peut être trouvé. "
                    "Retirez-le.",
                )

    def _dictionary(self, node: CommentedMap, path: str) -> str:
        if "dictionary" not in node:
            return ""
        name = self._list_name(node, path)
        if not name or name in self._used or (lines := self._lines(node, name, path)) is None:
            return name
        here, place = f"{path}.dictionary", value_place(node, "dictionary")
        if is_fingerprint(lines) or is_records(lines):
            kind = "excerpt" if is_fingerprint(lines) else "records"
            self._report(
                here,
                place,
                f"“{name}” is no list of words: write `{kind}: {{dictionary: {name}}}`.",
                f"« {name} » n’est pas une liste de mots : écrivez « {kind}: {{dictionary: {name}}} ».",
            )
            return name
        self._used[name] = tuple(line for line in terms_of_lines(lines) if self._is_term(line, name, here, place))
        if not self._used[name]:
            self._report(
                here, place, f"The dictionary “{name}” has no terms.", f"Le dictionnaire « {name} » n’a aucun terme."
            )
        return name

    def _is_term(self, line: str, name: str, path: str, place: Place) -> bool:
        try:
            return is_searchable(parted(line)[0])
        except ValueError:
            self._report(
                path,
                place,
                f"In the dictionary “{name}”, “{line[:60]}”: write a date or a moment with its time zone behind "
                "`| until`, as 2027-03-01 or 2027-03-01T08:00+01:00.",
                f"Dans le dictionnaire « {name} », « {line[:60]} » : écrivez après « | until » une date, ou un moment "
                "avec son fuseau, comme 2027-03-01 ou 2027-03-01T08:00+01:00.",
            )
            return False

    def _list_name(self, node: CommentedMap, path: str) -> str:
        """The name that a detector gives a list by; empty where it can be none."""
        name = self._text(node, "dictionary", path, longest=100)
        here, place = f"{path}.dictionary", value_place(node, "dictionary")
        if name and not _DICTIONARY_NAME.fullmatch(name):
            self._report(
                here,
                place,
                "A dictionary's name has letters, digits, dots and dashes, and no folder.",
                "Le nom d’un dictionnaire contient des lettres, chiffres, points et tirets, sans dossier.",
            )
            return ""
        return name

    def _lines(self, node: CommentedMap, name: str, path: str) -> list[str] | None:
        """The list of that name; None, and a problem, where there is none."""
        here, place = f"{path}.dictionary", value_place(node, "dictionary")
        try:
            return list(self._given[name])
        except (KeyError, OSError, UnicodeError):
            near = close_to(name, list(self._given))
            self._report(
                here,
                place,
                f"There is no dictionary “{name}”.{did_you_mean_en(near)} Upload it first.",
                f"Il n’y a pas de dictionnaire « {name} ».{did_you_mean_fr(near)} Téléversez-le d’abord.",
            )
            return None

    def _excerpt(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["excerpt"], required=("dictionary",)):
            return None
        name = self._list_name(node, path)
        if name and name not in self._used and (lines := self._lines(node, name, path)) is not None:
            try:
                read_fingerprint(lines)
                self._used[name] = tuple(lines)
            except ValueError:
                self._report(
                    f"{path}.dictionary",
                    value_place(node, "dictionary"),
                    f"“{name}” is a list of words. Upload the document itself as a document.",
                    f"« {name} » est une liste de mots. Téléversez le document lui-même comme document.",
                )
        return Excerpt(name, self._number(node, "characters", path, 200, least=60, most=5_000))

    def _channel_words(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["channel_words"]):
            return None
        label = self._choice(node, "at_least", path, CHANNEL_LABELS, CHANNEL_LABELS[0])
        return ChannelWords(label, self._number(node, "characters", path, 100, least=60, most=5_000))

    def _records(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["records"], required=("dictionary",)):
            return None
        name = self._list_name(node, path)
        known: tuple[str, ...] = (ANY,)
        if name and (lines := self._lines(node, name, path)) is not None:
            try:
                known = (ANY, *read_records(lines).columns)
                self._used[name] = tuple(lines)
            except ValueError:
                self._report(
                    f"{path}.dictionary",
                    value_place(node, "dictionary"),
                    f"“{name}” is no table. Upload it as a table: a CSV file with a line of column names.",
                    f"« {name} » n’est pas un tableau. Téléversez-le comme tableau : un fichier CSV avec une ligne "
                    "de noms de colonnes.",
                )
        columns = self._choices(node, "columns", path, known) if "columns" in node else (ANY,)
        return RecordMatch(name, columns, self._number(node, "words", path, 10, least=0, most=200))

    def _regex(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["regex"], required=("pattern",)):
            return None
        pattern = self._text(node, "pattern", path, longest=2000)
        if pattern and (problem := pattern_problem(pattern)):
            self._report(
                f"{path}.pattern",
                value_place(node, "pattern"),
                f"This pattern cannot be used: {problem.en}.",
                f"Ce motif ne peut pas être utilisé : {problem.fr}.",
            )
        validator = self._choice(node, "validator", path, tuple(VALIDATORS), "none")
        return Regex(pattern, cast(Validator, validator))

    def _identifier(self, node: CommentedMap, path: str, place: Place) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["identifier"], required=("kinds",)):
            return None
        kinds = self._choices(node, "kinds", path, (*GROUPS, *IDENTIFIERS))
        for index, kind in enumerate(kinds):
            if kind in IDENTIFIERS and IDENTIFIERS[kind].of_company and not self._company.domains:
                self._report(
                    f"{path}.kinds[{index}]",
                    item_place(node["kinds"], index),
                    f"“{kind}” needs to know your domains: add `company: {{domains: [acme.example]}}` above `rules:`.",
                    f"« {kind} » doit connaître vos domaines : ajoutez « company: {{domains: [acme.example]}} » "
                    "au-dessus de « rules: ».",
                )
        return Identifier(kinds)

    def _of_kinds(
        self,
        make: Callable[[tuple[str, ...]], Detector],
        known: Iterable[str],
        node: CommentedMap,
        path: str,
        place: Place,
    ) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["secret"]):
            return None
        return make(self._choices(node, "kinds", path, (ANY, *known)) if "kinds" in node else (ANY,))

    def _near(self, node: CommentedMap, path: str, place: Place, depth: int) -> Detector | None:
        if not self._mapping(node, path, place, KEYS["near"], required=("words", "all")):
            return None
        words = self._number(node, "words", path, 8, least=0, most=200)
        parts = self._detectors(node, "all", path, depth + 1) if "all" in node else ()
        return Near(words, parts) if self._are_several(node, "all", path) else None
