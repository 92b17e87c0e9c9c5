"""Making and changing channels, coming and going, and what is written down of it."""

import json
from collections.abc import Callable

import pytest
from django.db import IntegrityError

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import Invalid, NotAllowed, NotFound
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams import selectors
from corpblog.teams.errors import BadChannel, FromDirectory, LastOwner, NameTaken
from corpblog.teams.models import Channel, Classification, Membership
from corpblog.teams.services import (
    archive,
    classify,
    create_channel,
    describe,
    ensure_storyline,
    follow,
    invite,
    join,
    leave,
    remove_member,
    set_owner,
    unarchive,
    unfollow,
)

pytestmark = pytest.mark.django_db
Act = Callable[[], object]


def audited(channel: Channel) -> list[str]:
    entries = AuditEntry.objects.filter(subject=f"channel:{channel.pk}").order_by("number")
    return list(entries.values_list("action", flat=True))


def names(channels: list[Channel]) -> list[str]:
    return [channel.slug for channel in channels]


# Making ------------------------------------------------------------------------------------------------------------


def test_who_makes_a_channel_owns_it(alice: Person) -> None:
    channel = create_channel(by=alice, name="  Équipe   produit ", description="What we build")
    assert (channel.name, channel.slug, channel.classification) == ("Équipe produit", "équipe-produit", "internal")
    assert Membership.objects.get(channel=channel).is_owner
    assert channel.counter.posts == 0
    assert audited(channel) == ["channel.created"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \u200b "}, "name"),
        ({"name": "!!!"}, "name"),
        ({"name": "a" * 81}, "name"),
        ({"name": "new"}, "name"),
        ({"name": "Storyline 1"}, "name"),
        ({"name": "ok", "description": "a" * 501}, "description"),
        ({"name": "ok", "classification": "top secret"}, "classification"),
        ({"name": "\ud800"}, "name"),
    ],
)
def test_a_channel_that_cannot_be_is_refused_with_the_field(alice: Person, values: dict[str, str], field: str) -> None:
    with pytest.raises(BadChannel) as refusal:
        create_channel(by=alice, **values)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not Channel.objects.exists()


def test_two_channels_cannot_share_an_address(alice: Person, bruno: Person) -> None:
    create_channel(by=alice, name="Engineering")
    with pytest.raises(NameTaken):
        create_channel(by=bruno, name="ENGINEERING!")
    assert Channel.objects.count() == 1


def test_nobody_takes_the_address_of_a_storyline(alice: Person, bruno: Person) -> None:
    with pytest.raises(BadChannel):
        create_channel(by=alice, name=f"Storyline-{bruno.pk}")
    assert ensure_storyline(bruno).slug == f"storyline-{bruno.pk}"


@pytest.mark.parametrize(
    "wrong",
    [{"is_private": True}, {"person": None}, {"archived_at": "2026-11-23 08:00Z"}, {"classification": "secret"}],
)
def test_the_database_keeps_storylines_open(storyline: Channel, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        Channel.objects.filter(pk=storyline.pk).update(**wrong)


# Changing ----------------------------------------------------------------------------------------------------------


def test_owners_describe_and_archive(engineering: Channel, alice: Person, bruno: Person) -> None:
    describe(by=alice, channel=engineering, name="Makers", description="We make", is_announce_only=True)
    engineering.refresh_from_db()
    assert (engineering.name, engineering.slug, engineering.is_announce_only) == ("Makers", "engineering", True)
    archive(by=alice, channel=engineering)
    archive(by=alice, channel=engineering)
    unarchive(by=alice, channel=engineering)
    assert audited(engineering)[1:] == ["channel.described", "channel.archived", "channel.unarchived"]
    for act in (
        lambda: describe(by=bruno, channel=engineering, name="Mine", description=""),
        lambda: archive(by=bruno, channel=engineering),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_owners_raise_a_label_and_only_officers_lower_it(engineering: Channel, alice: Person, omar: Person) -> None:
    classify(by=alice, channel=engineering, classification="confidential")
    with pytest.raises(NotAllowed, match="compliance"):
        classify(by=alice, channel=engineering, classification="internal")
    classify(by=omar, channel=engineering, classification="internal")
    classify(by=omar, channel=engineering, classification="internal")
    entries = AuditEntry.objects.filter(action="channel.classified").order_by("number")
    facts = [(entry.actor_id, json.loads(entry.payload.body)) for entry in entries]
    assert facts == [
        (alice.pk, {"before": "internal", "after": "confidential"}),
        (omar.pk, {"before": "confidential", "after": "internal"}),
    ]


def test_a_stale_page_cannot_lower_a_label_by_raising_it(engineering: Channel, alice: Person) -> None:
    stale = Channel.objects.get(pk=engineering.pk)
    classify(by=alice, channel=engineering, classification="restricted")
    with pytest.raises(NotAllowed):
        classify(by=alice, channel=stale, classification="confidential")


def test_labels_rise() -> None:
    assert [label.rank for label in Classification] == [0, 1, 2, 3]


# Coming and going --------------------------------------------------------------------------------------------------


def test_what_was_said_before_one_joined_counts_as_read(engineering: Channel, chloe: Person) -> None:
    engineering.counter.__class__.objects.filter(channel=engineering).update(last_seq=9, posts=9)
    assert join(by=chloe, channel=engineering).read_posts == 9
    assert selectors.navigation(chloe)[0].unread == 0


def test_joining_and_leaving_twice_is_once(engineering: Channel, chloe: Person) -> None:
    for act in (join, join, leave, leave):
        act(by=chloe, channel=engineering)
    assert not Membership.objects.filter(person=chloe).exists()


def test_a_private_channel_is_not_found_by_who_is_not_in_it(board: Channel, chloe: Person, alice: Person) -> None:
    acts: list[Act] = [
        lambda: join(by=chloe, channel=board),
        lambda: leave(by=chloe, channel=board),
        lambda: invite(by=chloe, channel=board, person=chloe),
        lambda: remove_member(by=chloe, channel=board, person=alice),
        lambda: set_owner(by=chloe, channel=board, person=chloe),
        lambda: archive(by=chloe, channel=board),
        lambda: describe(by=chloe, channel=board, name="Mine", description=""),
        lambda: classify(by=chloe, channel=board, classification="public"),
        lambda: selectors.channel_by_slug(chloe, "board"),
        lambda: selectors.channel_by_id(chloe, board.pk),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert selectors.browse(chloe, "board") == []
    assert selectors.readable_ids(chloe, [board.pk]) == set()


def test_a_system_admin_cannot_let_themselves_in(board: Channel, irene: Person) -> None:
    for act in (
        lambda: invite(by=irene, channel=board, person=irene),
        lambda: set_owner(by=irene, channel=board, person=irene),
        lambda: join(by=irene, channel=board),
    ):
        with pytest.raises(NotFound):
            act()


def test_who_is_in_a_private_channel_is_audited(board: Channel, alice: Person, bruno: Person) -> None:
    remove_member(by=alice, channel=board, person=bruno)
    assert audited(board) == [
        "channel.created",
        "channel.member_added",
        "channel.member_added",
        "channel.member_removed",
    ]


def test_members_of_an_open_channel_invite_and_only_owners_remove(
    engineering: Channel, alice: Person, bruno: Person, chloe: Person
) -> None:
    invite(by=bruno, channel=engineering, person=chloe)
    with pytest.raises(NotAllowed):
        remove_member(by=bruno, channel=engineering, person=chloe)
    remove_member(by=alice, channel=engineering, person=chloe)
    assert {membership.person for membership in selectors.members(engineering)} == {alice, bruno}


def test_members_of_a_private_channel_do_not_invite(board: Channel, bruno: Person, chloe: Person) -> None:
    with pytest.raises(NotAllowed):
        invite(by=bruno, channel=board, person=chloe)


def test_who_left_the_company_is_invited_nowhere(engineering: Channel, alice: Person, zoe: Person) -> None:
    with pytest.raises(NotFound):
        invite(by=alice, channel=engineering, person=zoe)
    with pytest.raises(NotFound):
        follow(by=alice, person=zoe)


def test_a_channel_keeps_an_owner_who_works_here(engineering: Channel, alice: Person, bruno: Person) -> None:
    acts: list[Act] = [
        lambda: leave(by=alice, channel=engineering),
        lambda: remove_member(by=alice, channel=engineering, person=alice),
        lambda: set_owner(by=alice, channel=engineering, person=alice, is_owner=False),
    ]
    for act in acts:
        with pytest.raises(LastOwner):
            act()
    set_owner(by=alice, channel=engineering, person=bruno)
    Person.objects.filter(pk=bruno.pk).update(is_active=False)
    with pytest.raises(LastOwner):
        leave(by=alice, channel=engineering)
    Person.objects.filter(pk=bruno.pk).update(is_active=True)
    leave(by=alice, channel=engineering)
    assert audited(engineering)[-1] == "channel.owner_made"


def test_only_a_member_becomes_an_owner(engineering: Channel, alice: Person, chloe: Person) -> None:
    with pytest.raises(NotFound):
        set_owner(by=alice, channel=engineering, person=chloe)


# Storylines --------------------------------------------------------------------------------------------------------


def test_a_storyline_is_made_when_it_is_first_needed(alice: Person, bruno: Person) -> None:
    assert selectors.storyline_of(bruno) is None
    storyline = follow(by=alice, person=bruno)
    assert ensure_storyline(bruno) == storyline
    assert (storyline.kind, storyline.person, storyline.is_private) == ("storyline", bruno, False)
    assert [membership.person for membership in selectors.followers(bruno)] == [alice]
    assert selectors.is_following(alice, bruno)
    unfollow(by=alice, person=bruno)
    unfollow(by=alice, person=bruno)
    assert not selectors.is_following(alice, bruno)


def test_ones_own_storyline_is_always_ones_own(alice: Person, storyline: Channel) -> None:
    for act in (
        lambda: follow(by=alice, person=alice),
        lambda: unfollow(by=alice, person=alice),
    ):
        with pytest.raises(Invalid):
            act()
    with pytest.raises(NotAllowed):
        leave(by=alice, channel=storyline)


def test_nobody_puts_people_on_somebodys_storyline(storyline: Channel, alice: Person, bruno: Person) -> None:
    for act in (
        lambda: invite(by=alice, channel=storyline, person=bruno),
        lambda: join(by=bruno, channel=storyline),
        lambda: archive(by=alice, channel=storyline),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_storyline_is_called_as_its_person_is_called_today(storyline: Channel, alice: Person) -> None:
    Person.objects.filter(pk=alice.pk).update(display_name="Alice Dupont")
    assert selectors.channel_by_id(alice, storyline.pk).title == "Alice Dupont"


# Directory groups --------------------------------------------------------------------------------------------------


def test_only_system_admins_make_a_mirror(irene: Person, alice: Person, sales_group: DirectoryGroup) -> None:
    with pytest.raises(NotAllowed):
        create_channel(by=alice, name="Sales", mirrors=sales_group)
    channel = create_channel(by=irene, name="Sales", mirrors=sales_group)
    assert {row.person.username for row in selectors.members(channel)} == {"irene", "bruno", "chloe"}


def test_what_comes_from_the_directory_is_changed_there(
    irene: Person, bruno: Person, sales_group: DirectoryGroup
) -> None:
    channel = create_channel(by=irene, name="Sales", mirrors=sales_group)
    for act in (
        lambda: leave(by=bruno, channel=channel),
        lambda: remove_member(by=irene, channel=channel, person=bruno),
    ):
        with pytest.raises(FromDirectory):
            act()
