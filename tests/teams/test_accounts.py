"""Company accounts: who makes one, who speaks for it, and what nobody does by a side door."""

import pytest
from django.db import IntegrityError, transaction

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams import access, selectors
from corpblog.teams.errors import BadChannel, LastOwner, NameTaken
from corpblog.teams.models import Channel, Membership
from corpblog.teams.services import (
    create_channel,
    invite,
    join,
    leave,
    name_delegate,
    open_account,
    remove_member,
    set_owner,
)

pytestmark = pytest.mark.django_db


def delegates(account: Channel) -> list[str]:
    return sorted(selectors.owners_of(account.pk).values_list("username", flat=True))


def test_who_makes_an_account_speaks_for_it(chloe: Person) -> None:
    account = open_account(by=chloe, name="Acme jobs", description="Come and work with us")
    assert (account.kind, account.classification, account.is_private) == ("company", "public", False)
    assert delegates(account) == ["chloe"]
    assert list(selectors.accounts_of(chloe)) == [account]
    assert AuditEntry.objects.filter(action="account.opened", actor_id=chloe.pk).exists()


@pytest.mark.parametrize("who", ["alice", "omar", "ivan", "zoe"])
def test_others_make_none(who: str, person) -> None:
    with pytest.raises(NotAllowed, match="Communications and connector admins"):
        open_account(by=person(who), name="Acme")
    assert not Channel.objects.filter(kind="company").exists()


def test_an_account_is_named_like_a_channel(chloe: Person, alice: Person) -> None:
    create_channel(by=alice, name="Acme")
    with pytest.raises(NameTaken):
        open_account(by=chloe, name="Acme")
    with pytest.raises(BadChannel):
        open_account(by=chloe, name="  ")


def test_a_follower_and_a_stranger_are_named(account: Channel, chloe: Person, bruno: Person, helene: Person) -> None:
    name_delegate(by=chloe, account=account, person=bruno)
    name_delegate(by=chloe, account=account, person=helene)
    assert delegates(account) == ["alice", "bruno", "helene"]
    name_delegate(by=chloe, account=account, person=helene)
    assert Membership.objects.filter(channel=account, person=helene).count() == 1


def test_delegates_do_not_hand_on_the_companys_voice(account: Channel, alice: Person, bruno: Person) -> None:
    for refused in (
        lambda: name_delegate(by=alice, account=account, person=bruno),
        lambda: set_owner(by=alice, channel=account, person=bruno),
        lambda: set_owner(by=alice, channel=account, person=alice, is_owner=False),
        lambda: invite(by=alice, channel=account, person=bruno),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert delegates(account) == ["alice"]


def test_a_delegate_is_not_removed_by_another(account: Channel, chloe: Person, alice: Person, bruno: Person) -> None:
    name_delegate(by=chloe, account=account, person=bruno)
    with pytest.raises(NotAllowed, match="name the delegates"):
        remove_member(by=alice, channel=account, person=bruno)
    remove_member(by=chloe, channel=account, person=bruno)
    assert delegates(account) == ["alice"]


def test_the_last_delegate_stays(account: Channel, chloe: Person, alice: Person) -> None:
    for refused in (
        lambda: leave(by=alice, channel=account),
        lambda: set_owner(by=chloe, channel=account, person=alice, is_owner=False),
    ):
        with pytest.raises(LastOwner, match="needs a delegate"):
            refused()


def test_who_left_is_not_named(account: Channel, chloe: Person, zoe: Person) -> None:
    with pytest.raises(NotFound):
        name_delegate(by=chloe, account=account, person=zoe)
    Membership.objects.create(person=zoe, channel=account, role="owner")
    assert not access.is_delegate(zoe, account)
    assert not selectors.accounts_of(zoe).exists()


def test_owning_a_team_channel_is_not_speaking_for_the_company(chloe: Person, alice: Person, bruno: Person) -> None:
    team = create_channel(by=chloe, name="Press team")
    assert not access.is_delegate(chloe, team)
    with pytest.raises(NotAllowed):
        name_delegate(by=chloe, account=team, person=bruno)


def test_an_account_is_found_in_the_list_and_followed(account: Channel, helene: Person) -> None:
    assert [channel.pk for channel in selectors.browse(helene, "acme")] == [account.pk]
    join(by=helene, channel=account)
    assert not access.can_write(helene, account)
    assert account not in selectors.writable(helene)


def test_the_database_keeps_accounts_open(account: Channel, sales_group: DirectoryGroup) -> None:
    for closed in ({"is_private": True}, {"mirrors": sales_group}):
        with pytest.raises(IntegrityError, match="company_accounts_are_open"), transaction.atomic():
            Channel.objects.filter(pk=account.pk).update(**closed)
