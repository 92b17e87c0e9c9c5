"""Whatever may let out more than before counts as lowering protection; nothing else does."""

import pytest

from corpblog.policy.engine import load_policy
from corpblog.policy.protection import lowerings

BEFORE = """\
policy: 1
name: Acme
rules:
  - id: names
    title: {en: Names}
    audience: external
    destinations: [mastodon, press]
    detect:
      - keywords: {terms: [Falcon, Mistral], dictionary: birds.txt}
      - identifier: {kinds: [iban, email]}
      - regex: {pattern: 'PRJ-[0-9]+'}
    except: [{keywords: {terms: [falcon cam, falcon club]}}]
    min_count: 2
    until: 2027-03-01T08:00:00+01:00
    outcome: hold
    reviewers: 2
    explain: {en: Because.}
  - id: cards
    detect: [{identifier: {kinds: [payment-card]}}]
    outcome: block
default: {external: warn, internal: allow}
"""
BIRDS = ["Osprey", "Kestrel"]


def parts(after: str, birds: list[str] = BIRDS) -> list[str]:
    before, then = load_policy(BEFORE, {"birds.txt": BIRDS}), load_policy(after, {"birds.txt": birds})
    return [lowering.part for lowering in lowerings(before, then)]


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("outcome: hold", "outcome: warn", "outcome"),
        ("outcome: block", "outcome: hold", "outcome"),
        ("audience: external", "audience: internal", "audience"),
        ("[mastodon, press]", "[mastodon]", "destinations"),
        ("[Falcon, Mistral]", "[Falcon]", "detect"),
        ("[Falcon, Mistral]", "[Falcon, mistral wind]", "detect"),
        ("[iban, email]", "[iban]", "detect"),
        ("PRJ-[0-9]+", "PRJ-[0-9]{4}", "detect"),
        ("      - regex: {pattern: 'PRJ-[0-9]+'}\n", "", "detect"),
        (", dictionary: birds.txt", "", "detect"),
        ("[falcon cam, falcon club]", "[falcon cam, falcon club, falcon]", "except"),
        ("min_count: 2", "min_count: 3", "min_count"),
        ("2027-03-01T08", "2027-02-01T08", "until"),
        ("reviewers: 2", "reviewers: 1", "reviewers"),
        ("audience: external", "audience: external\n    groups: [sales]", "groups"),
        ("external: warn", "external: allow", "default.external"),
        ("name: Acme\n", "name: Acme\ncompany: {domains: [acme.example]}\n", "company"),
        ("min_count: 2", "min_count: 2\n    min_distinct: 2", "min_distinct"),
        ("min_count: 2", "min_count: 2\n    shadow: true", "shadow"),
        ("min_count: 2", "min_count: 2\n    from: 2026-03-01T08:00:00+01:00", "from"),
        ("min_count: 2", "min_count: 2\n    between: {hours: 18:00-08:00, time_zone: Europe/Paris}", "between"),
        ("min_count: 2", "min_count: 2\n    languages: [fr]", "languages"),
        ("min_count: 2", "min_count: 2\n    attachments: [any]", "attachments"),
        ("min_count: 2", "min_count: 2\n    classification: {at_least: internal}", "classification"),
    ],
)
def test_less_is_lower(old: str, new: str, part: str) -> None:
    assert BEFORE.replace(old, new) != BEFORE
    assert parts(BEFORE.replace(old, new)) == [part]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("outcome: hold", "outcome: block"),
        ("audience: external", "audience: any"),
        ("[mastodon, press]", "[any]"),
        ("[Falcon, Mistral]", "[Mistral, Falcon, Kestrel]"),
        ("[iban, email]", "[any]"),
        ("[falcon cam, falcon club]", "[falcon cam]"),
        ("    except: [{keywords: {terms: [falcon cam, falcon club]}}]\n", ""),
        ("min_count: 2", "min_count: 1"),
        ("2027-03-01T08", "2028-03-01T08"),
        ("    until: 2027-03-01T08:00:00+01:00\n", ""),
        ("reviewers: 2", "reviewers: 3"),
        ("{en: Because.}", "{en: Why not.}"),
        ("dictionary: birds.txt}", "dictionary: birds.txt, whole_words: false}"),
        ("internal: allow", "internal: hold"),
        ("  - id: cards", "  - {id: more, detect: [{secret: {}}], outcome: warn}\n  - id: cards"),
    ],
)
def test_more_or_other_words_are_not(old: str, new: str) -> None:
    assert parts(BEFORE.replace(old, new)) == []


ASKING = """\
policy: 1
name: Acme
rules:
  - {id: last, detect: [{secret: {}}], outcome: block}
  - id: asking
    classification: {one_of: [confidential]}
    languages: [fr]
    attachments: [pdf]
    from: 2027-01-01T08:00:00+01:00
    between: {hours: 18:00-08:00, time_zone: Europe/Paris}
    outcome: hold
"""


@pytest.mark.parametrize(
    ("old", "new", "lowered"),
    [
        ("{one_of: [confidential]}", "{at_least: confidential}", []),
        ("{one_of: [confidential]}", "{one_of: [restricted]}", ["classification"]),
        ("    classification: {one_of: [confidential]}\n", "", []),
        ("[fr]", "[fr, en]", []),
        ("[pdf]", "[archive, pdf]", []),
        ("[pdf]", "[any]", []),
        ("[pdf]", "[archive]", ["attachments"]),
        ("    attachments: [pdf]\n", "", []),
        ("from: 2027-01", "from: 2026-01", []),
        ("from: 2027-01", "from: 2027-02", ["from"]),
        ("    between: {hours: 18:00-08:00, time_zone: Europe/Paris}\n", "", []),
        ("outcome: hold", "outcome: hold\n    detect: [{secret: {}}]", ["detect"]),
    ],
)
def test_a_condition_may_widen_and_not_narrow(old: str, new: str, lowered: list[str]) -> None:
    changed = ASKING.replace(old, new)
    assert changed != ASKING
    assert [lowering.part for lowering in lowerings(load_policy(ASKING), load_policy(changed))] == lowered


@pytest.mark.parametrize(
    ("old", "new", "lowered"),
    [
        ("identifier: {kinds: [fr-nir]}", "identifier: {kinds: [national-id]}", []),
        ("identifier: {kinds: [national-id]}", "identifier: {kinds: [any]}", []),
        ("identifier: {kinds: [national-id]}", "identifier: {kinds: [fr-nir]}", ["detect"]),
        ("secret: {}", "secret: {kinds: [npm-token]}", ["detect"]),
        ("links: {kinds: [short-link]}", "links: {}", []),
        ("links: {}", "links: {kinds: [short-link]}", ["detect"]),
        ("marking: {kinds: [tlp-red]}", "marking: {}", []),
        ("marking: {kinds: [tlp-green]}", "marking: {}", ["detect"]),
        ("marking: {kinds: [tlp-green]}", "links: {}", ["detect"]),
    ],
)
def test_names_of_several_kinds_are_understood(old: str, new: str, lowered: list[str]) -> None:
    source = "policy: 1\nname: A\nrules:\n  - {id: a, detect: [{%s}], outcome: hold}\n"
    before, after = (load_policy(source % detector) for detector in (old, new))
    assert [lowering.part for lowering in lowerings(before, after)] == lowered


def test_a_rule_in_shadow_protected_nothing() -> None:
    shadowed = load_policy(ASKING.replace("outcome: hold", "outcome: hold\n    shadow: true"))
    assert lowerings(shadowed, load_policy(ASKING.replace("outcome: hold", "outcome: warn"))) == []


def test_a_rule_that_is_gone_or_renamed_is_lower() -> None:
    assert parts(BEFORE.replace("id: cards", "id: payment")) == ["rule"]


def test_a_shorter_word_list_is_lower_and_a_longer_one_is_not() -> None:
    assert parts(BEFORE, ["Osprey"]) == ["dictionary"]
    assert parts(BEFORE, [*BIRDS, "Emu"]) == []


def test_a_longer_word_list_of_exceptions_is_lower() -> None:
    source = BEFORE.replace(", dictionary: birds.txt", "")
    source = source.replace("[falcon cam, falcon club]", "[falcon cam], dictionary: birds.txt")
    before, longer, shorter = (load_policy(source, {"birds.txt": birds}) for birds in (BIRDS, [*BIRDS, "Emu"], ["Emu"]))
    assert [lowering.part for lowering in lowerings(before, longer)] == ["dictionary"]
    assert lowerings(longer, shorter) == []


def test_nothing_was_protected_before_the_first_policy() -> None:
    assert lowerings(None, load_policy(BEFORE, {"birds.txt": BIRDS})) == []
