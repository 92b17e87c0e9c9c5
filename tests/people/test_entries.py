"""Reading what directories say, also those that are not here to be asked."""

import contextlib
import uuid
from datetime import UTC, datetime

import pytest

from corpblog.people.directory.entries import GroupEntry, PersonEntry, normal_dn, read_person
from corpblog.people.directory.flavours import FLAVOURS, is_disabled, read_identity
from corpblog.people.directory.listing import assemble

NOW = datetime(2026, 6, 1, tzinfo=UTC)
AD, OPENLDAP = FLAVOURS["ad"], FLAVOURS["openldap"]


def ad_time(moment: datetime) -> bytes:
    return str(int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10_000_000)).encode()


@pytest.mark.parametrize(
    ("attributes", "disabled"),
    [
        ({}, False),
        ({"userAccountControl": [b"512"]}, False),
        ({"userAccountControl": [b"514"]}, True),
        ({"userAccountControl": ["66050"]}, True),
        ({"userAccountControl": [b"rubbish"]}, True),
        ({"accountExpires": [b"0"]}, False),
        ({"accountExpires": [b"9223372036854775807"]}, False),
        ({"accountExpires": [ad_time(datetime(2026, 5, 31, tzinfo=UTC))]}, True),
        ({"accountExpires": [ad_time(datetime(2026, 6, 2, tzinfo=UTC))]}, False),
        ({"pwdAccountLockedTime": [b"000001010000Z"]}, True),
        # Locked for a while after wrong passwords: the directory itself refuses binds, nobody has left.
        ({"pwdAccountLockedTime": [b"20260531120000Z"]}, False),
        ({"nsAccountLock": [b"TRUE"]}, True),
        ({"nsAccountLock": [b"false"]}, False),
        ({"loginDisabled": [b"TRUE"]}, True),
    ],
)
def test_every_way_of_closing_an_account_is_understood(attributes: dict[str, list[bytes]], disabled: bool) -> None:
    assert is_disabled(attributes, NOW) is disabled


@pytest.mark.parametrize("raw", [bytes(range(16)), b"\xff" * 16, b"abcdefghijklmnop", "é".encode() * 8])
def test_an_object_guid_reads_the_same_whether_the_library_took_it_for_text_or_not(raw: bytes) -> None:
    expected = str(uuid.UUID(bytes_le=raw))
    assert read_identity(AD, {"objectGUID": [raw]}) == expected
    with contextlib.suppress(UnicodeDecodeError):
        assert read_identity(AD, {"objectGUID": [raw.decode()]}) == expected


def test_an_entry_without_an_id_or_a_name_is_nobody() -> None:
    assert read_person("uid=a", {"uid": [b"a"]}, OPENLDAP) is None
    assert read_person("uid=a", {"entryUUID": [b"1"]}, OPENLDAP) is None
    assert read_person("uid=a", {"uid": [b"a" * 151], "entryUUID": [b"1"]}, OPENLDAP) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uid=alice,ou=people,dc=acme", "UID=Alice, OU=People, DC=Acme"),
        (r"cn=Smith\, John,dc=acme", r"cn=Smith\2C John,dc=acme"),
        ("cn=a+uid=b,dc=acme", "uid=b+cn=a,dc=acme"),
    ],
)
def test_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert normal_dn(one) == normal_dn(other)


def test_groups_of_groups_in_a_circle_are_found_once() -> None:
    person = PersonEntry("p", "1", "p", "P")
    groups = [
        GroupEntry("a", "a", "a", frozenset({"p", "c"})),
        GroupEntry("b", "b", "b", frozenset({"a"})),
        GroupEntry("c", "c", "c", frozenset({"b"})),
        GroupEntry("d", "d", "d", frozenset({"nobody"})),
    ]
    assert assemble([person], groups).people["1"].group_names == {"a", "b", "c"}
