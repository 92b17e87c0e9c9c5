"""What a policy would have done to the past."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from corpblog.people.models import DirectoryGroup, Person
from corpblog.policy import simulation
from corpblog.policy.engine import Outcome, load_policy
from corpblog.policy.simulation import PastText, effect, marked
from tests.policy.conftest import FALCON

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LAST = date(2026, 11, 20)


def text(words: str, days_ago: int = 0, author: int = 1, *, may_show: bool = True) -> PastText:
    return PastText(NOON - timedelta(days=days_ago), author, words, f"author {author}", may_show=may_show)


PAST = [
    text("Falcon flies"),
    text("hello", author=2),
    text("card 4111 1111 1111 1111 for Falcon", 1, author=2),
    text("more Falcon", 1),
    text("the Falcon again", 5, author=3, may_show=False),
]


def test_counts_by_day_rule_outcome_and_person() -> None:
    found = effect(load_policy(FALCON), PAST, days=7, until=LAST)
    assert (found.total, found.matched, found.people) == (5, 4, 3)
    assert [day.matched for day in found.days] == [0, 1, 0, 0, 0, 2, 1]
    assert {rule: dict(outcomes) for rule, outcomes in found.rules.items()} == {
        "code-names": {Outcome.HOLD: 4},
        "cards": {Outcome.BLOCK: 1},
    }
    assert found.outcomes == {Outcome.HOLD: 3, Outcome.ALLOW: 1, Outcome.BLOCK: 1}
    assert found.share == 80
    assert found.busiest == 2


def test_an_example_is_only_made_of_what_may_be_shown() -> None:
    found = effect(load_policy(FALCON), PAST, days=7, until=LAST)
    words = ["".join(segment.text for segment in example.segments) for example in found.examples]
    assert words == ["Falcon flies", "card 4111 1111 1111 1111 for Falcon", "more Falcon"]
    assert [segment.text for segment in found.examples[1].segments if segment.marked] == [
        "4111 1111 1111 1111",
        "Falcon",
    ]


def test_changed_verdicts_are_counted_by_what_they_were_and_became() -> None:
    milder = load_policy(FALCON.replace("outcome: hold", "outcome: warn").replace("[Falcon,", "[Falcon, hello,"))
    found = effect(milder, PAST, days=7, until=LAST, against=load_policy(FALCON))
    assert dict(found.changes) == {(Outcome.HOLD, Outcome.WARN): 3, (Outcome.ALLOW, Outcome.WARN): 1}
    assert (found.stricter, found.laxer) == (1, 3)
    assert {example.before for example in found.changed_examples} == {Outcome.HOLD, Outcome.ALLOW}


def test_rules_for_inside_are_asked_about_inside() -> None:
    inside = load_policy(FALCON.replace("audience: external", "audience: internal"))
    assert effect(inside, PAST, audience="internal").rules.keys() == {"code-names", "cards"}
    assert effect(inside, PAST, audience="external").rules.keys() == {"cards"}


def test_an_embargo_rests_for_posts_after_its_end() -> None:
    source = FALCON.replace("    outcome: hold", "    until: 2026-11-18T00:00:00+00:00\n    outcome: hold")
    assert effect(load_policy(source), PAST, days=7, until=LAST).rules["code-names"].total() == 1


def test_no_texts_are_no_effect() -> None:
    found = effect(load_policy(FALCON), [], days=30, until=LAST)
    assert (found.total, found.share, found.per_day, found.busiest, len(found.days)) == (0, 0, 0, 0, 30)


def test_a_run_stops_when_its_time_is_up_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    monkeypatch.setattr(simulation.time, "perf_counter", lambda: float(next(ticks)))

    def endless() -> Iterator[PastText]:
        while True:
            yield PAST[0]

    found = effect(load_policy(FALCON), endless(), population=10_000, seconds=3)
    assert found.is_estimate
    assert 0 < found.total <= 64 * 4
    assert found.in_all(found.matched) == 10_000


def test_examples_are_the_newest_in_whatever_order_texts_come() -> None:
    texts = [text(f"Falcon {days}", days) for days in (5, 9, 2, 7, 1, 3, 8, 4, 6)]
    found = effect(load_policy(FALCON), texts, days=30, until=LAST)
    words = ["".join(segment.text for segment in example.segments) for example in found.examples]
    assert words == [f"Falcon {days}" for days in (1, 2, 3, 4, 5, 6)]


def test_what_was_counted_on_some_is_told_of_all() -> None:
    texts = [text("Falcon", author=1), *(text("hello", author=2) for _ in range(3))]
    found = effect(load_policy(FALCON), texts, days=30, until=LAST, population=4_000)
    assert found.is_estimate
    assert found.in_all(found.matched) == 1_000
    assert found.per_day == pytest.approx(1_000 / 30)
    assert found.busiest == 1_000
    whole = effect(load_policy(FALCON), texts, days=30, until=LAST, population=4)
    assert not whole.is_estimate
    assert (whole.bounds, whole.busiest) == ((1, 1), 1)


def test_a_long_text_is_cut_around_what_was_found() -> None:
    long = "x " * 400 + "Falcon" + " y" * 400
    finding = effect(load_policy(FALCON), [text(long)]).examples[0].segments
    assert [segment.text for segment in finding if segment.marked] == ["Falcon"]
    assert finding[0].text == finding[-1].text == "…"
    assert sum(len(segment.text) for segment in finding) < 240


def test_marks_that_overlap_are_one() -> None:
    from corpblog.policy.engine import Finding

    spans = [(0, 4), (2, 6), (8, 9), (9, 9)]
    findings = [Finding("r", "t", "text", a, b, "A", 1.0, Outcome.HOLD) for a, b in spans]
    assert [(segment.text, segment.marked) for segment in marked("abcdefghij", findings)] == [
        ("abcdef", True),
        ("gh", False),
        ("i", True),
        ("j", False),
    ]


@pytest.mark.django_db
def test_a_rule_for_some_groups_is_counted_for_their_people_only(alice: Person, bruno: Person) -> None:
    sales = DirectoryGroup.objects.create(directory_id="1", name="sales")
    sales.people.add(alice)
    DirectoryGroup.objects.create(directory_id="2", name="finance").people.add(alice, bruno)
    past = [text("Falcon flies", author=alice.pk), text("Falcon", author=bruno.pk), text("Falcon", author=0)]
    for_sales = load_policy(FALCON.replace("    detect:", "    groups: [sales]\n    detect:", 1))
    found = effect(for_sales, past, days=7, until=LAST)
    assert (found.total, found.matched, found.people) == (3, 1, 1)
    assert effect(load_policy(FALCON), past, days=7, until=LAST, against=for_sales).stricter == 2
