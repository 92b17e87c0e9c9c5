"""Exact data match: two values of one row near each other, by salted hashes alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.policy.engine import Outcome, PolicyError, SeenAs, load_policy
from corpblog.policy.engine.records import MOST_ROWS_OF_A_VALUE, is_records, lines_of, normalised, read_records
from tests.policy.engine.engine_policies import marks, policy_text, rule, scan, scanner_of

COLUMNS = ("name", "city", "iban", "mail")
ROWS = [
    ("Jeanne Dupont", "Lyon", "FR76 3000 6000 0112 3456 7890 189", "jeanne@example.com"),
    ("Zoë O'Neill", "Cork", "IE29AIBK93115212345678", "zoe.oneill@example.ie"),
    *(
        (f"Person {number} Number", "Lyon", f"DE0000000000000{number:05d}", f"p{number}@example.de")
        for number in range(200)
    ),
]
SALT = bytes(range(16))
TABLE = {"customers": lines_of(COLUMNS, ROWS, SALT)}


def matching(**options):
    return scanner_of(rule(detect=[{"records": {"dictionary": "customers", **options}}]), dictionaries=TABLE)


SCANNER = matching()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call Jeanne Dupont (jeanne@example.com) back", ["Jeanne Dupont", "jeanne@example.com"]),
        ("JEANNE DUPONT, FR7630006000011234567890189", ["JEANNE DUPONT", "FR7630006000011234567890189"]),
        ("zoe oneill has IE29 AIBK 9311 5212 3456 78", ["zoe oneill", "IE29 AIBK 9311 5212 3456 78"]),
        ("Zoё O’Neill, Cork".replace("ё", "e"), ["Zoe O’Neill", "Cork"]),
    ],
)
def test_two_values_of_a_row_are_found_however_they_are_written(text, found):
    assert marks(SCANNER, text) == found
    verdict = scan(SCANNER, text)
    assert verdict.outcome is Outcome.BLOCK
    assert {finding.seen_as for finding in verdict.findings} == {SeenAs.RECORD}
    assert {finding.term for finding in verdict.findings} == {"customers"}


@pytest.mark.parametrize(
    "text",
    [
        "Jeanne Dupont came",
        "Jeanne Dupont and zoe.oneill@example.ie met",
        "Jeanne Dupont Jeanne Dupont",
        f"Jeanne Dupont {'one word after another ' * 4} jeanne@example.com",
        "Person 7 Number lives in Lyon",
    ],
)
def test_one_value_two_people_or_a_long_way_are_nothing(text):
    assert scan(SCANNER, text).findings == ()


def test_what_many_rows_have_in_common_tells_nobody_apart():
    assert sum(row[1] == "Lyon" for row in ROWS) > MOST_ROWS_OF_A_VALUE
    assert scan(SCANNER, "Jeanne Dupont from Lyon").findings == ()


def test_only_the_named_columns_count_and_only_so_many_words_apart():
    text = "Zoë O'Neill of sunny old Cork"
    assert marks(SCANNER, text) == ["Zoë O'Neill", "Cork"]
    assert scan(matching(columns=["name", "iban"]), text).findings == ()
    assert scan(matching(words=2), text).findings == ()
    assert marks(matching(words=3), text) == ["Zoë O'Neill", "Cork"]


def test_no_value_can_be_read_from_the_list_and_another_salt_gives_other_hashes():
    lines = TABLE["customers"]
    assert is_records(lines)
    assert not any(word.lower() in line for row in ROWS[:2] for word in row[0].split() for line in lines)
    assert set(lines[1:]).isdisjoint(lines_of(COLUMNS, ROWS, bytes(16))[1:])
    assert read_records(lines).columns == COLUMNS


@pytest.mark.parametrize("value", ["", "ab", "123", "-- --", "x" * 61])
def test_what_is_too_short_or_too_long_is_not_looked_for(value):
    assert normalised(value) == ""


@pytest.mark.parametrize(
    ("detector", "lists"),
    [
        ({"records": {"dictionary": "customers", "columns": ["nome"]}}, TABLE),
        ({"records": {"dictionary": "customers"}}, {"customers": ["Falcon"]}),
        ({"keywords": {"dictionary": "customers"}}, TABLE),
        ({"excerpt": {"dictionary": "customers"}}, TABLE),
    ],
)
def test_a_wrong_column_or_a_list_of_another_kind_is_named(detector, lists):
    with pytest.raises(PolicyError, match=r"customers|nome"):
        load_policy(policy_text(rule(detect=[detector])), lists)


@given(
    row=st.integers(0, 201),
    pair=st.sampled_from([(0, 2), (0, 3), (2, 3), (3, 0)]),
    gap=st.lists(st.sampled_from(["and", "the", "office", "of", "café"]), max_size=10),
)
def test_any_two_values_of_any_row_within_ten_words_are_marked_to_the_letter(row, pair, gap):
    left, right = (ROWS[row][column] for column in pair)
    text = " ".join(["we met", left, *gap, right, "today"])
    assert marks(SCANNER, text) == [left, right]
