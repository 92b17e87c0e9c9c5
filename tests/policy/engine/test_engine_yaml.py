"""Policies as text: read with every mistake explained, written without losing a comment."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpblog.policy
from corpblog.policy.engine import Outcome, Policy, PolicyError, check_examples, dump_policy, load_policy
from corpblog.policy.engine.model import (
    CLASSIFICATIONS,
    AllOf,
    AnyOf,
    Between,
    ChannelClass,
    Company,
    Defaults,
    Examples,
    Identifier,
    Keywords,
    Links,
    Marking,
    Near,
    Not,
    Regex,
    Rule,
    Secret,
)
from corpblog.policy.engine.wording import Wording

PACK = (Path(corpblog.policy.__file__).parent / "packs" / "acme.yaml").read_text(encoding="utf-8")

POLICY = """\
# What this is for.
policy: 1
name: Acme default   # shown on the page
rules:
  - id: code-names                    # stable, unique, kebab-case
    title: {en: Unannounced projects, fr: Projets non annoncés}
    audience: external                # external | internal | any
    destinations: [any]               # or connector kinds, or names
    detect:                           # any of these; "all_of" and "near" combine
      - keywords: {terms: [Projet Mistral, 'Falcon'], dictionary: code-names.txt, whole_words: true, inflect: false}
      - regex: {pattern: 'PRJ-\\d{4}', validator: none}
      - identifier: {kinds: [payment-card, iban, fr-nir]}
      - secret: {kinds: [any]}
      - near: {words: 8, all: [{keywords: {terms: [merger, fusion]}}, {keywords: {terms: [Contoso]}}]}
    except: [{keywords: {terms: [Mistral wind]}}]
    min_count: 1
    until: 2027-03-01T08:00:00+01:00  # embargo: the rule rests afterwards
    outcome: hold                     # allow | warn | justify | hold | block

    reviewers: 1                      # 2 for grave rules
    explain: {en: Unannounced projects need a reviewer., fr: Un projet non annoncé passe par une relecture.}
    examples: {match: [Projet Mistral starts Monday], pass: [The mistral blows]}
  # The second rule.
  - id: second
    detect: [{secret: {kinds: [any]}}]
    outcome: block
default: {external: allow, internal: allow}
"""
LISTS = {"code-names.txt": ["Kestrel"]}


def problems(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_policy(text)
    return [str(problem) for problem in caught.value.problems]


def assert_explained(error: PolicyError) -> None:
    assert all(problem.message_en and problem.message_fr and problem.line >= 1 for problem in error.problems)
    assert error.problems


def rule_with(line: str) -> str:
    return f"policy: 1\nname: A\nrules:\n  - id: a\n    detect: [{{secret: {{}}}}]\n    outcome: hold\n    {line}\n"


def test_the_format_of_the_design_is_read_as_written():
    policy = load_policy(POLICY, LISTS)
    rule = policy.rules[0]
    assert rule.id == "code-names"
    assert rule.detect[0] == Keywords(("Projet Mistral", "Falcon"), "code-names.txt")
    assert rule.detect[4] == Near(8, (Keywords(("merger", "fusion")), Keywords(("Contoso",))))
    assert rule.until == datetime.fromisoformat("2027-03-01T08:00:00+01:00")
    assert (rule.outcome, rule.reviewers) == (Outcome.HOLD, 1)
    assert check_examples(policy) == []


def test_an_unchanged_policy_is_written_to_the_letter():
    assert dump_policy(load_policy(POLICY, LISTS)) == POLICY
    assert dump_policy(load_policy(PACK)) == PACK


def test_a_change_touches_its_own_line_only():
    policy = load_policy(POLICY, LISTS)
    changed = dataclasses.replace(
        policy, rules=(dataclasses.replace(policy.rules[0], outcome=Outcome.BLOCK), *policy.rules[1:])
    )
    before, after = POLICY.splitlines(), dump_policy(changed).splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        (
            "    outcome: hold                     # allow | warn | justify | hold | block",
            "    outcome: block                    # allow | warn | justify | hold | block",
        )
    ]


def test_a_term_more_keeps_every_comment():
    policy = load_policy(POLICY, LISTS)
    first = policy.rules[0]
    words = dataclasses.replace(first.detect[0], terms=("Projet Mistral", "Aurore", "Falcon"))
    changed = dataclasses.replace(
        policy, rules=(dataclasses.replace(first, detect=(words, *first.detect[1:])), *policy.rules[1:])
    )
    written = dump_policy(changed)
    assert "terms: [Projet Mistral, Aurore, 'Falcon']" in written
    assert [line for line in POLICY.splitlines() if line not in written.splitlines()] == [POLICY.splitlines()[9]]


def test_rules_may_be_added_removed_and_moved():
    policy = load_policy(POLICY, LISTS)
    first, second = policy.rules
    new = dataclasses.replace(second, id="new", min_count=3)
    for rules in ((second,), (second, first), (new, first, second), (first, new, second), (first, second, new)):
        changed = dataclasses.replace(policy, rules=rules)
        written = dump_policy(changed)
        assert load_policy(written, LISTS).digest == changed.digest
        assert written.startswith("# What this is for.")


# Mistakes ----------------------------------------------------------------------------------------------------------


def test_every_problem_is_reported_in_reading_order_with_its_place():
    found = problems(
        "policy: 2\nnmae: x\nrules:\n  - id: Bad Id\n    detect:\n      - regex: {pattern: '(?=a)'}\n"
        "      - keyword: {terms: [1]}\n      - keywords: {terms: [1, '--'], dictionary: x}\n"
        "    outcome: hodl\n    until: 2027-03-01\n"
    )
    assert [problem.split(":")[0] for problem in found] == [
        "line 1, column 1",
        "line 1, column 9 (policy)",
        "line 2, column 1 (nmae)",
        "line 4, column 9 (rules[0].id)",
        "line 6, column 26 (rules[0].detect[0].regex.pattern)",
        "line 7, column 9 (rules[0].detect[1].keyword)",
        "line 8, column 28 (rules[0].detect[2].keywords.terms[0])",
        "line 8, column 31 (rules[0].detect[2].keywords.terms[1])",
        "line 8, column 50 (rules[0].detect[2].keywords.dictionary)",
        "line 9, column 14 (rules[0].outcome)",
        "line 10, column 12 (rules[0].until)",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "This is not a policy"),
        ("- a\n- b", "This is not a policy"),
        ("policy: 1\n  x: [", "line 2, column 4: The YAML cannot be read here"),
        ("policy: 1\nname: A\nname: B\nrules: []", "duplicate key"),
        ("a: \x07", "control characters"),
        ("[" * 5000, "nested too deeply"),
        ("policy: 1\nname: A\nrules: []", "`rules` is empty"),
        ("policy: 1\nname: A\nrules: nothing", "`rules` is a list"),
        ("policy: 1\nname: A\nrules: [1]", "Expected `key: value` lines"),
        (rule_with("auidence: external"), "Did you mean “audience”?"),
        (rule_with("audience: outside"), "“outside” is not one of the choices"),
        (rule_with("min_count: 0"), "whole number from 1 to 1000"),
        (rule_with("min_count: true"), "whole number from 1 to 1000"),
        (rule_with("reviewers: two"), "whole number from 1 to 5"),
        (rule_with("until: tomorrow"), "Write date, time and time zone"),
        (rule_with("until: 2027-03-01T08:00:00"), "Write date, time and time zone"),
        (rule_with("title: Hello"), "Expected `key: value` lines here (en, fr)"),
        (rule_with("destinations: mastodon"), "`destinations` is a list"),
        (rule_with("destinations: []"), "`destinations` is empty"),
        (rule_with("examples: {fail: [x]}"), "“fail” is not known here"),
        (rule_with("except: [{keywords: {}}]"), "There are no words to look for"),
        (rule_with("except: [{identifier: {kinds: [payment-crad]}}]"), "Did you mean “payment-card”?"),
        (rule_with("except: [{links: {kinds: [shortlink]}}]"), "Did you mean “short-link”?"),
        (rule_with("except: [{marking: {kinds: [tlp-rde]}}]"), "Did you mean “tlp-red”?"),
        (rule_with("except: [{marking: [secret]}]"), "Expected `key: value` lines"),
        (rule_with("except: [{near: {words: 3, all: [{secret: {}}]}}]"), "combines at least two"),
        (rule_with("except: [{secret: {}, regex: {pattern: x}}]"), "exactly one of"),
        (rule_with("except: [{keywords: {dictionary: ../etc/passwd}}]"), "no folder"),
        (rule_with("explain: &a {en: x}\n    title: *a"), "Anchors and aliases"),
        (
            "policy: 1\nname: A\nrules:\n" + "  - {id: a, detect: [{secret: {}}], outcome: hold}\n" * 2,
            "already called “a”",
        ),
        (rule_with("x: y").replace("id: a", "id: fail-closed"), "reserved"),
        (rule_with("except: [{identifier: {kinds: [email-internal]}}]"), "needs to know your domains"),
        (rule_with("x: y").replace("name:", "company: {domains: ['@acme.example']}\nname:", 1), "without @"),
        (rule_with("x: y").replace("name:", "company: {hosts: [x]}\nname:", 1), "“hosts” is not known here"),
    ],
)
def test_a_mistake_is_explained(text, said):
    assert any(said in problem for problem in problems(text))


def test_a_billion_laughs_cost_nothing():
    lines = ["policy: 1", "name: A", "a: &a [x,x,x,x,x,x,x,x,x,x]"]
    lines += [f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]" for old, new in zip("abcdefgh", "bcdefghi", strict=True)]
    lines.append("rules: *i")
    assert any(
        "list" in problem or "Expected" in problem or "Anchors" in problem for problem in problems("\n".join(lines))
    )


def test_problems_speak_french_too():
    with pytest.raises(PolicyError) as caught:
        load_policy(rule_with("auidence: external"))
    assert caught.value.problems[0].in_language("fr").startswith("« auidence » n’est pas connu ici. Vouliez-vous dire")


@given(st.text(max_size=200))
def test_no_text_raises_anything_else(text):
    try:
        load_policy(text)
    except PolicyError as error:
        assert_explained(error)


@given(st.data())
@settings(max_examples=60)
def test_no_damaged_policy_raises_anything_else(data):
    start = data.draw(st.integers(0, len(POLICY)))
    end = data.draw(st.integers(start, min(len(POLICY), start + 60)))
    damaged = POLICY[:start] + data.draw(st.text(alphabet=":-[]{}#&*!|>'\"\n\t x1", max_size=12)) + POLICY[end:]
    try:
        load_policy(damaged, LISTS)
    except PolicyError as error:
        assert_explained(error)


# Examples ----------------------------------------------------------------------------------------------------------


def test_examples_that_do_not_hold_are_found_with_their_line():
    text = POLICY.replace("match: [Projet Mistral starts Monday]", "match: [Projet Sirocco]").replace(
        "[The mistral blows]", "[The Falcon]"
    )
    first, second = check_examples(load_policy(text, LISTS))
    assert (first.line, first.path) == (22, "rules[0].examples.match[0]")
    assert "should find something" in first.message_en
    assert "should leave “The Falcon” alone" in second.message_en
    assert "devrait laisser passer" in second.message_fr


def test_examples_of_an_embargo_are_tried_before_its_end():
    assert check_examples(load_policy(POLICY.replace("2027-03-01", "2001-03-01"), LISTS)) == []


def test_the_demo_policy_holds_its_examples():
    policy = load_policy(PACK)
    assert check_examples(policy) == []
    assert len(policy.rules) >= 10
    assert all(rule.title.en and rule.title.fr and rule.explain.en and rule.explain.fr for rule in policy.rules)
    assert all(rule.examples.match and rule.examples.allow for rule in policy.rules)


# Round trip --------------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=20).filter(
    lambda text: text.strip() and any(char.isalnum() for char in text)
)
WORDINGS = st.builds(Wording, en=WORDS, fr=WORDS)
LEAVES = st.one_of(
    st.builds(Keywords, st.lists(WORDS, min_size=1, max_size=3).map(tuple), st.just(""), st.booleans(), st.booleans()),
    st.builds(
        Regex, st.sampled_from([r"PRJ-\d{4}", "a: b #c", "'quoted'", '"x"']), st.sampled_from(["none", "luhn", "iban"])
    ),
    st.builds(Identifier, st.sampled_from([("iban",), ("any",), ("email", "phone")])),
    st.builds(Secret, st.sampled_from([("any",), ("jwt", "npm-token")])),
    st.builds(Links, st.sampled_from([("any",), ("short-link", "unc-path")])),
    st.builds(Marking, st.sampled_from([("any",), ("tlp-green", "secret")])),
)
PAIRS = st.lists(LEAVES, min_size=2, max_size=3).map(tuple)
PARTS = st.one_of(LEAVES, st.builds(AnyOf, PAIRS), st.builds(Near, st.integers(0, 200), PAIRS))
ALL_OF = st.tuples(PARTS, st.one_of(PARTS, st.builds(Not, st.tuples(PARTS)))).map(AllOf)
DETECTORS = st.lists(st.one_of(PARTS, ALL_OF), min_size=1, max_size=3)
CLASSES = st.one_of(
    st.none(),
    st.builds(ChannelClass, at_least=st.sampled_from(CLASSIFICATIONS)),
    st.builds(ChannelClass, one_of=st.sets(st.sampled_from(CLASSIFICATIONS), min_size=1).map(tuple)),
)
WINDOWS = st.one_of(
    st.none(),
    st.builds(
        Between,
        st.sampled_from(["Europe/Paris", "America/New_York", "UTC"]),
        st.sampled_from([("sat", "sun"), ("mon",)]),
        st.sampled_from(["", "18:00-08:00", "00:00-24:00"]),
    ),
)
MOMENTS = st.sampled_from(
    [None, datetime.fromisoformat("2027-03-01T08:00:00+01:00"), datetime.fromisoformat("2027-01-01T00:00:00Z")]
)
RULES = st.builds(
    Rule,
    id=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True),
    detect=DETECTORS.map(tuple),
    outcome=st.sampled_from(Outcome),
    title=WORDINGS,
    audience=st.sampled_from(["external", "internal", "any"]),
    destinations=st.sampled_from([("any",), ("mastodon", "Press page")]),
    groups=st.sampled_from([("any",), ("sales",)]),
    classification=CLASSES,
    languages=st.sampled_from([("any",), ("fr", "en-GB")]),
    attachments=st.sampled_from([(), ("any",), ("pdf", "archive")]),
    exceptions=st.one_of(st.just(()), DETECTORS.map(tuple)),
    min_count=st.integers(1, 5),
    min_distinct=st.integers(1, 5),
    since=MOMENTS,
    until=MOMENTS,
    between=WINDOWS,
    score=st.one_of(st.none(), st.integers(0, 100)),
    reviewers=st.integers(1, 3),
    explain=WORDINGS,
    examples=st.builds(Examples, st.lists(WORDS, max_size=2).map(tuple), st.lists(WORDS, max_size=2).map(tuple)),
)
ANY_RULE = st.one_of(
    RULES,
    RULES.map(lambda rule: dataclasses.replace(rule, shadow=True)),
    # Without detectors a rule needs a condition, and has nothing to count or to excuse.
    RULES.map(
        lambda rule: dataclasses.replace(
            rule, detect=(), exceptions=(), min_count=1, min_distinct=1, attachments=("any",)
        )
    ),
)
POLICIES = st.builds(
    Policy,
    name=WORDS,
    rules=st.lists(ANY_RULE, min_size=1, max_size=4, unique_by=lambda rule: rule.id)
    .filter(lambda rules: not all(rule.shadow for rule in rules))
    .map(tuple),
    default=st.builds(Defaults, st.sampled_from(Outcome), st.sampled_from(Outcome)),
    company=st.builds(
        Company,
        st.sampled_from([(), ("acme.example", "umbra.fr")]),
        st.sampled_from([(), ("intranet", "corp.acme.fr")]),
    ),
)


@given(POLICIES)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(policy):
    text = dump_policy(policy)
    again = load_policy(text)
    assert again == policy
    assert again.digest == policy.digest
    assert dump_policy(again) == text


@given(POLICIES, POLICIES)
@settings(max_examples=40, deadline=None)
def test_any_policy_may_be_edited_into_any_other(old, new):
    source = dump_policy(old)
    edited = dataclasses.replace(new, source=source)
    assert load_policy(dump_policy(edited)) == new
