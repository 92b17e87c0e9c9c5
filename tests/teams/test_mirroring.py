"""Channels follow directory groups, and touch nothing that did not come from there."""

import json

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.people.events import GroupsChanged, directory_groups_changed
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams.events import MembershipChanged, membership_changed
from corpblog.teams.models import Channel, Membership
from corpblog.teams.services import (
    create_channel,
    describe,
    invite,
    mirror_directory_groups,
    open_account,
    set_owner,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sales(irene: Person, alice: Person, sales_group: DirectoryGroup) -> Channel:
    """Give a private channel of the group, into which irene invited alice by hand."""
    channel = create_channel(by=irene, name="Sales", is_private=True, mirrors=sales_group)
    invite(by=irene, channel=channel, person=alice)
    return channel


def people(channel: Channel) -> set[str]:
    return set(channel.memberships.values_list("person__username", flat=True))


def test_who_joins_the_group_joins_the_channel(sales: Channel, sales_group: DirectoryGroup, helene: Person) -> None:
    sales_group.people.add(helene)
    assert mirror_directory_groups() == 1
    assert people(sales) == {"irene", "alice", "bruno", "chloe", "helene"}
    assert Membership.objects.get(person=helene, channel=sales).source == "directory"
    assert mirror_directory_groups() == 0


def test_who_leaves_the_group_leaves_and_who_was_invited_stays(sales: Channel, sales_group: DirectoryGroup) -> None:
    sales_group.people.clear()
    assert mirror_directory_groups() == 2
    assert people(sales) == {"irene", "alice"}


def test_who_was_invited_before_stays_when_the_group_lets_them_go(
    sales: Channel, sales_group: DirectoryGroup, alice: Person
) -> None:
    sales_group.people.add(alice)
    mirror_directory_groups()
    sales_group.people.remove(alice)
    mirror_directory_groups()
    assert "alice" in people(sales)


def test_the_disabled_are_taken_out(sales: Channel, bruno: Person) -> None:
    Person.objects.filter(pk=bruno.pk).update(is_active=False)
    mirror_directory_groups()
    assert "bruno" not in people(sales)


def test_a_group_that_is_gone_gives_nobody_access(sales: Channel, sales_group: DirectoryGroup) -> None:
    sales_group.delete()
    assert mirror_directory_groups() == 2
    assert people(sales) == {"irene", "alice"}


def test_the_role_somebody_has_survives(sales: Channel, irene: Person, bruno: Person) -> None:
    set_owner(by=irene, channel=sales, person=bruno)
    mirror_directory_groups()
    assert Membership.objects.get(person=bruno, channel=sales).is_owner


def test_news_of_one_person_mirrors_that_person(
    sales: Channel,
    sales_group: DirectoryGroup,
    bruno: Person,
    helene: Person,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[MembershipChanged] = []
    monkeypatch.setattr(membership_changed, "_listeners", [heard.append])
    sales_group.people.set([helene])
    with django_capture_on_commit_callbacks(execute=True):
        gone = GroupsChanged(bruno.pk, joined=frozenset(), left=frozenset({sales_group.pk}))
        directory_groups_changed.publish(gone)
    assert people(sales) == {"irene", "alice", "chloe"}
    assert heard == [MembershipChanged(bruno.pk, sales.pk, is_member=False)]
    entry = AuditEntry.objects.filter(action="channel.mirrored").latest("number")
    assert json.loads(entry.payload.body) == {"added": [], "removed": [bruno.pk]}


def test_news_that_is_old_changes_nothing_back(
    sales: Channel, bruno: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        directory_groups_changed.publish(GroupsChanged(bruno.pk, joined=frozenset(), left=frozenset({1})))
    assert "bruno" in people(sales)


def test_a_channel_that_is_there_is_tied_to_a_group_and_untied(
    irene: Person, sales_group: DirectoryGroup, alice: Person
) -> None:
    channel = create_channel(by=irene, name="Deals", is_private=True)
    invite(by=irene, channel=channel, person=alice)
    describe(by=irene, channel=channel, name="Deals", description="", mirrors=sales_group)
    assert people(channel) == {"irene", "alice", "bruno", "chloe"}
    describe(by=irene, channel=channel, name="All deals", description="")
    assert people(channel) == {"irene", "alice", "bruno", "chloe"}
    describe(by=irene, channel=channel, name="All deals", description="", mirrors=None)
    assert people(channel) == {"irene", "alice"}


def test_an_owner_who_is_no_system_admin_neither_ties_nor_unties(
    irene: Person, alice: Person, bruno: Person, sales_group: DirectoryGroup
) -> None:
    mine = create_channel(by=alice, name="Mine")
    with pytest.raises(NotAllowed, match="Only system admins tie"):
        describe(by=alice, channel=mine, name="Ours", description="", mirrors=sales_group)
    assert (Channel.objects.get(pk=mine.pk).name, people(mine)) == ("Mine", {"alice"})
    tied = create_channel(by=irene, name="Sales", mirrors=sales_group)
    set_owner(by=irene, channel=tied, person=bruno, is_owner=True)
    with pytest.raises(NotAllowed, match="Only system admins tie"):
        describe(by=bruno, channel=tied, name="Sales", description="", mirrors=None)
    assert people(tied) == {"irene", "bruno", "chloe"}


def test_a_company_account_follows_no_group(irene: Person, sales_group: DirectoryGroup) -> None:
    account = open_account(by=irene, name="Acme")
    with pytest.raises(Invalid, match="Only team channels"):
        describe(by=irene, channel=account, name="Acme", description="", mirrors=sales_group)
    assert people(account).isdisjoint({"bruno", "chloe"})
