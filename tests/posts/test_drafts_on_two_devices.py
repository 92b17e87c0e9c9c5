"""One draft on two devices: who writes last is told, and neither kind, fields nor words of the other one are lost."""

import pytest
from django.http import QueryDict

from corpblog.kernel.errors import Conflict
from corpblog.people.models import Person
from corpblog.posts import selectors
from corpblog.posts.draft_fields import draft_of
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, Draft
from corpblog.posts.services import attach, detach, discard_draft, publish, save_draft, stamp_of, swap_draft
from corpblog.posts.services.drafting import Other
from corpblog.teams.models import Channel

pytestmark = pytest.mark.django_db
POLL = {"kind": ["poll"], "option": ["Red", "Green"]}
LATER = {"at": ["2027-01-01T09:00"]}
AUDIENCE = {"channel": ["7"], "outside": ["1"], "destination": ["press"]}
FILES = {"file": ["5", "6"], "alt_5": ["A boat"]}


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


@pytest.mark.parametrize("fields", [POLL, LATER, {"kind": ["poll"], "option": ["Red", "Blue"]}, AUDIENCE, FILES])
def test_other_fields_beside_the_same_words_are_a_difference(alice: Person, fields: dict[str, list[str]]) -> None:
    save_draft(by=alice, place="new", text="Which?", fields=fields)
    _kept, other = save_draft(by=alice, place="new", text="Which?", fields={"kind": ["question"]}, seen="")
    assert other == Other("Which?", beside=True)
    swap_draft(by=alice, place="new")
    assert state(alice)[1] == fields


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (AUDIENCE, AUDIENCE | {"channel": ["8"]}),
        (AUDIENCE, AUDIENCE | {"destination": ["press", "mastodon"]}),
        (AUDIENCE, {"channel": ["7"]}),
        (FILES, FILES | {"file": ["6", "5"]}),
        (FILES, FILES | {"alt_5": ["A ship"]}),
        (FILES, FILES | {"decorative_5": ["1"], "alt_5": []}),
    ],
    ids=["audience", "place", "inside", "order", "description", "decorative"],
)
def test_another_audience_order_or_description_is_a_difference(
    alice: Person, mine: dict[str, list[str]], theirs: dict[str, list[str]]
) -> None:
    save_draft(by=alice, place="new", text="Look", fields=mine, seen="")
    assert save_draft(by=alice, place="new", text="Look", fields=theirs, seen="")[1] == Other("Look", beside=True)
    assert state(alice)[1] == theirs
    swap_draft(by=alice, place="new")
    assert state(alice)[1] == mine


def test_an_audience_alone_is_no_draft(alice: Person) -> None:
    assert save_draft(by=alice, place="new", text="", fields=AUDIENCE, seen="") == (None, None)
    assert save_draft(by=alice, place="new", text="", fields=FILES, seen="")[0] is not None


def test_a_composer_keeps_what_it_knows_and_no_more() -> None:
    form = QueryDict(
        "channel=7&kind=poll&option=Red&file=5&file=x&alt_5=A+boat&alt_9=B&destination=press&words_press=Hi"
    )
    outside = {"outside": ["1"], "destination": ["press"], "words_press": ["Hi"], "when": ["now"]}
    inside = {"kind": ["poll"], "option": ["Red"], "channel": ["7"], "file": ["5"], "alt_5": ["A boat"]}
    assert draft_of(form) == inside
    form = QueryDict(f"{form.urlencode()}&outside=1&words_other=No&csrfmiddlewaretoken=x&when=now")
    assert draft_of(form) == inside | outside


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


def add(by: Person, name: str) -> str:
    return str(attach(by=by, place="new", name=name, data=name.encode()).pk)


def shown(person: Person) -> list[str]:
    return [file.name for file in selectors.draft_files(person, "new")]


def test_a_file_that_one_device_removed_comes_back_with_the_other_version(alice: Person) -> None:
    boat, plan = add(alice, "boat.txt"), add(alice, "plan.txt")
    seen = stamp_of(save_draft(by=alice, place="new", text="Look", fields={"file": [boat, plan]}, seen="")[0])
    save_draft(by=alice, place="new", text="Look there", fields={"file": [boat, plan]}, seen=seen)
    detach(by=alice, file_id=int(boat))
    assert shown(alice) == ["plan.txt"]
    save_draft(by=alice, place="new", text="Look here", fields={"file": [plan]}, seen=seen)
    assert shown(alice) == ["plan.txt"]
    swap_draft(by=alice, place="new")
    assert state(alice) == ("Look there", {"file": [boat, plan]}, 1)
    assert shown(alice) == ["boat.txt", "plan.txt"]
    swap_draft(by=alice, place="new")
    assert shown(alice) == ["plan.txt"]


def test_a_file_that_came_since_waits_with_its_version(alice: Person) -> None:
    boat = add(alice, "boat.txt")
    save_draft(by=alice, place="new", text="Look there", fields={"file": [boat]}, seen="")
    plan = add(alice, "plan.txt")
    save_draft(by=alice, place="new", text="Look here", fields={"file": [plan]}, seen="")
    swap_draft(by=alice, place="new")
    assert shown(alice) == ["boat.txt"]
    swap_draft(by=alice, place="new")
    assert shown(alice) == ["plan.txt"]


def test_a_removed_file_goes_for_good_with_the_last_version_that_has_it(alice: Person) -> None:
    boat = add(alice, "boat.txt")
    kept, _other = save_draft(by=alice, place="new", text="Look", fields={"file": [boat]}, seen="")
    detach(by=alice, file_id=int(boat))
    save_draft(by=alice, place="new", text="Look", seen=stamp_of(kept))
    assert not Attachment.objects.exists()
    plan = add(alice, "plan.txt")
    save_draft(by=alice, place="new", text="There", fields={"file": [plan]}, seen="")
    save_draft(by=alice, place="new", text="Here", seen="")
    detach(by=alice, file_id=int(plan))
    assert Attachment.objects.count() == 1
    discard_draft(by=alice, place="new")
    assert not Attachment.objects.exists()


def test_who_never_kept_a_draft_with_it_removes_it_at_once(alice: Person) -> None:
    detach(by=alice, file_id=int(add(alice, "boat.txt")))
    assert not Attachment.objects.exists()


def test_what_one_device_removed_the_other_still_posts(alice: Person, engineering: Channel) -> None:
    boat = add(alice, "boat.txt")
    save_draft(by=alice, place="new", text="Look", fields={"file": [boat]}, seen="")
    detach(by=alice, file_id=int(boat))
    post = publish(by=alice, channel=engineering, text="Look", files=[Wish(int(boat))])
    assert [file.name for file in selectors.files_of(post)] == ["boat.txt"]
