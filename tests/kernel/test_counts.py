"""Counts are written as their readers write numbers, and stay numbers."""

import json

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import ngettext

from corpblog.kernel.counts import Count

NARROW = "\N{NARROW NO-BREAK SPACE}"
SENTENCE = (
    "{% load i18n ui %}{% blocktranslate count n=flock|thousands %}"
    "{{ n }} sheep here{% plural %}{{ n }} sheep there{% endblocktranslate %}"
)


@pytest.mark.parametrize(
    ("language", "number", "written"),
    [
        ("en", 0, "0"),
        ("en", 999, "999"),
        ("en", 12345, "12,345"),
        ("en", -1234567, "-1,234,567"),
        ("fr", 1000, f"1{NARROW}000"),
        ("fr", 12345, f"12{NARROW}345"),
    ],
)
def test_thousands_are_set_apart_as_the_language_does(language: str, number: int, written: str) -> None:
    with translation.override(language):
        assert str(Count(number)) == written
        assert "%(n)s" % {"n": Count(number)} == written  # noqa: UP031
        assert f"{Count(number)}" == written
        assert Template("{% load ui %}{{ n|thousands }}").render(Context({"n": number})) == written


def test_a_sentence_has_its_plural_and_its_separators() -> None:
    with translation.override("fr"):
        assert Template(SENTENCE).render(Context({"flock": 1})) == "1 sheep here"
        assert Template(SENTENCE).render(Context({"flock": 4000})) == f"4{NARROW}000 sheep there"
    assert ngettext("one", "many", Count(1)) == "one"
    assert Template(SENTENCE).render(Context({"flock": 4000})) == "4,000 sheep there"


def test_programs_get_plain_digits() -> None:
    with translation.override("fr"):
        assert json.dumps({"n": Count(12345)}) == '{"n": 12345}'
        assert Count(12345) + 1 == 12346
        assert type(Count(12345) + 1) is int


def test_what_is_no_whole_number_stays_as_it_is() -> None:
    said = Template("{% load ui %}{{ none|thousands }} {{ dash|thousands }}").render(
        Context({"none": None, "dash": "–"})
    )
    assert said == "None –"
