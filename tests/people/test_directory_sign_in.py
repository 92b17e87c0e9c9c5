"""Signing in through the directory, the same against the embedded one and a real OpenLDAP."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import authenticate

from corpblog.audit.models import AuditEntry
from corpblog.people.access import has_role
from corpblog.people.directory.errors import DirectoryUnavailable
from corpblog.people.events import GroupsChanged, directory_groups_changed
from corpblog.people.models import DirectoryGroup, Person, Role, RoleGrant
from tests.people.conftest import Directory

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def sign_in(username: str, password: str = "corpblog") -> Person | None:
    person = authenticate(None, username=username, password=password)
    assert person is None or isinstance(person, Person)
    return person


@pytest.mark.parametrize("transport", ["starttls", "ldaps"])
def test_somebody_signs_in_over_either_kind_of_tls(directory: Directory, settings: Any, transport: str) -> None:
    settings.DIRECTORY = directory.settings(transport)
    person = sign_in("alice")
    assert person is not None
    assert (person.username, person.display_name, person.department) == ("alice", "Alice Martin", "Engineering")
    assert person.email == "alice@acme.example"
    assert person.source == Person.Source.DIRECTORY
    assert person.directory_id
    assert not person.has_usable_password()


@pytest.mark.parametrize("password", ["wrong", "", "Corpblog", "corpblog ", "corpblog\0"])
def test_a_wrong_or_empty_password_lets_nobody_in(directory: Directory, password: str) -> None:
    assert sign_in("alice", password) is None
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "username",
    [
        "",
        " ",
        "*",
        "a*",
        "alice)(uid=*",
        "alice*)(|(uid=*",
        "nobody",
        "\0",
        "alice\0",
        "%s",
        "%(user)s",
        "a" * 5000,
        "é\u202e",
    ],
)
def test_names_that_are_no_names_find_nobody(directory: Directory, username: str) -> None:
    assert sign_in(username) is None


@pytest.mark.parametrize("spelling", ["ALICE", " alice ", "Alice\u00a0", "ａｌｉｃｅ"])
def test_every_spelling_of_a_name_is_one_person(directory: Directory, spelling: str) -> None:
    first, again = sign_in("alice"), sign_in(spelling)
    assert first is not None
    assert first == again
    assert Person.objects.count() == 1


def test_somebody_disabled_in_the_directory_is_refused(directory: Directory) -> None:
    assert sign_in("zoe") is None
    assert not Person.objects.filter(username="zoe").exists()


def test_a_disabling_mark_counts_even_where_the_bind_succeeds(directory: Directory) -> None:
    assert sign_in("alice") is not None
    directory.person("alice")["extra"] = {"nsAccountLock": "TRUE"}
    directory.publish()
    assert sign_in("alice") is None


def test_somebody_cut_off_here_is_refused_whatever_the_directory_says(directory: Directory) -> None:
    person = sign_in("alice")
    assert person is not None
    Person.objects.filter(pk=person.pk).update(is_active=False, inactive_because=Person.Inactive.ADMIN)
    assert sign_in("alice") is None


def test_what_the_directory_took_it_gives_back(directory: Directory) -> None:
    person = sign_in("alice")
    assert person is not None
    Person.objects.filter(pk=person.pk).update(is_active=False, inactive_because=Person.Inactive.MISSING)
    back = sign_in("alice")
    assert back is not None
    assert back.is_active


def test_roles_come_from_groups_also_from_groups_in_groups(directory: Directory) -> None:
    irene, omar, alice = sign_in("irene"), sign_in("omar"), sign_in("alice")
    assert irene
    assert omar
    assert alice
    assert has_role(irene, Role.SYSTEM_ADMIN)
    assert has_role(irene, Role.POLICY_ADMIN)  # policy-admins holds the group it-admins, not irene
    assert has_role(omar, Role.COMPLIANCE)
    assert not alice.roles.exists()


def test_leaders_come_from_a_group(directory: Directory) -> None:
    helene, alice = sign_in("helene"), sign_in("alice")
    assert helene
    assert alice
    assert helene.is_leader
    assert not alice.is_leader


def test_a_role_goes_with_its_group(directory: Directory) -> None:
    assert sign_in("omar")
    directory.data["groups"]["compliance"].remove("omar")
    directory.publish()
    omar = sign_in("omar")
    assert omar
    assert not has_role(omar, Role.COMPLIANCE)


def test_a_role_given_by_hand_stays(directory: Directory) -> None:
    alice = sign_in("alice")
    assert alice
    RoleGrant.objects.create(person=alice, role=Role.AUDITOR, source=Person.Source.LOCAL)
    assert sign_in("alice")
    assert has_role(alice, Role.AUDITOR)


def test_a_group_outside_the_list_gives_and_stores_nothing(directory: Directory) -> None:
    alice = sign_in("alice")
    assert alice
    names = set(alice.directory_groups.values_list("name", flat=True))
    assert names == {"channel-company-news", "channel-engineering", "channel-platform", "channel-project-aurora"}
    assert not DirectoryGroup.objects.filter(name="engineering").exists()


def test_groups_that_hold_each_other_end(directory: Directory) -> None:
    directory.data["groups"]["platform"].append("group:engineering")
    directory.publish()
    assert sign_in("alice")


def test_changed_groups_are_told_once(directory: Directory, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[GroupsChanged] = []
    directory_groups_changed.subscribe(heard.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert sign_in("victor")
        with django_capture_on_commit_callbacks(execute=True):
            assert sign_in("victor")
    finally:
        directory_groups_changed._listeners.remove(heard.append)
    assert len(heard) == 1
    assert len(heard[0].joined) == 2
    assert not heard[0].left


def test_a_search_for_groups_that_fails_after_the_bind_takes_nothing_and_opens_nothing(
    directory: Directory, settings: Any
) -> None:
    omar = sign_in("omar")
    assert omar
    settings.DIRECTORY = directory.settings(groups_base="ou=nowhere,dc=acme,dc=example")
    with pytest.raises(DirectoryUnavailable):
        sign_in("omar")
    assert has_role(omar, Role.COMPLIANCE)
    assert omar.directory_groups.exists()


def test_a_local_account_is_not_taken_over_by_an_entry_of_its_name(directory: Directory) -> None:
    local = Person.objects.create(username="alice", source=Person.Source.LOCAL)
    local.set_password("of its own")
    local.save()
    assert sign_in("alice", "corpblog") is None
    local.refresh_from_db()
    assert local.source == Person.Source.LOCAL
    assert local.check_password("of its own")


def test_a_new_entry_under_an_old_name_is_not_the_old_person(directory: Directory) -> None:
    old = sign_in("bruno")
    assert old
    directory.remove("bruno")
    directory.publish()
    directory.data["people"].append({"uid": "bruno", "number": 9999, "name": "Bruno Second"})
    directory.publish()
    assert sign_in("bruno") is None
    old.refresh_from_db()
    assert old.display_name == "Bruno Lefèvre"
    assert AuditEntry.objects.filter(action="sign_in.takeover_refused").exists()


def test_a_renamed_person_stays_the_same_person(directory: Directory) -> None:
    before = sign_in("grace")
    directory.remove("grace")
    directory.publish()
    directory.data["people"].append({"uid": "gracie", "number": 1404, "name": "Grace Murray"})
    directory.publish()
    after = sign_in("gracie")
    assert before
    assert after
    assert before.pk == after.pk
    assert after.username == "gracie"


def test_reserved_names_are_nobodys(directory: Directory) -> None:
    directory.data["people"].append({"uid": "admin", "number": 9998, "name": "Not The Admin"})
    directory.publish()
    assert sign_in("admin") is None


def test_a_filter_that_finds_two_people_lets_neither_in(directory: Directory, settings: Any) -> None:
    settings.DIRECTORY = replace(settings.DIRECTORY, people_filter="(|(uid=%(user)s)(uid=bruno))")
    assert sign_in("alice") is None
    assert sign_in("bruno") is not None


def test_a_percent_sign_in_a_name_is_only_a_character(directory: Directory) -> None:
    directory.data["people"].append({"uid": "per%sent", "number": 9997, "name": "Per Sent"})
    directory.publish()
    assert sign_in("per%sent") is not None


def test_a_wrong_password_of_our_own_account_is_not_taken_for_theirs(directory: Directory, settings: Any) -> None:
    settings.DIRECTORY = directory.settings(bind_password="wrong")
    with pytest.raises(DirectoryUnavailable):
        sign_in("alice")


def test_a_new_person_has_a_session_that_ends_when_they_are_cut_off(directory: Directory) -> None:
    person = sign_in("alice")
    assert person
    from corpblog.people.directory.backend import DirectoryBackend

    assert DirectoryBackend().get_user(person.pk) == person
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert DirectoryBackend().get_user(person.pk) is None
