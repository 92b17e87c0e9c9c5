"""A form changes the lines of its rule and leaves every other byte, and every comment, where it was."""

import difflib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpblog import policy
from corpblog.kernel.errors import CorpblogError
from corpblog.policy.documents import drop_rule, put_rule
from corpblog.policy.engine import check_examples, load_policy
from corpblog.policy.engine.model import Between, ChannelClass
from corpblog.policy.entries import RuleEntry, entry_of

LIVED_IN = """\
# Top of the file.
policy: 1
name: Acme   # the company

rules:
- id: code-names    # stable
  # Titles are shown to authors.
  title: {en: "Unannounced", fr: Projets}
  detect:
    - keywords:
        terms:
          # the board's
          - Mistral   # the wind, too
          # the lab's
          - Falcon
          - 'Kestrel: a bird'
    - near: {words: 8, all: [{keywords: {terms: [merger]}}, {keywords: {terms: [Contoso]}}]}
    - regex: {pattern: 'PRJ-\\d{4}', validator: none}   # from IT
  # Officers asked for hold.
  outcome: hold
  examples: {match: [Mistral starts]}

# Cards, see ticket 12.
- {id: cards, detect: [{identifier: {kinds: [payment-card]}}], outcome: block}

    # An oddly indented remark.
- id: last
  detect:
  - secret: {}
  outcome: block
  explain:
    en: >-
      Folded
      text.

# The defaults.
default: {external: allow}
# The end.
"""


def entry(rule_id: str, source: str = LIVED_IN) -> RuleEntry:
    rule = load_policy(source).rule(rule_id)
    assert rule is not None
    return entry_of(rule)


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    found = list(difflib.ndiff(before.split("\n"), after.split("\n")))
    return [line[2:] for line in found if line.startswith("- ")], [line[2:] for line in found if line.startswith("+ ")]


def comments(source: str) -> list[str]:
    return sorted(line.strip() for line in source.split("\n") if line.lstrip().startswith("#"))


@pytest.mark.parametrize(
    ("changes", "gone", "come"),
    [
        ({"outcome": "block"}, ["  outcome: hold"], ["  outcome: block"]),
        ({"id": "names"}, ["- id: code-names    # stable"], ["- id: names         # stable"]),
        ({"title_fr": ""}, ['  title: {en: "Unannounced", fr: Projets}'], ['  title: {en: "Unannounced"}']),
        ({"words": ("Mistral", "Falcon", "Kestrel: a bird", "Osprey")}, [], ["          - Osprey"]),
        ({"words": ("Mistral", "Falcon")}, ["          - 'Kestrel: a bird'"], []),
        ({"whole_words": False}, [], ["        whole_words: false"]),
        ({"min_count": 3}, [], ["  min_count: 3"]),
        ({"until": datetime(2027, 3, 1, 8, tzinfo=UTC)}, [], ["  until: 2027-03-01T08:00:00+00:00"]),
        ({"since": datetime(2027, 1, 1, 8, tzinfo=UTC)}, [], ["  from: 2027-01-01T08:00:00+00:00"]),
        ({"min_distinct": 2}, [], ["  min_distinct: 2"]),
        ({"shadow": True}, [], ["  shadow: true"]),
        ({"score": 0}, [], ["  score: 0"]),
        ({"languages": ("fr", "en")}, [], ["  languages: [fr, en]"]),
        ({"attachments": ("pdf", "any")}, [], ["  attachments: [pdf, any]"]),
        (
            {"classification": ChannelClass(at_least="confidential")},
            [],
            ["  classification: {at_least: confidential}"],
        ),
        (
            {"between": Between("Europe/Paris", ("sat", "sun"), "18:00-08:00")},
            [],
            ["  between: {days: [sat, sun], hours: '18:00-08:00', time_zone: Europe/Paris}"],
        ),
        ({"match": ()}, ["  examples: {match: [Mistral starts]}"], []),
        ({"patterns": ()}, ["    - regex: {pattern: 'PRJ-\\d{4}', validator: none}   # from IT"], []),
        ({"secrets": True}, [], ["    - secret: {kinds: [any]}"]),
        ({"links": ("short-link", "unc-path")}, [], ["    - links: {kinds: [short-link, unc-path]}"]),
        ({"markings": ("any",)}, [], ["    - marking: {kinds: [any]}"]),
    ],
)
def test_a_change_touches_its_own_lines(changes: dict[str, Any], gone: list[str], come: list[str]) -> None:
    wanted = replace(entry("code-names"), **changes)
    result = put_rule(LIVED_IN, {}, "code-names", wanted)
    assert changed_lines(LIVED_IN, result) == (gone, come)
    assert entry(wanted.id, result) == wanted


FULL = """\
policy: 1
name: Full
rules:
  - id: last
    detect: [{secret: {}}]
    outcome: block
  - id: full
    classification: {one_of: [confidential, restricted]}   # closed ones
    languages: [fr]
    attachments:
      # no images
      - pdf
      - archive
    from: 2027-01-01T08:00:00+01:00
    between:
      days: [sat]   # the quiet day
      time_zone: Europe/Paris
    shadow: true
    outcome: hold
    score: 80
"""


@pytest.mark.parametrize(
    ("changes", "gone", "come"),
    [
        ({}, [], []),
        (
            {"classification": ChannelClass(at_least="restricted")},
            ["    classification: {one_of: [confidential, restricted]}   # closed ones"],
            ["    classification: {at_least: restricted}                 # closed ones"],
        ),
        ({"classification": None}, ["    classification: {one_of: [confidential, restricted]}   # closed ones"], []),
        ({"languages": ("any",)}, ["    languages: [fr]"], ["    languages: [any]"]),
        ({"attachments": ("pdf",)}, ["      - archive"], []),
        ({"since": None}, ["    from: 2027-01-01T08:00:00+01:00"], []),
        (
            {"between": Between("Europe/Paris", ("sat",), "08:00-18:00")},
            [],
            ["      hours: '08:00-18:00'"],
        ),
        ({"shadow": False}, ["    shadow: true"], ["    shadow: false"]),
        ({"score": None}, ["    score: 80"], []),
    ],
)
def test_a_condition_that_is_written_is_changed_in_its_place(
    changes: dict[str, Any], gone: list[str], come: list[str]
) -> None:
    wanted = replace(entry("full", FULL), **changes)
    result = put_rule(FULL, {}, "full", wanted)
    assert changed_lines(FULL, result) == (gone, come)
    assert entry("full", result) == wanted


def test_no_change_is_no_change() -> None:
    for rule_id in ("code-names", "cards", "last"):
        assert put_rule(LIVED_IN, {}, rule_id, entry(rule_id)) == LIVED_IN


def test_a_comment_survives_the_term_it_stood_above() -> None:
    result = put_rule(LIVED_IN, {}, "code-names", replace(entry("code-names"), words=("Mistral",)))
    assert comments(result) == comments(LIVED_IN)


def test_a_rule_in_braces_can_be_changed() -> None:
    wanted = replace(entry("cards"), outcome="hold", words=("card",))
    result = put_rule(LIVED_IN, {}, "cards", wanted)
    assert entry("cards", result) == wanted
    assert comments(result) == comments(LIVED_IN)


def test_a_new_rule_stands_behind_the_others_and_before_the_remark_on_what_follows() -> None:
    result = put_rule(LIVED_IN, {}, None, RuleEntry("birds", title_en="Birds", words=("Osprey",)))
    assert [rule.id for rule in load_policy(result).rules] == ["code-names", "cards", "last", "birds"]
    assert result.index("- id: birds") < result.index("# The defaults.")
    assert changed_lines(LIVED_IN, result)[0] == []


def test_a_rule_goes_with_the_remark_right_above_it() -> None:
    result = drop_rule(LIVED_IN, "cards")
    assert [rule.id for rule in load_policy(result).rules] == ["code-names", "last"]
    assert set(comments(LIVED_IN)) - set(comments(result)) == {"# Cards, see ticket 12."}


def test_two_rules_cannot_have_one_identifier() -> None:
    with pytest.raises(CorpblogError):
        put_rule(LIVED_IN, {}, "cards", replace(entry("cards"), id="last"))
    with pytest.raises(CorpblogError):
        put_rule(LIVED_IN, {}, None, RuleEntry("last", words=("x",)))


def test_a_document_in_braces_is_left_to_the_yaml_view() -> None:
    flat = "{policy: 1, name: a, rules: [{id: b, detect: [{secret: {}}], outcome: block}]}"
    with pytest.raises(CorpblogError):
        put_rule(flat, {}, "b", replace(entry("b", flat), outcome="hold"))


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=30)
lines = st.lists(words.map(str.strip).filter(lambda text: any(c.isalnum() for c in text)), max_size=5, unique=True)


MOMENTS = st.sampled_from([None, datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)])


@settings(max_examples=60, deadline=None)
@given(
    terms=lines.filter(bool),
    exceptions=lines,
    title=words.map(str.strip),
    explain=words.map(str.strip),
    outcome=st.sampled_from(["allow", "warn", "justify", "hold", "block"]),
    audience=st.sampled_from(["external", "internal", "any"]),
    reviewers=st.integers(1, 5),
    shadow=st.booleans(),
    score=st.one_of(st.none(), st.integers(0, 100)),
    min_distinct=st.integers(1, 9),
    classification=st.sampled_from([None, ChannelClass("internal"), ChannelClass(one_of=("public", "restricted"))]),
    languages=st.sampled_from([("any",), ("fr",), ("en-GB", "fr")]),
    attachments=st.sampled_from([(), ("any",), ("pdf", "archive")]),
    since=MOMENTS,
    until=MOMENTS,
    between=st.sampled_from([None, Between("UTC", ("sat",)), Between("Europe/Paris", ("mon", "fri"), "18:00-08:00")]),
    identifiers=st.sampled_from([(), ("any",), ("fr-nir", "national-id")]),
    links=st.sampled_from([(), ("any",), ("unc-path", "short-link")]),
    markings=st.sampled_from([(), ("any", "tlp-green")]),
    rule_id=st.sampled_from(["code-names", "cards", "last"]),
)
def test_whatever_is_typed_is_read_back_and_no_comment_line_is_lost(
    terms: list[str], exceptions: list[str], title: str, explain: str, rule_id: str, **rest: Any
) -> None:
    wanted = replace(
        entry(rule_id), words=tuple(terms), exceptions=tuple(exceptions), title_en=title, explain_fr=explain, **rest
    )
    result = put_rule(LIVED_IN, {}, rule_id, wanted)
    assert replace(entry(rule_id, result), more=wanted.more) == wanted
    assert set(comments(LIVED_IN)) <= set(comments(result))
    others = [rule for rule in load_policy(LIVED_IN).rules if rule.id != rule_id]
    assert [rule for rule in load_policy(result).rules if rule.id != rule_id] == others


SHIPPED = sorted(Path(policy.__file__).parent.glob("**/*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_policy_that_is_shipped_holds_and_passes_through_the_form_unchanged(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    shipped = load_policy(source)
    assert check_examples(shipped) == []
    for rule in shipped.rules:
        assert put_rule(source, {}, rule.id, entry_of(rule)) == source
        changed = replace(entry_of(rule), min_count=rule.min_count + 1)
        after = load_policy(put_rule(source, {}, rule.id, changed))
        assert [item for item in after.rules if item.id != rule.id] == [
            item for item in shipped.rules if item.id != rule.id
        ]
