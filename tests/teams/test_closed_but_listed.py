"""Closed channels whose name is no secret: who finds them, who asks, who answers; and addresses that changed."""

import pytest

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.teams import selectors
from corpblog.teams.access import can_read
from corpblog.teams.errors import BadChannel, NameTaken
from corpblog.teams.models import Channel, JoinRequest, Membership
from corpblog.teams.services import (
    answer_request,
    archive,
    ask_to_join,
    create_channel,
    describe,
    invite,
    join,
)

pytestmark = pytest.mark.django_db


def test_a_listed_channel_is_found_and_not_read(works_council: Channel, bruno: Person) -> None:
    found = selectors.browse(bruno, "council")
    assert [(channel.pk, channel.is_member, channel.asked) for channel in found] == [(works_council.pk, False, False)]
    assert not can_read(bruno, works_council)
    with pytest.raises(NotFound):
        selectors.channel_by_slug(bruno, works_council.slug)
    with pytest.raises(NotFound):
        join(by=bruno, channel=works_council)


def test_an_unlisted_channel_is_neither_found_nor_asked(board: Channel, chloe: Person) -> None:
    assert selectors.browse(chloe, "board") == []
    with pytest.raises(NotFound):
        selectors.known_by_slug(chloe, board.slug)
    with pytest.raises(NotFound):
        ask_to_join(by=chloe, channel=board)
    assert not JoinRequest.objects.exists()


def test_who_asks_is_let_in_by_an_owner(works_council: Channel, alice: Person, bruno: Person) -> None:
    ask_to_join(by=bruno, channel=works_council)
    ask_to_join(by=bruno, channel=works_council)
    assert [asked.person for asked in selectors.requests(works_council)] == [bruno]
    answer_request(by=alice, channel=works_council, person=bruno, accept=True)
    assert can_read(bruno, works_council)
    assert not selectors.requests(works_council).exists()


def test_who_is_declined_may_ask_again_and_it_is_audited(works_council: Channel, alice: Person, bruno: Person) -> None:
    ask_to_join(by=bruno, channel=works_council)
    answer_request(by=alice, channel=works_council, person=bruno, accept=False)
    assert not can_read(bruno, works_council)
    assert AuditEntry.objects.filter(action="channel.request_declined", subject=f"channel:{works_council.pk}").exists()
    with pytest.raises(NotFound):
        answer_request(by=alice, channel=works_council, person=bruno, accept=True)
    ask_to_join(by=bruno, channel=works_council)
    assert selectors.requests(works_council).count() == 1


def test_only_owners_answer(works_council: Channel, alice: Person, bruno: Person, chloe: Person, irene: Person) -> None:
    invite(by=alice, channel=works_council, person=chloe)
    ask_to_join(by=bruno, channel=works_council)
    with pytest.raises(NotAllowed):
        answer_request(by=chloe, channel=works_council, person=bruno, accept=True)
    for stranger in (bruno, irene):
        with pytest.raises(NotFound):
            answer_request(by=stranger, channel=works_council, person=bruno, accept=True)
    assert not Membership.objects.filter(channel=works_council, person=bruno).exists()


def test_members_and_archived_channels_are_not_asked(works_council: Channel, alice: Person, bruno: Person) -> None:
    with pytest.raises(NotFound):
        ask_to_join(by=alice, channel=works_council)
    archive(by=alice, channel=works_council)
    with pytest.raises(NotFound):
        ask_to_join(by=bruno, channel=selectors.known_by_slug(bruno, works_council.slug))


def test_a_request_ends_when_the_name_becomes_a_secret_again(
    works_council: Channel, alice: Person, bruno: Person
) -> None:
    ask_to_join(by=bruno, channel=works_council)
    describe(by=alice, channel=works_council, name="Works council", description="", is_listed=False)
    assert not selectors.requests(works_council).exists()
    assert selectors.browse(bruno, "council") == []


def test_only_private_channels_are_listed(engineering: Channel, alice: Person) -> None:
    describe(by=alice, channel=engineering, name="Engineering", description="", is_listed=True)
    assert not Channel.objects.get(pk=engineering.pk).is_listed


# Addresses ---------------------------------------------------------------------------------------------------------


def test_the_old_address_leads_to_the_channel(engineering: Channel, alice: Person, chloe: Person) -> None:
    describe(by=alice, channel=engineering, name="Builders", description="", slug="Builders of things")
    assert engineering.slug == "builders-of-things"
    assert selectors.channel_by_address(chloe, "engineering").slug == "builders-of-things"
    with pytest.raises(NotFound):
        selectors.channel_by_slug(chloe, "engineering")


def test_the_old_address_of_a_hidden_channel_leads_nowhere(board: Channel, alice: Person, chloe: Person) -> None:
    describe(by=alice, channel=board, name="Board", description="", slug="directors")
    with pytest.raises(NotFound):
        selectors.channel_by_address(chloe, "board")
    assert selectors.channel_by_address(alice, "board").pk == board.pk


def test_nobody_else_takes_a_former_address(engineering: Channel, news: Channel, alice: Person, chloe: Person) -> None:
    describe(by=alice, channel=engineering, name="Builders", description="", slug="builders")
    with pytest.raises(NameTaken):
        create_channel(by=chloe, name="Engineering")
    with pytest.raises(NameTaken):
        describe(by=alice, channel=news, name="News", description="", slug="engineering")
    with pytest.raises(NameTaken):
        describe(by=alice, channel=news, name="News", description="", slug="builders")


def test_a_channel_may_go_back_to_its_former_address(engineering: Channel, alice: Person) -> None:
    describe(by=alice, channel=engineering, name="Builders", description="", slug="builders")
    describe(by=alice, channel=engineering, name="Engineering", description="", slug="engineering")
    assert selectors.channel_by_address(alice, "builders").slug == "engineering"
    assert selectors.channel_by_address(alice, "engineering").slug == "engineering"


@pytest.mark.parametrize("slug", ["new", "storyline-1", "direct-0123", "!!!"])
def test_kept_addresses_are_refused(slug: str, engineering: Channel, alice: Person) -> None:
    with pytest.raises(BadChannel):
        describe(by=alice, channel=engineering, name="Engineering", description="", slug=slug)


def test_where_the_label_is_refused_nothing_changes(engineering: Channel, alice: Person) -> None:
    with pytest.raises(NotAllowed):
        describe(by=alice, channel=engineering, name="Builders", description="", classification="public")
    now = Channel.objects.get(pk=engineering.pk)
    assert (now.name, now.classification) == ("Engineering", "internal")
