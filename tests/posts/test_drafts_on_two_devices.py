"""One draft on two devices: who writes last is told, and neither kind, fields nor words of the other one are lost."""

import pytest

from corpblog.kernel.errors import Conflict
from corpblog.people.models import Person
from corpblog.posts.models import Draft
from corpblog.posts.services import save_draft, stamp_of, swap_draft
from corpblog.posts.services.drafting import Other

pytestmark = pytest.mark.django_db
POLL = {"kind": ["poll"], "option": ["Red", "Green"]}
LATER = {"at": ["2027-01-01T09:00"]}


def state(person: Person) -> tuple[str, dict[str, list[str]], int]:
    draft = Draft.objects.get(person=person, place="new")
    return draft.text, draft.fields, len(draft.others)


def test_another_kind_is_told_of_and_comes_back_and_goes_again(alice: Person) -> None:
    save_draft(by=alice, place="new", text="Which?", fields=POLL, seen="")
    kept, other = save_draft(by=alice, place="new", text="Which one?", seen="")
    assert (other, kept is not None) == (Other("Which?", beside=True), True)
    assert state(alice) == ("Which one?", {}, 1)
    swap_draft(by=alice, place="new")
    assert state(alice) == ("Which?", POLL, 1)
    swap_draft(by=alice, place="new")
    assert state(alice) == ("Which one?", {}, 1)


@pytest.mark.parametrize("fields", [POLL, LATER, {"kind": ["poll"], "option": ["Red", "Blue"]}])
def test_other_fields_beside_the_same_words_are_a_difference(alice: Person, fields: dict[str, list[str]]) -> None:
    save_draft(by=alice, place="new", text="Which?", fields=fields)
    _kept, other = save_draft(by=alice, place="new", text="Which?", fields={"kind": ["question"]}, seen="")
    assert other == Other("Which?", beside=True)
    swap_draft(by=alice, place="new")
    assert state(alice)[1] == fields


def test_who_knows_what_is_there_writes_over_it(alice: Person) -> None:
    kept, _other = save_draft(by=alice, place="new", text="Which?", fields=POLL, seen="")
    assert save_draft(by=alice, place="new", text="That one", seen=stamp_of(kept))[1] is None
    assert state(alice) == ("That one", {}, 0)


def test_what_says_no_more_than_what_stands_there_is_not_kept_twice(alice: Person) -> None:
    save_draft(by=alice, place="new", text="Which?", fields=POLL)
    save_draft(by=alice, place="new", text="Other", seen="")
    assert state(alice)[2] == 1
    save_draft(by=alice, place="new", text="Other\n\nWhich?", fields=POLL)
    assert state(alice) == ("Other\n\nWhich?", POLL, 0)


def test_an_emptied_composer_takes_nothing_from_another_device(alice: Person) -> None:
    save_draft(by=alice, place="new", text="Which?", fields=POLL)
    assert save_draft(by=alice, place="new", text="", seen="")[1] == Other("Which?", beside=True)
    assert state(alice) == ("Which?", POLL, 0)


def test_what_is_kept_has_its_bounds_and_its_owner(alice: Person, bruno: Person) -> None:
    for number in range(9):
        save_draft(by=alice, place="new", text=f"Version {number}", seen="never")
    assert [each["text"] for each in Draft.objects.get(person=alice).others] == [f"Version {n}" for n in range(3, 8)]
    with pytest.raises(Conflict):
        swap_draft(by=bruno, place="new")
