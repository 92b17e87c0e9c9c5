"""Patterns, identifiers and secrets."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine import PolicyError, SeenAs, load_policy
from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.identifiers import KINDS as IDENTIFIERS
from corpblog.policy.engine.regexes import pattern_problem, required_literal
from corpblog.policy.engine.secrets import KINDS as SECRETS
from tests.policy.engine.engine_policies import detecting, marks, only, policy_text, rule, scan, scanner_of

# Patterns -----------------------------------------------------------------------------------------------------------


def test_a_pattern_keeps_case_and_accents():
    assert marks(detecting("regex", pattern=r"Été \d+"), "Été 2027, ete 2027, été 2027") == ["Été 2027"]


def test_a_pattern_finds_decomposed_text():
    assert marks(detecting("regex", pattern=r"Été \d+"), "E\u0301te\u0301 2027") == ["E\u0301te\u0301 2027"]


@pytest.mark.parametrize(
    "text", ["PRJ-1234", "PR\u200bJ-12\u00ad34", "ＰＲＪ－１２３４", "PRJ‑1234", "РRJ-1234", "PRJ-١٢٣٤"]
)
def test_a_pattern_sees_through_what_cannot_be_seen(text):
    assert marks(detecting("regex", pattern=r"\bPRJ-\d{4}\b"), f"see {text}!") == [text]


def test_a_validator_must_agree():
    cards = detecting("regex", pattern=r"\d{16}", validator="luhn")
    assert marks(cards, "4111111111111111 4111111111111112") == ["4111111111111111"]
    accounts = detecting("regex", pattern=r"[A-Z]{2}\d{25}", validator="iban")
    assert marks(accounts, "FR7630006000011234567890189 FR7630006000011234567890188") == ["FR7630006000011234567890189"]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)b", "look-ahead"),
        ("(?<!a)b", "look-ahead"),
        (r"(a)\1", "back-references"),
        ("(a", "add `)`"),
        ("a)", "remove `)`"),
        ("[a", "add `]`"),
        ("[z-a]", "backwards"),
        ("a{2000}", "at most 1000"),
        ("a**", "two repetitions"),
        ("*a", "nothing stands before"),
        ("a\\", "backslash"),
        ("((a{100}){100}){10}", "at most 1000"),
        (r"(\pL{20}){50}", "too large"),
        ("a*", "empty text"),
        ("a?|b", "empty text"),
        ("x" * 1001, "longer than"),
    ],
)
def test_a_pattern_that_cannot_run_safely_is_refused_with_its_reason_in_both_languages(pattern, reason):
    with pytest.raises(PolicyError) as caught:
        load_policy(policy_text(rule(detect=[{"regex": {"pattern": pattern}}])))
    (problem,) = caught.value.problems
    assert reason in problem.message_en
    assert problem.message_fr != problem.message_en
    assert problem.path == "rules[0].detect[0].regex.pattern"


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        (r"PRJ-\d{4}", "prj "),
        (r"(?i)\bproject x+y\b", "project x"),
        ("cat|dog", ""),
        ("(cat)?horse*", "hors"),
        ("abc{0,2}def", "def"),
        ("abc?", ""),
        ("abcd{2}", "abcd"),
        (r"\[secret\]", "[secret]"),
        (r"\x41bcd", "bcd"),
        ("[abc]def", "def"),
        (r"\Qa.b\Ecd", ""),
        ("ab", ""),
    ],
)
def test_the_word_that_every_match_holds(pattern, literal):
    assert required_literal(pattern) == literal


PIECES = st.sampled_from(
    [
        "alpha",
        "Beta",
        "été",
        r"\d",
        r"\w+",
        "[x-z]",
        "(?:one|two)",
        "gamma?",
        "delta*",
        "eps+",
        "zeta{0,2}",
        "eta{2}",
        "-",
        " ",
        r"\.",
        ".",
    ]
)


@given(st.data(), st.lists(PIECES, min_size=1, max_size=6))
def test_every_match_holds_the_required_literal(data, pieces):
    pattern = "".join(pieces)
    text = data.draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    assert required_literal(pattern) in fold(text)


@given(st.text(max_size=30))
def test_no_pattern_raises_at_save(pattern):
    pattern_problem(pattern)
    required_literal(pattern)


# Identifiers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "marked"),
    [
        ("payment-card", "card 4111 1111 1111 1111 ok", ["4111 1111 1111 1111"]),
        ("payment-card", "3782-822463-10005", ["3782-822463-10005"]),
        ("payment-card", "card 180079983341906, 4378306578630", ["180079983341906", "4378306578630"]),
        ("payment-card", "order 180079983341906, 4378306578630", []),
        ("payment-card", "order 12 4111111111111111", ["4111111111111111"]),
        ("payment-card", "4111 1111\u200b 1111 1111", ["4111 1111\u200b 1111 1111"]),
        ("payment-card", "４１１１１１１１１１１１１１１１", ["４１１１１１１１１１１１１１１１"]),
        ("payment-card", "4111 1111 1111 1112", []),
        ("payment-card", "94111111111111111", []),
        ("payment-card", "0000 0000 0000 0000", []),
        ("iban", "IBAN FR76 3000 6000 0112 3456 7890 189 merci", ["FR76 3000 6000 0112 3456 7890 189"]),
        ("iban", "de89370400440532013000.", ["de89370400440532013000"]),
        ("iban", "DE89370400440532013001", []),
        ("email", "to jane.doe+x@mail.example.com.", ["jane.doe+x@mail.example.com"]),
        ("email", "<a@b.fr>, @alice and user@localhost", ["a@b.fr"]),
        ("email", "élodie@société.fr", ["élodie@société.fr"]),
        ("phone", "call +33 1 42 68 53 00 or 06.12.34.56.78", ["+33 1 42 68 53 00", "06.12.34.56.78"]),
        ("phone", "(212) 555-0123 or 0044 20 7946 0018", ["(212) 555-0123", "0044 20 7946 0018"]),
        ("phone", "2026-11-23 10:45, 12 345 678,90 €, v1.2.3.4, 192.168.100.200", []),
        ("fr-nir", "NIR 1 84 12 76 451 089 46", ["1 84 12 76 451 089 46"]),
        ("fr-nir", "NIR 1 84 12 76 451 089 47", []),
    ],
)
def test_identifiers_are_checked_and_marked_exactly(kind, text, marked):
    assert marks(detecting("identifier", kinds=[kind]), text) == marked


def test_any_means_every_kind_of_identifier():
    findings = scan(detecting("identifier", kinds=["any"]), "a@b.fr, 4111 1111 1111 1111").findings
    assert [finding.term for finding in findings] == ["email", "payment-card"]


def test_every_kind_has_a_title_in_both_languages():
    for kind in (*IDENTIFIERS.values(), *SECRETS.values()):
        assert kind.title.en
        assert kind.title.fr


@given(st.text(alphabet="0123456789 -.+()/@abFR", max_size=120))
def test_no_kind_raises_and_every_span_lies_inside(text):
    for kind in IDENTIFIERS.values():
        for start, end in kind.find(text):
            assert 0 <= start < end <= len(text)


# Secrets: each kind in test_engine_secrets ---------------------------------------------------------------------------

WORD = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xY"  # put together here: no scanner of repositories takes these for real
GITHUB, NPM = "ghp_" + WORD + "zA1b", "npm_" + WORD + "zA1b"


def test_a_hidden_character_hides_no_secret():
    finding = only(detecting("secret", kinds=["github-token"]), GITHUB[:10] + "\u200b" + GITHUB[10:])
    assert finding.seen_as is SeenAs.HIDDEN
    assert (finding.start, finding.end) == (0, len(GITHUB) + 1)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("password: Tr0ub4dor&3!", ["Tr0ub4dor&3"]),
        ("Mot de passe = hunter22.", ["hunter22"]),
        ('api_key = "sk9dkf83hfkA0sjdhf73hs"', ["sk9dkf83hfkA0sjdhf73hs"]),
        ("postgres://app:s3cr3tpw@db.example.com/x", ["s3cr3tpw"]),
    ],
)
def test_assigned_secrets_are_marked_without_the_words_before(text, marked):
    assert marks(detecting("secret", kinds=["any"]), text) == marked


def test_a_rule_may_combine_kinds():
    scanner = scanner_of(rule(detect=[{"secret": {"kinds": ["npm-token"]}}, {"identifier": {"kinds": ["email"]}}]))
    assert marks(scanner, f"{NPM} a@b.fr") == [NPM, "a@b.fr"]
