"""What holds for every text."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import corpblog.policy
from corpblog.policy.engine import Outcome, compile_policy, load_policy, utf16_offsets
from corpblog.policy.engine.fold_table import FOLDS
from corpblog.policy.engine.folding import (
    FOLDED,
    LATIN,
    PLAIN,
    fold,
    glue,
    latin,
    odd_characters,
    plain,
    sanitise,
    squeeze,
)
from tests.policy.engine.engine_policies import scan, scanner_for

PACK = compile_policy(
    load_policy((Path(corpblog.policy.__file__).parent / "packs" / "acme.yaml").read_text(encoding="utf-8"))
)
TERMS = ("Projet Mistral", "Falcon", "Umbra Énergie", "Straße", "Nordwind Expansion", "R&D", "Νέα Πύλη", "秘密計画")
SCANNER = scanner_for(*TERMS)
NOW = datetime(2026, 11, 23, tzinfo=UTC)

HIDDEN = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf" and FOLDED[code] == ""]
GAPS = [" ", "  ", "-", "_", ".", "\u00a0", " . ", "\u200b ", "\n", "*", "/"]
CARD, PATTERN, SECRET = "4111 1111 1111 1111", "PRJ-2041", "gh" + "p_aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xYzA1b"
ANY_TEXT = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(), max_size=80),
    st.text(alphabet=" aeflcnrvwmPro\u0301\u200b1!|@0-_#", max_size=60),
)
AROUND = st.text(alphabet="abcé 012.,!?\u200b\u0301", max_size=20)


def sealed(text: str) -> str:
    """The text with something that ends a word, and starts none, at both ends."""
    return f". {text} ."


@given(ANY_TEXT)
@settings(deadline=None)
def test_a_scan_never_raises_and_spans_are_valid(text):
    for scanner in (SCANNER, PACK):
        verdict = scanner.scan(text, audience="external", now=NOW)
        for finding in verdict.findings:
            assert finding.rule != "fail-closed"
            assert 0 <= finding.start < finding.end <= len(text)


@given(ANY_TEXT)
@settings(deadline=None)
def test_a_scan_is_repeatable(text):
    assert PACK.scan(text, audience="external", now=NOW) == PACK.scan(text, audience="external", now=NOW)


@given(AROUND, st.sampled_from(TERMS), AROUND)
def test_the_mark_is_exactly_the_term(before, term, after):
    before, after = sealed(before), sealed(after)
    assume(not any(fold(other) in fold(before + after) for other in TERMS))
    findings = scan(SCANNER, before + term + after).findings
    assert [(finding.term, finding.start, finding.end) for finding in findings] == [
        (term, len(before), len(before) + len(term))
    ]


@given(AROUND, st.sampled_from(TERMS), AROUND, st.data())
def test_hidden_characters_change_no_verdict_and_marks_hold_nothing_else(before, term, after, data):
    before, after = sealed(before), sealed(after)
    places = (
        data.draw(st.lists(st.integers(1, len(term) - 1), min_size=1, max_size=4, unique=True)) if len(term) > 1 else []
    )
    written = term
    for place in sorted(places, reverse=True):
        written = written[:place] + data.draw(st.sampled_from(HIDDEN)) + written[place:]
    (finding,) = scan(SCANNER, before + written + after).findings
    assert (finding.term, finding.outcome) == (term, Outcome.BLOCK)
    assert (finding.start, finding.end) == (len(before), len(before) + len(written))


@pytest.mark.gate("G22")
@given(st.sampled_from([CARD, PATTERN, SECRET, "Projet Mistral", "jane@customer.example", "06 12 34 56 78"]), st.data())
@settings(deadline=None)
def test_hidden_characters_change_no_verdict_of_any_detector(words, data):
    text = f"Voilà {words} ici"
    place = data.draw(st.integers(0, len(text)))
    hidden = data.draw(st.sampled_from(HIDDEN))
    plainly = PACK.scan(text, audience="external", now=NOW)
    hiding = PACK.scan(text[:place] + hidden + text[place:], audience="external", now=NOW)
    assert plainly.outcome is not Outcome.ALLOW
    assert (hiding.outcome, hiding.rules) == (plainly.outcome, plainly.rules)


@given(AROUND, st.sampled_from(["Projet Mistral", "Nordwind Expansion", "Umbra Énergie"]), AROUND, st.data())
@example("x", "Projet Mistral", "l", None)
def test_spaced_out_terms_are_held_and_marked_from_first_to_last_letter(before, term, after, data):
    gap = data.draw(st.sampled_from(GAPS)) if data else " "
    before, after = sealed(before), sealed(after)
    written = gap.join(term.replace(" ", ""))
    findings = [finding for finding in scan(SCANNER, before + written + after).findings if finding.term == term]
    assert [(finding.start, finding.end, finding.outcome) for finding in findings] == [
        (len(before), len(before) + len(written), Outcome.HOLD)
    ]


@given(AROUND, st.sampled_from(["Projet Mistral", "Falcon", "Nordwind Expansion"]), st.data())
def test_look_alikes_from_unicodes_table_are_seen_through(before, term, data):
    written = "".join(data.draw(st.sampled_from([char, *LOOKALIKES.get(char.lower(), ())])) for char in term)
    (finding,) = scan(SCANNER, sealed(before) + written + " .").findings
    assert (finding.term, finding.end - finding.start) == (term, len(written))


def _first_codes(ranges: str) -> list[str]:
    codes = [int(piece.split("-")[0], 16) for piece in ranges.split(",")]
    return [chr(code) for code in codes if unicodedata.category(chr(code))[0] in "LN"][:80]


LOOKALIKES = {letter: _first_codes(FOLDS[letter]) for letter in "abcdefghijklmnoprstuvwxyz" if letter in FOLDS}


# The views ---------------------------------------------------------------------------------------------------------


@given(ANY_TEXT)
def test_folding_is_idempotent_and_context_free(text):
    text = sanitise(text)
    assert fold(fold(text)) == fold(text)
    assert fold(text).replace(" ", "") == "".join(fold(char) for char in text).replace(" ", "")


@given(st.text(st.characters(), max_size=80))
def test_the_fast_way_gives_what_the_table_gives(text):
    text = sanitise(text)
    odd = odd_characters(text)
    assert plain(text, odd) == text.translate(PLAIN)
    assert latin(text, odd) == text.translate(LATIN)
    assert fold(text).replace(" ", "") == text.translate(FOLDED).replace(" ", "")


def test_every_character_folds_to_what_folds_to_itself():
    odd = [
        chr(code) for code in range(0x30000) if not 0xD800 <= code < 0xE000 and fold(fold(chr(code))) != fold(chr(code))
    ]
    assert odd == []


def test_what_patterns_see_folds_to_what_words_see():
    """The literal that must be in a text for a pattern to be tried is looked for in the folded text."""
    for code in range(0x30000):
        if 0xD800 <= code < 0xE000:
            continue
        seen = chr(code).translate(PLAIN)
        if seen.isascii():
            assert fold(seen).strip() == fold(chr(code)).strip(), hex(code)


@given(ANY_TEXT)
def test_squeezing_is_idempotent(text):
    once = squeeze(fold(sanitise(text)))
    assert glue(glue(once)) == glue(once)
    assert "  " not in once


@given(st.text(st.characters(), max_size=40), st.data())
def test_browser_offsets_are_utf_16(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = utf16_offsets(text, start, end)
    units = text.encode("utf-16-le", "surrogatepass")
    assert units[2 * first : 2 * last] == text[start:end].encode("utf-16-le", "surrogatepass")
