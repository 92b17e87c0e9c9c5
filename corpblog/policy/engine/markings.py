"""Classification markings: words that say how secret a text is, where they stand as a marking and not in a sentence.

A phrase that is used for nothing else counts in capitals anywhere. A single word counts as a marking: in capitals alone
on its line or set off at its beginning or end, in brackets, or behind a label such as “Classification:”.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import re2

from corpblog.policy.engine.wording import Wording


@dataclass(frozen=True, slots=True)
class MarkingKind:
    """One level of marking.

    words: single words, in lower case. phrases: what says nothing but the level. exact: RE2, for forms of their own.
    unless: RE2, for what makes another level of it when it follows.
    by_option: found only by a rule that names it, not by `any`.
    """

    name: str
    title: Wording
    triggers: tuple[str, ...]
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    exact: str = ""
    unless: str = ""
    by_option: bool = False
    compiled: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        options = re2.Options()
        options.log_errors = False
        pattern = "|".join(f"(?:{form})" for form in _forms(self.words, self.phrases, self.exact))
        object.__setattr__(self, "compiled", re2.compile(f"(?m){pattern}", options))

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """The spans of the markings of this level in a plain text."""
        for found in self.compiled.finditer(text):
            group = next(index for index in range(1, len(found.groups()) + 1) if found.group(index) is not None)
            if not (self.unless and re2.match(self.unless, text[found.span(group)[1] :][:_LONGEST_SUFFIX])):
                yield found.span(group)


_LONGEST_SUFFIX: Final = 20
_EDGE_BEFORE: Final = r"(?:^|[^\pL\pN])"
_EDGE_AFTER: Final = r"(?:$|[^\pL\pN])"
_SET_OFF: Final = r"[ \t]*[:;|/•·–—\-=#*]"  # what sets a marking off from the text it is about
_LABEL: Final = (
    r"(?i:classification|sensitivity|security level|marking|handling|sensibilité|confidentialité|diffusion|mention"
    r"|niveau(?: de (?:sécurité|confidentialité|protection))?|protection|vertraulichkeit)[ \t]*[:=][ \t]*[\"'*\[(]{0,3}"
)


def _forms(words: tuple[str, ...], phrases: tuple[str, ...], exact: str) -> Iterator[str]:
    every = _any_of((*phrases, *words))
    capitals = _any_of(tuple(word.upper() for word in (*phrases, *words)))
    if phrases:
        yield f"{_EDGE_BEFORE}({_any_of(tuple(phrase.upper() for phrase in phrases))}){_EDGE_AFTER}"
    if every:
        yield rf"^[ \t*#>_\-–—|=~]*({capitals})[ \t*#_\-–—|=~!.]*$"
        yield rf"^[ \t*#>_|]*({capitals}){_SET_OFF}"
        yield rf"{_SET_OFF}[ \t]*({capitals})[ \t*_.!]*$"
        yield rf"[\[({{<]{{1,2}}[ \t*_]*((?i:{every}))[ \t*_]*[\])}}>]{{1,2}}"
        yield rf"{_LABEL}((?i:{every})){_EDGE_AFTER}"
    if exact:
        yield f"{_EDGE_BEFORE}({exact}){_EDGE_AFTER}"


def _any_of(words: tuple[str, ...]) -> str:
    # Longest first: RE2 takes the first that fits. Accents on capitals are often left out.
    return "|".join(word.translate(_SPELLINGS) for word in sorted(words, key=len, reverse=True))


_SPELLINGS: Final = str.maketrans(
    {"À": "[ÀA]", "É": "[ÉE]", "È": "[ÈE]", "à": "[àa]", "é": "[ée]", "è": "[èe]", "'": "['’]", " ": r"[ \t\-]{1,3}"}
)


_ALL: Final = (
    MarkingKind(
        "internal",
        Wording(en="Marked as internal", fr="Marqué interne"),
        ("internal", "interne", "intern"),
        words=("internal", "interne", "intern"),
        phrases=(
            "internal only", "internal use", "internal use only", "for internal use", "for internal use only",
            "company internal", "internal distribution only", "usage interne", "à usage interne", "diffusion interne",
            "document interne", "réservé à l'usage interne", "usage interne uniquement",
            "nur für den internen gebrauch",
        ),
    ),
    MarkingKind(
        "restricted",
        Wording(en="Marked as restricted", fr="Marqué diffusion restreinte"),
        ("restrict", "restrein", "limit", "distribut", "diffuser", "need to know", "public release"),
        words=("restricted",),
        phrases=(
            "diffusion restreinte", "diffusion limitée", "limited distribution", "restricted distribution",
            "need to know", "need to know basis", "do not distribute", "not for distribution", "ne pas diffuser",
            "not for public release", "EU restricted", "restreint UE", "NATO restricted",
        ),
    ),
    MarkingKind(
        "confidential",
        Wording(en="Marked as confidential", fr="Marqué confidentiel"),
        ("confiden", "vertraulich"),
        words=("confidential", "confidentiel", "confidentielle", "vertraulich"),
        phrases=(
            "strictly confidential", "highly confidential", "company confidential", "private and confidential",
            "privileged and confidential", "confidential and proprietary", "strictement confidentiel",
            "confidentiel entreprise", "confidentiel industrie", "très confidentiel", "streng vertraulich",
            "NATO confidential", "EU confidential", "confidentiel UE",
        ),
    ),
    MarkingKind(
        "secret",
        Wording(en="Marked as secret", fr="Marqué secret"),
        ("secret", "geheim"),
        words=("secret", "geheim"),
        phrases=(
            "top secret", "très secret", "secret défense", "très secret défense", "confidentiel défense",
            "secret industrie", "secret entreprise", "secret des affaires", "NATO secret", "EU secret", "secret UE",
            "streng geheim",
        ),
    ),
    MarkingKind(
        "handling",
        Wording(en="Marked with a limit of distribution", fr="Marqué d’une limite de diffusion"),
        ("noforn", "orcon", "rel to", "official use", "cui", "special france", "spécial france", "eyes only"),
        phrases=("for official use only", "special france", "spécial france", "your eyes only", "for your eyes only"),
        exact=r"NOFORN|ORCON|FOUO|REL TO [A-Z]{3}(?:, ?[A-Z]{3,4}){0,10}|CUI//[A-Z\-]{2,20}|UK EYES ONLY|US EYES ONLY",
    ),
    MarkingKind(
        "tlp-red", Wording(en="Marked TLP:RED", fr="Marqué TLP:RED"), ("tlp",), exact=r"(?i:TLP ?: ?(?:RED|ROUGE))"
    ),
    MarkingKind(
        "tlp-amber-strict",
        Wording(en="Marked TLP:AMBER+STRICT", fr="Marqué TLP:AMBER+STRICT"),
        ("tlp",),
        exact=r"(?i:TLP ?: ?AMBER ?\+ ?STRICT)",
    ),
    MarkingKind(
        "tlp-amber",
        Wording(en="Marked TLP:AMBER", fr="Marqué TLP:AMBER"),
        ("tlp",),
        exact=r"(?i:TLP ?: ?(?:AMBER|ORANGE))",
        unless=r"(?i) ?\+ ?STRICT",
    ),
    MarkingKind(
        "tlp-green",
        Wording(en="Marked TLP:GREEN", fr="Marqué TLP:GREEN"),
        ("tlp",),
        exact=r"(?i:TLP ?: ?(?:GREEN|VERT))",
        by_option=True,
    ),
)  # fmt: skip

KINDS: Final[Mapping[str, MarkingKind]] = MappingProxyType({kind.name: kind for kind in _ALL})
