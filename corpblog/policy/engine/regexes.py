"""Patterns that people write. They run in RE2 only: 27 characters froze a whole process for 5 s in Python's `re`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

import re2
from stdnum import iban, luhn

from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.model import Regex, Validator
from corpblog.policy.engine.wording import Wording

MAX_PATTERN: Final = 1000
_MAX_PROGRAM: Final = 20_000  # RE2's own instructions: beyond, one post could cost milliseconds
_SHORTEST_LITERAL: Final = 3

VALIDATORS: Final[dict[Validator, Callable[[str], bool]]] = {
    "none": lambda text: True,
    "luhn": lambda text: bool(luhn.is_valid(re.sub(r"\D", "", text))),
    "iban": lambda text: bool(iban.is_valid(text)),
}

# RE2's words, as it begins them, and what they mean for the person who wrote the pattern.
_REASONS: Final = (
    (
        "invalid perl operator",
        (
            "look-ahead, look-behind and named back-references are not supported, because they can freeze a server; "
            "write what must be found, and use `except` for what must not"
        ),
        (
            "les assertions avant et arrière et les références nommées ne sont pas prises en charge, car elles peuvent "
            "bloquer un serveur ; décrivez ce qu’il faut trouver, et mettez le reste dans « except »"
        ),
    ),
    (
        "invalid escape sequence",
        "this escape does not exist here (back-references such as \\1 are not supported)",
        "cet échappement n’existe pas ici (les références arrière comme \\1 ne sont pas prises en charge)",
    ),
    (
        "missing )",
        "a bracket is opened and not closed: add `)`",
        "une parenthèse n’est pas fermée : ajoutez « ) »",
    ),
    (
        "unexpected )",
        "a bracket is closed that was never opened: remove `)` or write `\\)`",
        "une parenthèse est fermée sans avoir été ouverte : retirez « ) » ou écrivez « \\) »",
    ),
    (
        "missing ]",
        "a set of characters is opened and not closed: add `]`",
        "un ensemble de caractères n’est pas fermé : ajoutez « ] »",
    ),
    (
        "invalid character class",
        "this range of characters runs backwards or does not exist",
        "cette plage de caractères est inversée ou n’existe pas",
    ),
    (
        "invalid repetition size",
        "a repetition may be at most 1000, nested ones multiplied",
        "une répétition va jusqu’à 1000 au plus, les imbriquées étant multipliées",
    ),
    (
        "bad repetition operator",
        "two repetitions follow each other (possessive ones are not supported)",
        "deux répétitions se suivent (les possessives ne sont pas prises en charge)",
    ),
    (
        "no argument for repetition operator",
        "nothing stands before this repetition",
        "rien ne précède cette répétition",
    ),
    (
        "trailing \\",
        "the pattern ends with a backslash: write `\\\\` for a backslash",
        "le motif finit par une barre oblique inverse : écrivez « \\\\ » pour ce caractère",
    ),
    (
        "pattern too large",
        "the pattern is too large: repeat less, or split it in two",
        "le motif est trop grand\u202f: réduisez les répétitions ou coupez-le en deux",
    ),
)


def pattern_problem(pattern: str) -> Wording | None:
    """Why this pattern cannot be used, in words for the person who wrote it; None when it can."""
    if not pattern:
        return Wording(en="the pattern is empty", fr="le motif est vide")
    if len(pattern) > MAX_PATTERN:
        return Wording(
            en=f"the pattern is longer than {MAX_PATTERN} characters", fr=f"le motif dépasse {MAX_PATTERN} caractères"
        )
    try:
        compiled = compiled_pattern(pattern)
    except (re2.error, UnicodeError) as error:
        return _reason(error)
    if compiled.programsize > _MAX_PROGRAM:
        return _reason(ValueError("pattern too large"))
    if compiled.search("") is not None:
        return Wording(
            en="it matches the empty text, so it would find something in every post; use `+` instead of `*`",
            fr="il correspond au texte vide, donc à toute publication ; mettez « + » au lieu de « * »",
        )
    return None


def _reason(error: Exception) -> Wording:
    said = str(error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else error)
    known = next((Wording(en, fr) for start, en, fr in _REASONS if said.startswith(start)), None)
    if known is None:
        return Wording(en=f"RE2 refuses it ({said})", fr=f"RE2 le refuse ({said})")
    return Wording(en=f"{known.en} ({said})", fr=f"{known.fr} ({said})")


@lru_cache(maxsize=4096)
def compiled_pattern(pattern: str) -> Any:
    """The pattern in RE2, quiet and within its memory limit."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def find_pattern(text: str, regex: Regex) -> Iterator[tuple[int, int]]:
    """The spans of a plain text that match, and that the validator accepts."""
    accepts = VALIDATORS[regex.validator]
    for found in compiled_pattern(regex.pattern).finditer(text):
        start, end = found.span()
        if start < end and accepts(found.group()):
            yield start, end


# A word that every match holds -------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(
    r"""\\[bB](?![{*+?])                              # an edge: stands for no character
      | (?P<class>\\x(?:\{[^}]*\}|[0-9A-Fa-f]{2})|\\[0-7]{1,3}|\\[pP](?:\{[^}]*\}|.)|\\[A-Za-z0-9](?:\{[^}]*\})?
        |\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\])
      | (?P<flags>\(\?[a-zA-Z\-]+\))
      | (?P<open>\()|(?P<close>\))|(?P<or>\|)
      | (?P<repeat>[*+?]\??|\{\d+(?:,\d*)?\}\??)
      | (?P<other>[.^$])
      | (?P<char>\\.|.)""",
    re.VERBOSE | re.DOTALL,
)


def required_literal(pattern: str) -> str:
    """The longest run of plain characters that is in every match, folded; "" where there is none worth looking for.

    It only ever leaves out: a pattern that this does not understand has no literal and is tried on every text.
    """
    if r"\Q" in pattern or r"\C" in pattern:
        return ""
    runs, run, depth = [""], "", 0
    for token in _TOKEN.finditer(pattern):
        kind = token.lastgroup
        depth += (kind == "open") - (kind == "close")
        if kind == "or" and depth == 0:
            return ""
        if kind is None or kind == "flags":
            continue
        if kind == "char" and depth == 0 and _folds_alike(token.group()[-1]):
            run += token.group()[-1]
            continue
        # What a repetition may leave out is not required; what it repeats is required once, and ends the run.
        if kind == "repeat" and run:
            run = run[:-1] if token.group().startswith(("*", "?", "{0")) else run
        runs.append(run)
        run = ""
    runs.append(run)
    literal = max((fold(run) for run in runs), key=len)
    return literal if len(literal.strip()) >= _SHORTEST_LITERAL else ""


def _folds_alike(char: str) -> bool:
    """False where `(?i)` would match a character that folds to something else, as with the Greek nu."""
    return char.isascii() or fold(char.lower()) == fold(char.upper()) == fold(char)
