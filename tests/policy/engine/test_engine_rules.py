"""What a rule's keys mean."""

from datetime import UTC, datetime

import pytest

from corpblog.policy.engine import Outcome, PolicyError, Verdict, compile_policy, explain, fail_closed, load_policy
from corpblog.policy.engine.model import Policy
from tests.policy.engine.engine_policies import marks, only, policy_text, rule, scan, scanner_for, scanner_of

FALCON = {"keywords": {"terms": ["Falcon"]}}
KESTREL = {"keywords": {"terms": ["Kestrel"]}}


def outcome(scanner, text="Falcon", **question) -> Outcome:
    return scan(scanner, text, **question).outcome


def test_the_strictest_outcome_wins_and_every_finding_is_kept():
    scanner = scanner_of(
        rule(id="soft", detect=[FALCON], outcome="warn"),
        rule(id="hard", detect=[KESTREL], outcome="hold", reviewers=2),
    )
    verdict = scan(scanner, "Falcon and Kestrel")
    assert verdict.outcome is Outcome.HOLD
    assert verdict.rules == ("hard", "soft")
    assert verdict.reviewers == 2


def test_outcomes_are_ordered_from_lenient_to_strict():
    assert sorted([Outcome.BLOCK, Outcome.WARN, Outcome.HOLD, Outcome.ALLOW, Outcome.JUSTIFY]) == list(Outcome)


@pytest.mark.parametrize(("audience", "speaks"), [("external", True), ("internal", False)])
def test_a_rule_speaks_of_its_audience(audience, speaks):
    scanner = scanner_of(rule(detect=[FALCON], audience="external"))
    assert (outcome(scanner, audience=audience) is Outcome.BLOCK) is speaks


@pytest.mark.parametrize(
    ("destination", "name", "speaks"),
    [("mastodon", None, True), ("webhook", "Investors", True), ("webhook", "Other", False), (None, None, True)],
)
def test_a_rule_speaks_of_its_destinations_and_of_an_unknown_one(destination, name, speaks):
    scanner = scanner_of(rule(detect=[FALCON], destinations=["mastodon", "Investors"]))
    assert (outcome(scanner, destination=destination, destination_name=name) is Outcome.BLOCK) is speaks


def test_a_rule_for_a_destination_rests_inside():
    scanner = scanner_of(rule(detect=[FALCON], destinations=["mastodon"]))
    assert outcome(scanner, audience="internal") is Outcome.ALLOW


def test_a_rule_may_be_for_some_groups():
    scanner = scanner_of(rule(detect=[FALCON], groups=["sales"]))
    assert outcome(scanner, groups=frozenset({"sales", "all"})) is Outcome.BLOCK
    assert outcome(scanner, groups=frozenset({"all"})) is Outcome.ALLOW


@pytest.mark.parametrize(
    ("now", "speaks"),
    [
        (datetime(2027, 3, 1, 6, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 3, 1, 7, 0, 0, tzinfo=UTC), False),
        (datetime.fromisoformat("2027-03-01T06:59"), True),
        (None, True),
    ],
)
def test_an_embargo_ends_at_its_instant_in_any_zone(now, speaks):
    scanner = scanner_of(rule(detect=[FALCON], until="2027-03-01T08:00:00+01:00"))
    assert (outcome(scanner, now=now) is Outcome.BLOCK) is speaks


def test_an_exception_excuses_what_lies_inside_it_only():
    scanner = scanner_of(rule(detect=[FALCON], **{"except": [{"keywords": {"terms": ["Falcon heavy", "the Falcon"]}}]}))
    assert outcome(scanner, "a Falcon heavy") is Outcome.ALLOW
    assert outcome(scanner, "Falcon heavy, Falcon light") is Outcome.BLOCK


def test_a_longer_secret_is_not_excused_by_innocent_words_that_overlap_it():
    scanner = scanner_of(
        rule(
            detect=[{"keywords": {"terms": ["Projet Mistral"]}}],
            **{"except": [{"keywords": {"terms": ["Mistral wind"]}}]},
        )
    )
    assert marks(scanner, "Projet Mistral wind") == ["Projet Mistral"]


def test_a_disguised_exception_excuses_nothing():
    scanner = scanner_of(rule(detect=[FALCON], **{"except": [{"keywords": {"terms": ["peregrine Falcon"]}}]}))
    assert outcome(scanner, "p-e-r-e-g-r-i-n-e Falcon") is Outcome.BLOCK


def test_a_minimum_counts_places_that_do_not_overlap():
    scanner = scanner_of(rule(detect=[{"keywords": {"terms": ["Falcon", "Falcon nine"]}}], min_count=2))
    assert outcome(scanner, "Falcon nine") is Outcome.ALLOW
    assert outcome(scanner, "Falcon nine and Falcon") is Outcome.BLOCK
    assert scanner.scan({"text": "Falcon", "alt": "Falcon"}, audience="external").outcome is Outcome.BLOCK


def test_near_counts_the_words_between():
    scanner = scanner_of(rule(detect=[{"near": {"words": 2, "all": [FALCON, KESTREL]}}]))
    assert marks(scanner, "Falcon one two Kestrel") == ["Falcon", "Kestrel"]
    assert marks(scanner, "Kestrel one two Falcon") == ["Kestrel", "Falcon"]
    assert marks(scanner, "Falcon one two three Kestrel") == []
    assert marks(scanner, "Falcon far far away, Falcon near Kestrel") == ["Falcon", "Kestrel"]


def test_near_does_not_reach_from_one_field_into_another():
    scanner = scanner_of(rule(detect=[{"near": {"words": 5, "all": [FALCON, KESTREL]}}]))
    assert scanner.scan({"text": "Falcon", "alt": "Kestrel"}, audience="external").outcome is Outcome.ALLOW


def test_all_of_reaches_over_all_fields():
    scanner = scanner_of(rule(detect=[{"all_of": [FALCON, KESTREL]}]))
    verdict = scanner.scan({"text": "Falcon", "alt": "a Kestrel"}, audience="external")
    assert [(finding.field, finding.start) for finding in verdict.findings] == [("text", 0), ("alt", 2)]
    assert outcome(scanner, "Falcon") is Outcome.ALLOW


def test_inflected_forms_are_found_when_asked_for():
    scanner = scanner_for("licenciement", "plant closure", inflect=True)
    assert marks(scanner, "Des licenciements, two Plant Closures") == ["licenciements", "Plant Closures"]
    assert marks(scanner_for("licenciement"), "des licenciements") == []


def test_parts_of_words_are_found_when_asked_for():
    assert marks(scanner_for("secret", whole_words=False), "topsecrets") == ["secret"]


def test_terms_may_come_from_a_dictionary():
    lists = {"birds": ["# birds", "", "Falcon", " Kestrel "]}
    scanner = scanner_of(rule(detect=[{"keywords": {"dictionary": "birds"}}]), dictionaries=lists)
    assert marks(scanner, "kestrel, falcon, birds") == ["kestrel", "falcon"]


def test_the_default_decides_where_no_rule_speaks():
    scanner = scanner_of(rule(detect=[FALCON], outcome="warn"), default={"external": "hold", "internal": "allow"})
    assert outcome(scanner, "nothing") is Outcome.HOLD
    assert scan(scanner, "nothing").reviewers == 1
    assert outcome(scanner, "nothing", audience="internal") is Outcome.ALLOW


def test_findings_carry_what_a_person_needs_in_both_languages():
    scanner = scanner_of(
        rule(
            detect=[FALCON],
            outcome="hold",
            title={"en": "Birds", "fr": "Oiseaux"},
            explain={"en": "Shy.", "fr": "Timides."},
        )
    )
    finding = only(scanner, "Fal\u200bcon")
    assert explain(finding, "en") | {"next_step": ""} == {
        "title": "Birds",
        "reason": "Shy.",
        "seen_as": "hidden characters",
        "next_step": "",
    }
    assert explain(finding, "fr-CA")["title"] == "Oiseaux"
    assert explain(finding, "fr")["seen_as"] == "caractères invisibles"


def test_a_verdict_survives_being_written_down():
    verdict = scan(scanner_for("Falcon"), "a F4lcon")
    assert Verdict.from_record(verdict.to_record()) == verdict
    assert set(verdict.to_json()) == {"outcome", "findings"}
    assert list(verdict.to_json()["findings"][0]) == ["rule", "term", "field", "start", "end", "view", "confidence"]


# Fail closed -------------------------------------------------------------------------------------------------------


def test_an_empty_policy_holds():
    assert scan(compile_policy(Policy("Empty", ())), "hello").outcome is Outcome.HOLD


def test_an_unknown_audience_holds():
    assert scan(scanner_for("Falcon"), "hello", audience="martian").outcome is Outcome.HOLD


def test_what_is_no_text_holds():
    assert scanner_for("Falcon").scan({"text": b"hello"}, audience="external").outcome is Outcome.HOLD
    assert scanner_for("Falcon").scan(None, audience="external").outcome is Outcome.HOLD


def test_a_failing_detector_holds_and_tells_nothing_of_the_text(monkeypatch, caplog):
    scanner = scanner_for("Falcon")

    def explode(*_: object) -> None:
        raise RuntimeError("secret words of the post")

    monkeypatch.setattr(scanner._lexicon, "search", explode, raising=False) if hasattr(
        scanner._lexicon, "__dict__"
    ) else monkeypatch.setattr(type(scanner._lexicon), "search", explode)
    verdict = scan(scanner, "hello")
    assert verdict.outcome is Outcome.HOLD
    assert "secret words" not in caplog.text + str(verdict)


def test_a_text_that_is_too_long_holds():
    assert scan(scanner_for("Falcon"), "x" * 2_000_001).outcome is Outcome.HOLD


def test_a_scan_that_takes_too_long_holds(monkeypatch):
    monkeypatch.setattr("corpblog.policy.engine.scanner.TIME_LIMIT", -1.0)
    verdict = scan(scanner_for("Falcon"), "hello")
    assert verdict.outcome is Outcome.HOLD
    assert "too long" in verdict.findings[0].term


def test_a_text_made_of_hits_holds():
    scanner = scanner_for(*("a" * length for length in range(1, 40)), whole_words=False)
    assert scan(scanner, "a" * 2_000).outcome is Outcome.HOLD


def test_fail_closed_says_why():
    verdict = fail_closed("the file could not be opened")
    assert (verdict.outcome, verdict.reviewers) == (Outcome.HOLD, 1)
    assert verdict.findings[0].term == "the file could not be opened"


def test_the_digest_is_of_the_meaning():
    one = load_policy("policy: 1\nname: A\nrules: [{id: x, detect: [{secret: {kinds: [any]}}], outcome: hold}]")
    two = load_policy(
        "# hello\npolicy: 1\nname: A\nrules:\n  - id: x\n    detect:\n      - secret: {}\n    outcome: hold\n"
    )
    assert one.digest == two.digest
    assert one.digest != load_policy(one.source.replace("hold", "block")).digest


# Terms with an embargo of their own --------------------------------------------------------------------------------

NAMES = {"names": ["Falcon | until 2027-03-01T08:00:00+01:00", "Kestrel", "Osprey|UNTIL 2027-03-01"]}
LISTED = scanner_of(rule(detect=[{"keywords": {"dictionary": "names"}}]), dictionaries=NAMES)


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        (None, ["Falcon", "Kestrel", "Osprey"]),
        ("2027-02-28T23:59:59+00:00", ["Falcon", "Kestrel", "Osprey"]),
        ("2027-03-01T00:00:00+00:00", ["Falcon", "Kestrel"]),
        ("2027-03-01T06:59:59+00:00", ["Falcon", "Kestrel"]),
        ("2027-03-01T07:00:00+00:00", ["Kestrel"]),
    ],
)
def test_a_term_of_a_list_rests_from_its_own_moment_on(moment, found):
    now = datetime.fromisoformat(moment) if moment else None
    findings = scan(LISTED, "Falcon, Kestrel and Osprey", now=now).findings
    assert [finding.term for finding in findings] == found


def test_a_term_that_stands_in_a_list_twice_holds_as_long_as_either_line_says():
    lists = {"names": ["Falcon | until 2027-03-01", "Falcon | until 2027-05-01", "Heron | until 2027-03-01", "Heron"]}
    scanner = scanner_of(rule(detect=[{"keywords": {"dictionary": "names"}}]), dictionaries=lists)
    for month, found in ((4, {"Falcon", "Heron"}), (6, {"Heron"})):
        findings = scan(scanner, "Falcon Heron", now=datetime(2027, month, 1, tzinfo=UTC)).findings
        assert {finding.term for finding in findings} == found


@pytest.mark.parametrize("moment", ["", "soon", "2027-13-01", "2027-03-01T08:00", "2027-03-01 08:00"])
def test_an_embargo_that_is_no_moment_is_named_with_its_term(moment):
    lists = {"names": ["Kestrel", f"Falcon | until {moment}"]}
    with pytest.raises(PolicyError, match="Falcon"):
        load_policy(policy_text(rule(detect=[{"keywords": {"dictionary": "names"}}])), lists)
