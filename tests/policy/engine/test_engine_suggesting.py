"""The wording that is offered passes, and differs only where a rule objects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine.suggesting import GAP, suggest
from tests.policy.engine.engine_policies import rule, scan, scanner_of

SCANNER = scanner_of(
    rule(detect=[{"keywords": {"terms": ["Falcon", "Projet Mistral"]}}]),
    {"id": "cards", "outcome": "hold", "detect": [{"identifier": {"kinds": ["payment-card"]}}]},
    {"id": "ebitda", "outcome": "warn", "detect": [{"keywords": {"terms": ["EBITDA"]}}]},
)


def offered(text):
    return suggest(text, lambda words: [scan(SCANNER, words)])


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("We start Falcon on Monday.", f"We start {GAP} on Monday."),
        ("Projet Mistral and Falcon, both early", f"{GAP} and {GAP}, both early"),
        ("It is F a l c o n that we launch", f"It is {GAP} that we launch"),
        ("Pay with 4111 1111 1111 1111 or in cash please", f"Pay with {GAP} or in cash please"),
        ("Our Falcon raises EBITDA", f"Our {GAP} raises EBITDA"),
        ("Nothing to hide", "Nothing to hide"),
        ("Line one Falcon\n\n  line   two", f"Line one {GAP}\n\n  line   two"),
    ],
)
def test_only_what_keeps_it_from_leaving_is_left_out(text, wording):
    assert offered(text) == wording


def test_words_that_overlap_leave_one_gap():
    scanner = scanner_of(rule(detect=[{"keywords": {"terms": ["Projet Mistral", "Mistral Nord"]}}]))
    assert suggest("the Projet Mistral Nord begins", lambda words: [scan(scanner, words)]) == f"the {GAP} begins"


@pytest.mark.parametrize("text", ["Falcon", "Falcon Falcon a", "Falcon, Projet Mistral"])
def test_nothing_is_offered_where_little_is_left(text):
    assert offered(text) is None


def test_nothing_is_offered_where_it_is_not_about_words():
    scanner = scanner_of({"id": "french", "outcome": "block", "languages": ["fr"]})
    assert suggest("any text at all", lambda words: [scan(scanner, words)]) is None


def test_every_place_it_should_go_to_must_let_it_pass():
    other = scanner_of(rule(detect=[{"keywords": {"terms": ["Condor"]}}]))
    wording = suggest("Falcon and Condor land together", lambda words: [scan(SCANNER, words), scan(other, words)])
    assert wording == f"{GAP} and {GAP} land together"


@given(st.text(alphabet=st.sampled_from("Falcon F4lc0n.-é\n🎉 4111"), max_size=120))
def test_whatever_is_offered_passes(text):
    wording = offered(text)
    assert wording is None or scan(SCANNER, wording).may_leave
