"""Texts that nobody wrote to leak anything: what the packages around us ship, in English and French."""

from __future__ import annotations

import ast
import re
import sysconfig
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from random import Random
from typing import Final

import django
import polib

_SENTENCE: Final = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÉÈÀÂÎÔ])")
_SHORTEST, _LONGEST = 40, 500


def posts(count: int, seed: int) -> list[str]:
    """So many posts of one to three sentences, half of them French where there are enough."""
    chance = Random(seed)
    english, french = sorted(set(_english())), sorted(set(_french()))
    chance.shuffle(english)
    chance.shuffle(french)
    written = [*_as_posts(french, chance)][: count // 2]
    written += [*_as_posts(english, chance)][: count - len(written)]
    chance.shuffle(written)
    return written


def _as_posts(sentences: list[str], chance: Random) -> Iterator[str]:
    place = 0
    while place < len(sentences):
        taken = chance.randint(1, 3)
        post = " ".join(sentences[place : place + taken])
        place += taken
        if _SHORTEST <= len(post) <= _LONGEST:
            yield post


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(" ".join(text.split())):
        if 20 <= len(sentence) <= 300:
            yield sentence


def _french() -> Iterator[str]:
    for catalogue in sorted(Path(django.__file__).parent.rglob("locale/fr/LC_MESSAGES/*.po")):
        for entry in polib.pofile(str(catalogue)):
            yield from _sentences(entry.msgstr)


def _english() -> Iterator[str]:
    """Licences, descriptions of packages, and the standard library's own explanations."""
    for package in distributions():
        described = package.metadata.get_payload()
        if isinstance(described, str):
            yield from _sentences(re.sub(r"```.*?```|<[^>]+>|[#*`|]", " ", described, flags=re.DOTALL))
    for source in _modules():
        tree = ast.parse(source.read_text(encoding="utf-8", errors="replace"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield from _sentences(ast.get_docstring(node) or "")


def _modules() -> list[Path]:
    folder = Path(sysconfig.get_path("stdlib"))
    left_out = {"site-packages", "test", "tests", "lib2to3"}
    return sorted(path for path in folder.rglob("*.py") if left_out.isdisjoint(path.relative_to(folder).parts))
