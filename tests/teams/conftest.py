"""Channels of every kind, and people in every relation to them."""

import pytest

from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams.models import Channel
from corpblog.teams.services import (
    create_channel,
    ensure_storyline,
    invite,
    join,
    name_delegate,
    open_account,
    open_conversation,
    remove_member,
)
from tests.threads import threads_database

__all__ = ["threads_database"]


@pytest.fixture
def engineering(alice: Person, bruno: Person) -> Channel:
    """Give an open channel: alice owns it, bruno is in it."""
    channel = create_channel(by=alice, name="Engineering")
    join(by=bruno, channel=channel)
    return channel


@pytest.fixture
def news(alice: Person, bruno: Person) -> Channel:
    """Give an open channel where only owners start threads."""
    channel = create_channel(by=alice, name="News", is_announce_only=True)
    join(by=bruno, channel=channel)
    return channel


@pytest.fixture
def board(alice: Person, bruno: Person) -> Channel:
    """Give a private channel: alice owns it, bruno is in it."""
    channel = create_channel(by=alice, name="Board", is_private=True)
    invite(by=alice, channel=channel, person=bruno)
    return channel


@pytest.fixture
def account(chloe: Person, alice: Person, bruno: Person) -> Channel:
    """Give a company account: communications made it and named alice, who is alone its delegate now; bruno follows."""
    channel = open_account(by=chloe, name="Acme")
    name_delegate(by=chloe, account=channel, person=alice)
    join(by=bruno, channel=channel)
    remove_member(by=chloe, channel=channel, person=chloe)
    return channel


@pytest.fixture
def works_council(alice: Person) -> Channel:
    """Give a private channel of alice's that everybody may know of."""
    return create_channel(by=alice, name="Works council", is_private=True, is_listed=True)


@pytest.fixture
def talk(alice: Person, bruno: Person) -> Channel:
    """Give the direct conversation of alice and bruno."""
    return open_conversation(by=alice, people=[bruno])


@pytest.fixture
def storyline(alice: Person) -> Channel:
    return ensure_storyline(alice)


@pytest.fixture
def sales_group(bruno: Person, chloe: Person) -> DirectoryGroup:
    """Give a directory group with bruno and chloe."""
    group = DirectoryGroup.objects.create(directory_id="g-1", name="sales")
    group.people.add(bruno, chloe)
    return group
