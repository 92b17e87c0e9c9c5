"""Whom, where and when a rule speaks of, what its detectors combine to, and rules that only watch."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from corpblog.policy.engine import (
    Outcome,
    PolicyError,
    Verdict,
    check_examples,
    compile_policy,
    fail_closed,
    load_policy,
)
from corpblog.policy.engine.model import CLASSIFICATIONS
from corpblog.teams.models import Classification
from tests.policy.engine.engine_policies import marks, policy_text, rule, scan, scanner_of

FALCON = {"keywords": {"terms": ["Falcon"]}}
KESTREL = {"keywords": {"terms": ["Kestrel"]}}
HERON = {"keywords": {"terms": ["Heron"]}}


def speaks(scanner, text="Falcon", **question) -> bool:
    verdict = scan(scanner, text, **question)
    assert verdict.outcome in (Outcome.ALLOW, Outcome.BLOCK)
    return verdict.outcome is Outcome.BLOCK


def messages(*rules) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        load_policy(policy_text(*rules))
    for problem in caught.value.problems:
        assert problem.line >= 1
        assert problem.message_fr != problem.message_en
    return [(problem.path, problem.message_en) for problem in caught.value.problems]


# The channel, the language, attachments -------------------------------------------------------------------------


def test_the_engine_knows_the_classifications_of_channels_from_open_to_closed():
    assert tuple(Classification.values) == CLASSIFICATIONS


@pytest.mark.parametrize(
    ("wanted", "of"),
    [
        ({"at_least": "confidential"}, {"confidential", "restricted", "unheard-of", None}),
        ({"at_least": "public"}, {"public", "internal", "confidential", "restricted", "unheard-of", None}),
        ({"one_of": ["public", "internal"]}, {"public", "internal", "unheard-of", None}),
    ],
)
def test_a_rule_may_be_for_channels_so_closed(wanted, of):
    scanner = scanner_of(rule(detect=[FALCON], classification=wanted))
    asked = [*CLASSIFICATIONS, "unheard-of", None]
    assert {label for label in asked if speaks(scanner, channel_classification=label)} == of


@pytest.mark.parametrize(
    ("language", "yes"), [("fr", True), ("fr-CA", True), ("EN", True), ("de", False), ("", True), (None, True)]
)
def test_a_rule_may_be_for_some_languages(language, yes):
    assert speaks(scanner_of(rule(detect=[FALCON], languages=["fr", "en-GB"])), language=language) is yes


@pytest.mark.parametrize(
    ("wanted", "kinds", "yes"),
    [
        (["pdf", "archive"], {"image", "pdf"}, True),
        (["pdf", "archive"], {"image"}, False),
        (["pdf"], None, True),
        (["any"], {"other"}, True),
        (["any"], set(), False),
    ],
)
def test_a_rule_may_be_for_posts_with_attachments(wanted, kinds, yes):
    scanner = scanner_of(rule(detect=[FALCON], attachments=wanted))
    assert speaks(scanner, attachment_kinds=None if kinds is None else frozenset(kinds)) is yes


def test_a_rule_for_groups_speaks_of_an_author_who_is_not_known():
    assert speaks(scanner_of(rule(detect=[FALCON], groups=["sales"])))


# Time -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "yes"), [("2027-03-01T06:59:59Z", False), ("2027-03-01T07:00:00Z", True), (None, True)]
)
def test_a_rule_may_begin_at_an_instant(now, yes):
    scanner = scanner_of(rule(detect=[FALCON], **{"from": "2027-03-01T08:00:00+01:00"}))
    assert speaks(scanner, now=now and datetime.fromisoformat(now)) is yes


PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("between", "now", "yes"),
    [
        # Monday 11 January 2027; Paris is an hour ahead of UTC.
        ({"hours": "08:00-18:00"}, "2027-01-11T07:00Z", True),
        ({"hours": "08:00-18:00"}, "2027-01-11T06:59Z", False),
        ({"hours": "08:00-18:00"}, "2027-01-11T17:00Z", False),
        ({"hours": "18:00-24:00"}, "2027-01-11T22:59Z", True),
        ({"hours": "18:00-24:00"}, "2027-01-11T23:00Z", False),
        ({"days": ["sat", "sun"]}, "2027-01-11T12:00Z", False),
        ({"days": ["sat", "sun"]}, "2027-01-10T22:59Z", True),
        ({"days": ["sat", "sun"]}, "2027-01-10T23:00Z", False),
        # Over midnight the window belongs to the day on which it begins.
        ({"days": ["fri"], "hours": "18:00-08:00"}, "2027-01-15T18:00Z", True),
        ({"days": ["fri"], "hours": "18:00-08:00"}, "2027-01-16T06:59Z", True),
        ({"days": ["fri"], "hours": "18:00-08:00"}, "2027-01-15T06:00Z", False),
        ({"days": ["fri"], "hours": "18:00-08:00"}, "2027-01-16T18:00Z", False),
        # In summer Paris is two hours ahead.
        ({"hours": "08:00-18:00"}, "2027-07-12T06:00Z", True),
        # A time without a zone is taken as UTC; none at all exempts nobody.
        ({"hours": "08:00-18:00"}, "2027-01-11T06:59", False),
        ({"hours": "08:00-18:00"}, None, True),
    ],
)
def test_a_rule_may_speak_in_a_window_that_comes_back(between, now, yes):
    scanner = scanner_of(rule(detect=[FALCON], between=between | {"time_zone": PARIS}))
    assert speaks(scanner, now=now and datetime.fromisoformat(now)) is yes


# Rules without detectors ----------------------------------------------------------------------------------------


def test_a_rule_without_detectors_objects_to_every_post_that_fits():
    scanner = scanner_of(rule(attachments=["archive"]), rule(id="other", detect=[FALCON]))
    (finding,) = scan(scanner, "hello", attachment_kinds=frozenset({"archive"})).findings
    assert (finding.rule, finding.outcome, finding.field, finding.start, finding.end) == (
        "a-rule",
        Outcome.BLOCK,
        "",
        0,
        0,
    )
    assert scan(scanner, "hello", attachment_kinds=frozenset()).findings == ()


# Combining ------------------------------------------------------------------------------------------------------


def test_any_of_is_one_part_of_what_is_around_it():
    scanner = scanner_of(rule(detect=[{"all_of": [{"any_of": [FALCON, KESTREL]}, HERON]}]))
    assert marks(scanner, "Kestrel and Heron") == ["Kestrel", "Heron"]
    assert marks(scanner, "Kestrel and Falcon") == []
    close = scanner_of(rule(detect=[{"near": {"words": 1, "all": [{"any_of": [FALCON, KESTREL]}, HERON]}}]))
    assert marks(close, "Falcon a b Heron c Kestrel") == ["Heron", "Kestrel"]


def test_not_needs_its_words_to_be_absent_from_the_whole_post():
    scanner = scanner_of(rule(detect=[{"all_of": [FALCON, {"not": [KESTREL, HERON]}]}]))
    assert marks(scanner, "the Falcon") == ["Falcon"]
    assert marks(scanner, "the Falcon, the Heron") == []
    verdict = scanner.scan({"text": "Falcon", "alt": "Kestrel"}, audience="external")
    assert verdict.outcome is Outcome.ALLOW


def test_a_disguised_word_excuses_nothing():
    scanner = scanner_of(rule(detect=[{"all_of": [FALCON, {"not": [KESTREL]}]}]))
    assert marks(scanner, "the Falcon, K-e-s-t-r-e-l") == ["Falcon"]


def test_min_distinct_counts_different_things():
    scanner = scanner_of(rule(detect=[{"identifier": {"kinds": ["email"]}}], min_distinct=2))
    assert marks(scanner, "a@b.fr, A@B.fr, a\u200b@b.fr") == []
    assert marks(scanner, "a@b.fr, c@d.fr, a@b.fr") == ["a@b.fr", "c@d.fr", "a@b.fr"]
    verdict = scanner.scan({"text": "a@b.fr", "alt": "c@d.fr"}, audience="external")
    assert verdict.outcome is Outcome.BLOCK


@pytest.mark.parametrize(
    ("changes", "path", "said"),
    [
        ({"detect": [{"not": [FALCON]}]}, "rules[0].detect", "in `all_of` only"),
        ({"detect": [{"any_of": [FALCON, {"not": [HERON]}]}]}, "rules[0].detect[0].any_of", "in `all_of` only"),
        (
            {"detect": [{"near": {"words": 3, "all": [FALCON, {"not": [HERON]}]}}]},
            "rules[0].detect[0].near.all",
            "in `all_of` only",
        ),
        (
            {"detect": [{"all_of": [{"not": [FALCON]}, {"not": [HERON]}]}]},
            "rules[0].detect[0].all_of",
            "must be found",
        ),
        ({"detect": [{"any_of": [FALCON]}]}, "rules[0].detect[0].any_of", "at least two"),
        ({}, "rules[0].detect", "“detect” is missing"),
        ({"audience": "external"}, "rules[0].detect", "“detect” is missing"),
        ({"attachments": ["pdf"], "min_count": 2}, "rules[0].min_count", "needs a `detect:`"),
        ({"attachments": ["zip"]}, "rules[0].attachments[0]", "not one of the choices"),
        ({"languages": ["français"]}, "rules[0].languages[0]", "with its code"),
        ({"classification": {"at_least": "secret"}}, "rules[0].classification.at_least", "not one of the choices"),
        ({"classification": {}}, "rules[0].classification", "Write either"),
        ({"classification": "secret"}, "rules[0].classification", "`key: value`"),
        ({"between": {"time_zone": "UTC"}}, "rules[0].between", "Say when"),
        ({"between": {"hours": "18:00-08:00"}}, "rules[0].between", "“time_zone” is missing"),
        ({"between": {"hours": "8-18", "time_zone": "UTC"}}, "rules[0].between.hours", "a beginning and an end"),
        ({"between": {"hours": "18:00-25:00", "time_zone": "UTC"}}, "rules[0].between.hours", "a beginning and an end"),
        ({"between": {"days": ["samedi"], "time_zone": "UTC"}}, "rules[0].between.days[0]", "not one of the choices"),
        ({"between": {"days": ["sat"], "time_zone": "Europe/Pariss"}}, "rules[0].between.time_zone", "“Europe/Paris”"),
        ({"between": {"days": ["sat"], "time_zone": "../../etc"}}, "rules[0].between.time_zone", "not known"),
        ({"between": {"days": ["sat"], "time_zone": "Europe"}}, "rules[0].between.time_zone", "not known"),
        ({"detect": [FALCON], "from": "soon"}, "rules[0].from", "Write date, time and time zone"),
        ({"detect": [FALCON], "score": 101}, "rules[0].score", "from 0 to 100"),
        ({"detect": [FALCON], "shadow": "yes"}, "rules[0].shadow", "true or false"),
        ({"detect": [FALCON], "shadow": True}, "rules", "Every rule is in shadow"),
        ({"detect": [FALCON], "min_distinct": 0}, "rules[0].min_distinct", "from 1 to 1000"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place_and_reason(changes, path, said):
    assert any(where == path and said in message for where, message in messages(rule(**changes)))


# Shadow and score -----------------------------------------------------------------------------------------------


def test_a_rule_in_shadow_decides_nothing_and_is_kept_apart():
    scanner = scanner_of(
        rule(id="quiet", detect=[FALCON], shadow=True, reviewers=3), rule(detect=[KESTREL], outcome="hold")
    )
    verdict = scan(scanner, "Falcon and Kestrel")
    assert (verdict.outcome, verdict.rules, verdict.reviewers) == (Outcome.HOLD, ("a-rule",), 1)
    assert [(finding.rule, finding.outcome, finding.start) for finding in verdict.shadowed] == [
        ("quiet", Outcome.BLOCK, 0)
    ]
    assert scan(scanner, "Falcon").outcome is Outcome.ALLOW
    assert verdict.to_json() == {"outcome": "hold", "findings": [verdict.findings[0].to_json()]}


def test_a_policy_of_shadows_alone_holds_everything_however_it_came_to_be():
    policy = load_policy(policy_text(rule(detect=[FALCON])))
    shadows = replace(policy, rules=tuple(replace(each, shadow=True) for each in policy.rules))
    verdict = scan(compile_policy(shadows), "hello")
    assert (verdict.outcome, verdict.rules) == (Outcome.HOLD, ("fail-closed",))


def test_the_examples_of_a_rule_in_shadow_must_hold_too():
    quiet = rule(id="quiet", detect=[FALCON], shadow=True, examples={"match": ["Falcon", "Heron"]})
    (problem,) = check_examples(load_policy(policy_text(quiet, rule(detect=[KESTREL]))))
    assert problem.path == "rules[0].examples.match[1]"


def test_gravity_is_written_or_goes_with_the_outcome():
    scanner = scanner_of(
        rule(id="own", detect=[FALCON], outcome="warn", score=90),
        rule(id="usual", detect=[KESTREL], outcome="hold"),
    )
    verdict = scan(scanner, "Kestrel, Falcon")
    assert [(finding.rule, finding.score) for finding in verdict.findings] == [("own", 90), ("usual", 75)]
    assert (verdict.outcome, verdict.score) == (Outcome.HOLD, 90)
    assert scan(scanner, "nothing").score == 0
    assert fail_closed("broken").score == 75


def test_of_rules_as_strict_the_graver_one_comes_first():
    scanner = scanner_of(rule(id="mild", detect=[FALCON], score=10), rule(id="grave", detect=[KESTREL], score=20))
    assert scan(scanner, "Falcon, Kestrel").rules == ("grave", "mild")


def test_shadows_and_scores_survive_the_record_and_older_records_are_read():
    scanner = scanner_of(rule(id="quiet", detect=[FALCON], shadow=True, score=12), rule(detect=[KESTREL], score=34))
    verdict = scan(scanner, "Falcon and Kestrel")
    assert Verdict.from_record(verdict.to_record()) == verdict
    older = verdict.to_record()
    del older["shadowed"], older["findings"][0]["score"]
    assert Verdict.from_record(older).shadowed == ()
    assert Verdict.from_record(older).score == 0


def test_every_condition_counts_at_once():
    scanner = scanner_of(
        rule(detect=[FALCON], languages=["fr"], classification={"at_least": "internal"}, until="2027-01-01T00:00:00Z")
    )
    facts = {"language": "fr", "channel_classification": "internal", "now": datetime(2026, 1, 1, tzinfo=UTC)}
    assert speaks(scanner, **facts)
    for name, value in (
        ("language", "en"),
        ("channel_classification", "public"),
        ("now", datetime(2028, 1, 1, tzinfo=UTC)),
    ):
        assert not speaks(scanner, **(facts | {name: value}))
