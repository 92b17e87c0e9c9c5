"""Counts that people read have separators of thousands; what programs read has none."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(__file__).resolve().parents[2] / "corpblog" / "web" / "templates"
SENTENCE = re.compile(r"\{% blocktranslate count (\w+)=(\S+)[^%]*%\}(.*?)\{% endblocktranslate %\}", re.DOTALL)
ATTRIBUTE = re.compile(r'\s([\w-]+)="((?:\{[{%].*?[}%]\}|[^"{])*)"')
# Attributes whose value people read.
READ = {"title", "aria-label", "aria-description", "alt", "placeholder", "data-summary"}
# Never a thousand: days that one chooses, fields of one form, words of one edit, rooms around one case.
FEW = re.compile(r"days|choice|_fold\.filled|reckoning\.changed|case\.around\.closed")


def lines() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield str(path.relative_to(TEMPLATES)), path.read_text()


def test_ids_addresses_and_fields_have_none() -> None:
    """With the setting Django would put them into every number of a template, ids and values of forms as well."""
    assert not settings.USE_THOUSAND_SEPARATOR
    wrong = [
        f"{name}: {attribute}"
        for name, text in lines()
        for attribute, value in ATTRIBUTE.findall(text)
        if attribute not in READ and re.search(r"\|(thousands|intcomma)", value) and "class" not in attribute
    ]
    assert wrong == []


def test_sentences_that_count_have_them() -> None:
    bare = [
        f"{name}: {number}={source}"
        for name, text in lines()
        for number, source, said in SENTENCE.findall(text)
        if re.search(rf"\{{\{{ {number} \}}\}}", said)
        and not re.search(r"\|(thousands|intcomma)$", source)
        and not FEW.search(source)
    ]
    assert bare == []
