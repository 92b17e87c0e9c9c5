"""A policy read from YAML: all of it or none, with every mistake named, placed and explained."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from corpblog.policy.engine.model import FORMAT_VERSION, Company, Defaults, Place, Policy
from corpblog.policy.engine.problems import PolicyError
from corpblog.policy.engine.reader.dialect import new_yaml
from corpblog.policy.engine.reader.keys import KEYS
from corpblog.policy.engine.reader.rules import RuleReader
from corpblog.policy.engine.reader.values import item_place, value_place
from corpblog.policy.engine.verdict import Outcome

MAX_DOCUMENT: Final = 2_000_000  # characters: longer word lists belong into dictionaries
_DEEPEST: Final = 100  # brackets that are open at once, those in quoted texts included
_HOST: Final = re.compile(r"[^\W_](?:[\w\-]*[^\W_])?(?:\.[^\W_](?:[\w\-]*[^\W_])?)*")


def load_policy(text: str, dictionaries: Mapping[str, Iterable[str]] | None = None) -> Policy:
    """The policy that this YAML says. Raises `PolicyError` with every problem, not only the first."""
    reader = _DocumentReader(dictionaries or {})
    document = reader.document(text)
    policy = reader.policy(document, text) if document is not None else None
    if reader.problems or policy is None:
        raise PolicyError(reader.problems)
    return policy


class _DocumentReader(RuleReader):
    """Reads the whole document."""

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
        self._mapping(node, "", (1, 1), KEYS["document"], required=("policy", "name", "rules"))
        version = node.get("policy")
        if "policy" in node and (isinstance(version, bool) or version != FORMAT_VERSION):
            self._report(
                "policy",
                value_place(node, "policy"),
                f"This format version is unknown: write `policy: {FORMAT_VERSION}`.",
                f"Version de format inconnue : écrivez « policy: {FORMAT_VERSION} ».",
            )
        name = self._text(node, "name", "", longest=100)
        self._company = self._read_company(node)
        rules = self._rules(node)
        default = self._defaults(node)
        return Policy(name, rules, default, self._company, dict(self._used), text, dict(self.places))

    def _read_company(self, node: CommentedMap) -> Company:
        if "company" not in node:
            return Company()
        inner, place = node["company"], value_place(node, "company")
        if not self._mapping(inner, "company", place, KEYS["company"]):
            return Company()
        return Company(self._hosts(inner, "domains"), self._hosts(inner, "internal_hosts"))

    def _hosts(self, node: CommentedMap, key: str) -> tuple[str, ...]:
        hosts = self._strings(node, key, "company", ())
        for index, host in enumerate(hosts):
            if not _HOST.fullmatch(host):
                self._report(
                    f"company.{key}[{index}]",
                    item_place(node[key], index),
                    "Write the name of a host or domain only, such as acme.example, without https:// and without @.",
                    "Écrivez seulement le nom d’un hôte ou d’un domaine, par exemple acme.example, sans https:// ni @.",
                )
        return hosts

    def _defaults(self, node: CommentedMap) -> Defaults:
        if "default" not in node:
            return Defaults()
        inner, place = node["default"], value_place(node, "default")
        if not self._mapping(inner, "default", place, KEYS["default"]):
            return Defaults()
        return Defaults(
            self._outcome(inner, "external", "default", Outcome.ALLOW),
            self._outcome(inner, "internal", "default", Outcome.ALLOW),
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
