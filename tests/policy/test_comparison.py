"""Differences by rule and by line."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.people.models import Person
from corpblog.policy import services
from corpblog.policy.comparison import Line, Row, compare, text_rows
from corpblog.policy.models import PolicyVersion
from tests.policy.conftest import FALCON


def shown(line: Line) -> str:
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in line.pieces)


def test_a_changed_line_marks_what_changed_in_it() -> None:
    rows = text_rows("a\n    outcome: hold\nb", "a\n    outcome: block\nb")
    assert [(shown(row.before), shown(row.after)) for row in rows][1] != ("    outcome: hold", "    outcome: block")
    assert [(row.before.number, row.after.number, row.before.differs) for row in rows] == [
        (1, 1, False),
        (2, 2, True),
        (3, 3, False),
    ]


def test_equal_texts_have_no_rows_and_far_lines_are_left_out() -> None:
    assert text_rows("a\nb", "a\nb") == ()
    before = "\n".join(str(number) for number in range(100))
    rows = text_rows(before, before.replace("\n50\n", "\nfifty\n"))
    assert [row.skipped for row in rows if row.skipped] == [47, 46]
    assert len([row for row in rows if not row.skipped]) == 7


@given(st.text("ab\n", max_size=60), st.text("ab\n", max_size=60))
def test_both_texts_can_be_read_back_from_the_rows(before: str, after: str) -> None:
    rows: tuple[Row, ...] = text_rows(before, after, context=1000)
    if rows:
        for text, lines in ((before, [row.before for row in rows]), (after, [row.after for row in rows])):
            said = ["".join(piece.text for piece in line.pieces) for line in lines if line.number is not None]
            assert said == text.splitlines()


@pytest.mark.django_db
def test_rules_are_added_removed_and_changed_by_name(put_in_force: Callable[..., PolicyVersion], irene: Person) -> None:
    current = put_in_force()
    source = FALCON.replace("id: cards", "id: payment").replace("outcome: hold", "outcome: warn\n    min_count: 2")
    draft = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=draft.number, edit=1, name="unused.txt", terms="a word")
    draft = services.edit_draft(by=irene, number=draft.number, edit=2, source=source)
    found = compare(current, draft)
    assert [(change.kind, change.rule.id, change.parts) for change in found.rules] == [
        ("changed", "code-names", ("outcome", "min_count")),
        ("added", "payment", ()),
        ("removed", "cards", ()),
    ]


@pytest.mark.django_db
def test_word_lists_say_which_terms_came_and_went(irene: Person) -> None:
    first = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=first.number, edit=1, name="a.txt", terms="one\ntwo")
    source = FALCON.replace("Projet Mistral]}", "Projet Mistral], dictionary: a.txt}")
    first = services.edit_draft(by=irene, number=first.number, edit=2, source=source)
    second = services.create_draft(by=irene, source_of=first)
    services.put_dictionary(by=irene, number=second.number, edit=1, name="a.txt", terms="two\nthree")
    second.refresh_from_db()
    changes = compare(first, second).lists
    assert [(change.name, change.added, change.removed) for change in changes] == [("a.txt", ("three",), ("one",))]


@pytest.mark.django_db
def test_a_broken_text_is_still_compared_by_line(irene: Person) -> None:
    draft = services.create_draft(by=irene)
    broken = services.edit_draft(by=irene, number=draft.number, edit=1, source="policy: [")
    other = services.create_draft(by=irene)
    found = compare(other, broken)
    assert not found.readable
    assert found.rows
