"""Excerpts of a confidential document are known again, also lightly edited; texts that only share phrases are not."""

from __future__ import annotations

import difflib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine import Outcome, PolicyError, SeenAs, compile_policy, load_policy
from corpblog.policy.engine.fingerprints import RUN, WINDOW, fingerprint, letters_in, read_fingerprint
from corpblog.policy.engine.folding import fold
from tests.eval import benign
from tests.policy.engine.engine_policies import policy_text, rule, scan, scanner_of

SYLLABLES = ["ba", "ko", "li", "mer", "tu", "san", "del", "vor", "pi", "nas", "est", "rin", "gal", "mo", "fe", "cha"]


def prose(seed, words):
    """Text that no other seed has: sentences of made-up words."""
    chance = random.Random(seed)
    made = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(words)]
    return ". ".join(" ".join(made[start : start + 9]).capitalize() for start in range(0, words, 9)) + "."


MEMO = prose(1, 3_000)
SCANNER = scanner_of(
    rule(detect=[{"excerpt": {"dictionary": "memo"}}]), dictionaries={"memo": fingerprint(MEMO, 7).lines()}
)


def edited(text, seed, changes):
    """The text with some of its words changed, one left out and case and signs altered."""
    chance = random.Random(seed)
    words = text.split()
    for place in chance.sample(range(len(words)), changes):
        words[place] = chance.choice(["however", "our", "strategy", "2027"])
    del words[chance.randrange(len(words))]
    return "  ".join(word.upper() if chance.random() < 0.2 else word for word in words).replace(".", ";")


@pytest.mark.parametrize("seed", range(40))
def test_an_excerpt_of_two_hundred_characters_is_recognised_although_edited(seed):
    begins = random.Random(seed).randrange(len(MEMO) - 300)
    excerpt = edited(MEMO[begins : begins + 220], seed, changes=2)
    text = f"{prose(seed + 100, 20)} {excerpt} {prose(seed + 200, 20)}"
    verdict = scan(SCANNER, text)
    assert verdict.outcome is Outcome.BLOCK
    assert {finding.term for finding in verdict.findings} == {"memo"}
    assert {finding.seen_as for finding in verdict.findings} == {SeenAs.EXCERPT}


@pytest.mark.parametrize("seed", range(40))
def test_the_mark_lies_in_the_excerpt(seed):
    begins = random.Random(seed).randrange(len(MEMO) - 400)
    before, excerpt = prose(seed + 100, 30), MEMO[begins : begins + 350]
    (finding,) = scan(SCANNER, f"{before} {excerpt} {prose(seed + 200, 30)}").findings
    # A run may begin with letters of the neighbours only if they are the document's own.
    assert len(before) - RUN <= finding.start
    assert finding.end <= len(before) + 1 + len(excerpt) + RUN
    assert finding.end - finding.start > 250


@pytest.mark.parametrize("seed", range(60))
def test_another_text_is_let_pass(seed):
    assert scan(SCANNER, prose(seed + 1_000, 80)).findings == ()


def test_a_phrase_that_both_have_is_no_excerpt():
    phrase = MEMO[400:445]
    assert scan(SCANNER, f"{prose(5, 40)} {phrase} {prose(6, 40)}").findings == ()


def test_texts_of_packages_do_not_look_like_each_other():
    """A document of English sentences against others of the same kind: common turns of phrase hold nothing."""
    texts = benign.posts(600, 9)
    document, others = " ".join(texts[:150]), texts[150:]
    scanner = scanner_of(
        rule(detect=[{"excerpt": {"dictionary": "memo"}}]), dictionaries={"memo": fingerprint(document, 3).lines()}
    )
    held = [text for text in others if scan(scanner, text).findings]
    # Messages made from one template do share half sentences: those, and only those.
    assert len(held) <= len(others) // 100
    assert all(shared(text, document) >= 45 for text in held)


def shared(text, document):
    """How many letters the longest passage has that stands in both."""
    left, right = ("".join(filter(str.isalnum, fold(words))) for words in (text, document))
    return difflib.SequenceMatcher(None, left, right, autojunk=False).find_longest_match().size


@given(seed=st.integers(0, 10_000), length=st.integers(RUN + WINDOW, 120))
def test_any_passage_of_the_guaranteed_length_shares_a_hash(seed, length):
    """The promise of winnowing: a run of WINDOW + RUN - 1 letters."""
    letters = "".join(filter(str.isalnum, MEMO.casefold()))
    begins = seed % (len(letters) - length)
    known, passage = fingerprint(MEMO, 7), letters[begins : begins + length]
    assert known.hashes & fingerprint(passage, 7).hashes


def test_disguises_of_view_a_do_not_help():
    excerpt = "".join(f"{char}\u200b" if number % 7 == 0 else char for number, char in enumerate(MEMO[900:1_200]))
    assert scan(SCANNER, excerpt.replace("a", "а")).outcome is Outcome.BLOCK


def test_the_words_cannot_be_read_from_the_list():
    lines = fingerprint(MEMO, 7).lines()
    assert lines[0] == "#! document salt=7"
    assert not any(word in line for word in set(MEMO.split()) if len(word) > 8 for line in lines)
    assert read_fingerprint(lines) == fingerprint(MEMO, 7)
    assert fingerprint(MEMO, 8).hashes.isdisjoint(fingerprint(MEMO, 7).hashes)


def test_a_list_of_words_is_no_document_and_a_document_no_list_of_words():
    for detector, lists in (
        ({"excerpt": {"dictionary": "names"}}, {"names": ["Falcon"]}),
        ({"keywords": {"dictionary": "names"}}, {"names": fingerprint(MEMO, 7).lines()}),
    ):
        with pytest.raises(PolicyError, match="names"):
            load_policy(policy_text(rule(detect=[detector])), lists)


def test_short_texts_cost_nothing_and_find_nothing():
    assert letters_in("short") == 5
    assert fingerprint("short", 1).hashes == frozenset()
    assert list(fingerprint(MEMO, 1).passages("short", 200)) == []


def test_the_list_belongs_to_the_policy():
    one, other = (
        load_policy(
            policy_text(rule(detect=[{"excerpt": {"dictionary": "memo"}}])), {"memo": fingerprint(text, 7).lines()}
        )
        for text in (MEMO, prose(2, 300))
    )
    assert one.digest != other.digest
    assert scan(compile_policy(other), MEMO[:400]).findings == ()
