"""Direct conversations: who is in one, who finds it, and that nothing else does."""

import pytest

from corpblog.kernel.errors import Invalid, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.teams import access, selectors
from corpblog.teams.errors import TooManyPeople
from corpblog.teams.models import Channel
from corpblog.teams.services import describe, invite, join, leave, open_conversation

pytestmark = pytest.mark.django_db


def test_the_same_people_always_meet_in_the_same_conversation(
    talk: Channel, alice: Person, bruno: Person, chloe: Person
) -> None:
    assert open_conversation(by=bruno, people=[alice]).pk == talk.pk
    assert open_conversation(by=alice, people=[bruno, bruno, alice]).pk == talk.pk
    assert open_conversation(by=alice, people=[bruno, chloe]).pk != talk.pk


def test_only_they_read_and_write_it(talk: Channel, alice: Person, bruno: Person, chloe: Person, irene: Person) -> None:
    assert [access.can_write(person, talk) for person in (alice, bruno, chloe, irene)] == [True, True, False, False]
    assert [access.can_read(person, talk) for person in (alice, bruno, chloe, irene)] == [True, True, False, False]


def test_nobody_comes_in_goes_or_changes_it(talk: Channel, alice: Person, chloe: Person, irene: Person) -> None:
    with pytest.raises(NotAllowed):
        leave(by=alice, channel=talk)
    with pytest.raises(NotAllowed):
        invite(by=alice, channel=talk, person=chloe)
    with pytest.raises(NotAllowed):
        describe(by=alice, channel=talk, name="Ours", description="")
    for stranger in (chloe, irene):
        for act in (join, leave):
            with pytest.raises(NotFound):
                act(by=stranger, channel=talk)


def test_it_is_called_by_who_else_is_in_it(talk: Channel, alice: Person, bruno: Person, chloe: Person) -> None:
    wider = open_conversation(by=alice, people=[bruno, chloe])
    assert selectors.title_for(alice, talk) == "Bruno Lefèvre"
    assert selectors.title_for(bruno, talk) == "Alice Martin"
    assert selectors.title_for(bruno, wider) == "Alice Martin, Chloé Dubois"


def test_it_is_no_channel_that_one_finds_or_picks_from_a_list(talk: Channel, alice: Person, irene: Person) -> None:
    assert selectors.browse(alice, "bruno") == selectors.browse(irene, "bruno") == []
    assert talk not in selectors.writable(alice)


def test_twenty_people_fit(alice: Person) -> None:
    people = [Person(username=f"p{count}", display_name=f"P {count}", source="local") for count in range(20)]
    Person.objects.bulk_create(people)
    assert open_conversation(by=alice, people=people[:19]).memberships.count() == 20
    with pytest.raises(TooManyPeople):
        open_conversation(by=alice, people=people)


def test_there_must_be_somebody_who_is_still_here(alice: Person, zoe: Person) -> None:
    with pytest.raises(Invalid):
        open_conversation(by=alice, people=[alice])
    with pytest.raises(NotFound):
        open_conversation(by=alice, people=[zoe])
    assert not Channel.objects.exists()
