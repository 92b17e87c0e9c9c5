"""Words spread over the last posts and this one, or over the fields of one post (G23)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine import Outcome, SeenAs
from tests.policy.engine.engine_policies import detecting, scanner_for

TERMS = ("Projet Mistral", "Falcon", "Blue Jay Seven", "Café Müller")
SCANNER = scanner_for(*TERMS)
cuts = [(term, cut) for term in TERMS for cut in range(1, len(term))]


def ask(fields, earlier=()):
    fields = {"text": fields} if isinstance(fields, str) else fields
    return SCANNER.scan(fields, audience="external", earlier=tuple(earlier))


@pytest.mark.gate("G23")
@pytest.mark.parametrize(("term", "cut"), cuts)
def test_a_term_split_over_two_posts_is_held_wherever_it_is_cut(term, cut):
    verdict = ask(f"{term[cut:]} starts on Monday", ["Good morning", f"We all know that {term[:cut]}"])
    assert verdict.outcome is Outcome.HOLD
    (finding,) = verdict.findings
    assert (finding.term, finding.field, finding.view, finding.seen_as) == (term, "text", "C", SeenAs.SPLIT)
    assert f"{term[cut:]} starts"[finding.start : finding.end] == term[cut:].lstrip()


@pytest.mark.parametrize(("term", "cut"), cuts)
def test_the_newest_post_is_read_first_on_a_page_of_posts(term, cut):
    verdict = ask(f"We all know that {term[:cut]}", [f"{term[cut:]} starts on Monday"])
    assert verdict.outcome is Outcome.HOLD


@pytest.mark.gate("G23")
@pytest.mark.parametrize(("term", "cut"), cuts)
@pytest.mark.parametrize("fields", [("text", "attachments.0.alt"), ("attachments.0.alt", "text"), ("poll.0", "poll.1")])
def test_a_term_split_over_two_fields_is_held(term, cut, fields):
    first, second = fields
    named = {"text": "Look"} | {first: f"it is {term[:cut]}", second: f"{term[cut:]} and more"}
    verdict = ask(named)
    assert verdict.outcome is Outcome.HOLD
    (finding,) = verdict.findings
    part = named[finding.field][finding.start : finding.end]
    assert part.strip() in {term[:cut].strip(), term[cut:].strip()}


def test_one_letter_a_post_is_held():
    assert ask("l", list("Projet Mistra")).outcome is Outcome.HOLD


@pytest.mark.parametrize(
    ("end", "begin"),
    [("…", "…"), ("... ", ""), (" (1/2)", "(2/2) "), (" 1/3", "2/3: "), (" -", "- "), ("\n\n", "\n"), (" →", "")],
)
def test_what_people_put_where_a_thread_is_cut_hides_nothing(end, begin):
    assert ask(f"{begin}tral it is", [f"our Projet Mis{end}"]).outcome is Outcome.HOLD


@pytest.mark.parametrize("field", ["attachments.0.alt", "text", "poll.1"])
def test_every_field_may_go_on_with_an_earlier_post(field):
    fields = {"attachments.0.alt": "a picture", "language": "en", "poll.1": "no", "text": "Look"}
    (finding,) = ask(fields | {field: "tral is near"}, ["our Projet Mis"]).findings
    assert (finding.field, finding.start, finding.end) == (field, 0, 4)


def test_what_stands_in_earlier_posts_alone_was_judged_then():
    assert ask("Good morning", ["Projet Mistral starts", "and Falcon flies"]).findings == ()


def test_what_stands_in_this_post_alone_is_found_once():
    (finding,) = ask("Projet Mistral starts", ["Hello"]).findings
    assert finding.view == "A"


def test_a_card_number_in_two_posts_is_held():
    scanner = detecting("identifier", kinds=["payment-card"])
    verdict = scanner.scan("11111111 is mine", audience="external", earlier=("the card 41111111",))
    assert verdict.outcome is Outcome.HOLD


def test_words_that_meet_by_accident_need_the_whole_term():
    assert ask("trap is set", ["our Projet Mis"]).findings == ()
    assert ask("tralala", ["our Projet Mis"]).findings == ()


def test_many_fields_are_still_read_in_order():
    fields = {"text": "Vote"} | {f"poll.{number}": "no" for number in range(30)}
    fields |= {"poll.7": "Projet Mis", "poll.8": "tral"}
    assert ask(fields).outcome is Outcome.HOLD


@given(data=st.data(), seed=st.integers(0, 10_000))
def test_the_part_in_this_post_is_marked_to_the_letter(data, seed):
    term = data.draw(st.sampled_from(TERMS))
    cut = data.draw(st.integers(1, len(term) - 1))
    words = random.Random(seed).choices(["we", "met", "the", "team", "later", "fine."], k=8)
    text = term[cut:] + " " + " ".join(words)
    findings = [finding for finding in ask(text, [" ".join(words) + " " + term[:cut]]).findings if finding.term == term]
    assert [text[finding.start : finding.end] for finding in findings] == [term[cut:].lstrip()]
