"""Twice the text is at most two and a half times the work, whatever the text; and bombs are held without being opened.

Work is counted, not timed: lines run and functions called, those written in C too. What one call into a regex or an
automaton does inside is linear by their construction; a bound on their number is what Python code could break.
"""

from __future__ import annotations

import base64
import sys

import pytest

from corpblog.policy.engine import Outcome
from corpblog.policy.engine.fingerprints import fingerprint
from corpblog.policy.engine.records import lines_of
from tests.policy.engine.engine_policies import rule, scan, scanner_of

ROWS = [(f"Name {number}", f"value {number}") for number in range(60)]
MEMO = " ".join(f"clause {number} binds party {number * 7}" for number in range(200))
NEAR = {"near": {"words": 5, "all": [{"keywords": {"terms": ["red"]}}, {"keywords": {"terms": ["blue"]}}]}}
SCANNER = scanner_of(
    rule(detect=[{"keywords": {"terms": ["Falcon", "Projet Mistral", "Hawthorn", "Blue Jay Seven"]}}]),
    {"id": "inflected", "outcome": "hold", "detect": [{"keywords": {"terms": ["merger"], "inflect": True}}]},
    {"id": "numbers", "outcome": "hold", "detect": [{"identifier": {"kinds": ["any"]}}]},
    {"id": "keys", "outcome": "hold", "detect": [{"secret": {"kinds": ["any"]}}]},
    {"id": "links", "outcome": "hold", "detect": [{"links": {}}, {"marking": {}}]},
    {"id": "pattern", "outcome": "hold", "detect": [{"regex": {"pattern": r"(a+)+b|PRJ-\d{4}"}}]},
    {
        "id": "near",
        "outcome": "hold",
        "detect": [
            {"near": {"words": 5, "all": [{"keywords": {"terms": ["red"]}}, {"keywords": {"terms": ["blue"]}}]}}
        ],
    },
    {"id": "memo", "outcome": "hold", "detect": [{"excerpt": {"dictionary": "memo"}}]},
    {"id": "rows", "outcome": "hold", "detect": [{"records": {"dictionary": "rows"}}]},
    dictionaries={"memo": fingerprint(MEMO, 1).lines(), "rows": lines_of(("a", "b"), ROWS, bytes(16))},
)
PIECES = {
    "prose": "We met the team in Lyon and it was fine. ",
    "a term": "the Falcon flies and ",
    "nearly a term": "Falco Hawthor Projet Mistra ",
    "letters apart": "F a l c o x H a w ",
    "repeated letters": "Faaaaalllcoooo vvv rrn ",
    "digits": "4111 1111 1111 1112 ",
    "percent signs": "%46%61%6c%63 ",
    "references": "&#70;&amp;&#x61; ",
    "base64": base64.b64encode(b"nothing to see here at all").decode() + " ",
    "hexadecimal": "46 61 6c 63 6f ",
    "glued words": "OurTeamGoesHome2027 ",
    "marks": "e\u0301\u0301\u0301\u0301 ",
    "invisible": "\u200b\u200d\u2060 x ",
    "look-alikes": "Fаlсоп ",
    "addresses": "https://intranet.acme.example/a?token=1 10.0.0.1 ",
    "keys": "password=hunter2secret AKIAIOSFODNN7EXAMPLE ",
    "both of near": "red and blue and ",
    "rows": "Name 7 has value 7 and ",
    "an evil pattern": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! ",
    "inflected words": "merging mergers merged ",
    "one long word": "abcdefghij",
    "nothing": " ",
}


def work(text):
    """How many lines were run and functions called for one scan."""
    count = 0

    def each_line(_frame, _event, _argument):
        nonlocal count
        count += 1
        return each_line

    def each_call(_frame, event, _argument):
        nonlocal count
        count += event in {"c_call", "call"}

    outer_trace, outer_profile = sys.gettrace(), sys.getprofile()
    sys.settrace(each_line)
    sys.setprofile(each_call)
    try:
        scan(SCANNER, text)
    finally:
        sys.settrace(outer_trace)
        sys.setprofile(outer_profile)
    return count


@pytest.mark.parametrize("kind", sorted(PIECES))
def test_twice_the_text_is_little_more_than_twice_the_work(kind):
    piece = PIECES[kind]
    text = piece * (2_400 // len(piece))
    scan(SCANNER, text)  # what is made once and kept
    assert work(text * 2) <= 2.5 * work(text)


def test_many_fields_cost_what_they_are_long():
    few = {f"poll.{number}": "an option of the poll" for number in range(20)}
    many = {f"poll.{number}": "an option of the poll" for number in range(40)}

    def spent(fields):
        return work_on(lambda: SCANNER.scan(fields, audience="external"))

    assert spent(many) <= 2.5 * spent(few)


def work_on(act):
    count = 0

    def each_call(_frame, event, _argument):
        nonlocal count
        count += event in {"c_call", "call"}

    outer = sys.getprofile()
    sys.setprofile(each_call)
    try:
        act()
    finally:
        sys.setprofile(outer)
    return count


@pytest.mark.parametrize(
    "bomb",
    [
        "e" + "\u0301" * 10_000_000,
        base64.b64encode(b"word " * 200_000).decode(),
        "%41" * 300_000,
        "&#65;" * 200_000,
        "Falcon " * 60_000,
    ],
    ids=["marks", "base64", "percent signs", "references", "terms"],
)
def test_a_bomb_is_held(bomb):
    verdict = scan(SCANNER, bomb)
    assert verdict.outcome is Outcome.HOLD or "a-rule" in verdict.rules
    assert len(verdict.findings) <= 1_000


def test_an_encoding_in_an_encoding_in_an_encoding_is_opened_twice():
    text = "Falcon"
    for _ in range(12):
        text = base64.b64encode(text.encode()).decode()
    assert "a-rule" not in scan(SCANNER, text).rules
