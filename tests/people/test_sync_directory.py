"""`manage.py sync_directory`, against both directories."""

from io import StringIO
from typing import Any

import ldap
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from corpblog.audit.models import AuditEntry
from corpblog.kernel import periodic
from corpblog.kernel.models import LimitCounter
from corpblog.people.access import has_role
from corpblog.people.directory import connection
from corpblog.people.directory.connection import all_values
from corpblog.people.directory.sync import sync_directory
from corpblog.people.events import CutOff, person_cut_off
from corpblog.people.models import DirectoryGroup, Person, Role, RoleGrant, Session
from tests.people.conftest import ACME, Directory, SignIn

pytestmark = pytest.mark.django_db

ENABLED = sum(not person.get("disabled") for person in ACME["people"])


def run(*options: str) -> str:
    output = StringIO()
    call_command("sync_directory", *options, stdout=output)
    return output.getvalue()


def everything() -> list[Any]:
    """All that a sync may touch."""
    people = Person.objects.order_by("pk").values()
    rest = (model.objects.order_by("pk").values() for model in (RoleGrant, DirectoryGroup, AuditEntry, Session))
    memberships = DirectoryGroup.people.through.objects.values_list("person_id", "directorygroup_id")
    return [[row | {"last_login": None} for row in people], *map(list, rest), sorted(memberships)]


def test_everybody_who_may_sign_in_is_known_after_a_sync(directory: Directory) -> None:
    report = run()
    assert Person.objects.active().count() == ENABLED
    assert not Person.objects.filter(username="zoe").exists()
    alice, irene = Person.objects.get(username="alice"), Person.objects.get(username="irene")
    assert alice.manager == Person.objects.get(username="nadia")
    assert (alice.title, alice.email) == ("Software engineer", "alice@acme.example")
    assert has_role(irene, Role.POLICY_ADMIN)
    assert set(DirectoryGroup.objects.values_list("name", flat=True)) == {
        name for name in ACME["groups"] if name.startswith("channel-")
    }
    assert DirectoryGroup.objects.get(name="channel-company-news").people.count() == ENABLED
    assert "+ alice: new person (Alice Martin)" in report


def test_a_second_sync_finds_nothing_to_do(directory: Directory) -> None:
    run()
    before = everything()
    assert "0 changes made" in run()
    assert everything() == before


def test_a_sync_and_a_sign_in_agree(directory: Directory, signing_in: SignIn) -> None:
    run()
    before = everything()
    for username in ("alice", "irene", "omar", "helene", "victor", "chloe"):
        assert signing_in(username).status_code == 302
    Session.objects.all().delete()
    assert everything() == before


def test_a_dry_run_tells_all_and_changes_nothing(directory: Directory) -> None:
    run()
    before = everything()
    directory.person("alice")["title"] = "Staff engineer"
    directory.person("bruno")["disabled"] = True
    directory.data["groups"]["compliance"].remove("lena")
    directory.data["people"].append({"uid": "newcomer", "number": 7001, "name": "New Comer"})
    directory.publish()
    report = run("--dry-run")
    assert everything() == before
    for line in (
        "~ alice: title 'Software engineer' -> 'Staff engineer'",
        "- bruno: cut off (Disabled in the directory)",
        "- lena: role compliance",
        "- lena: group channel-compliance",
        "+ newcomer: new person (New Comer)",
    ):
        assert line in report.splitlines()


def test_who_is_disabled_or_gone_loses_everything_open(
    directory: Directory, signing_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    run()
    clients = {name: Client() for name in ("bruno", "chloe")}
    for name, client in clients.items():
        signing_in(name, client=client)
    heard: list[CutOff] = []
    person_cut_off.subscribe(heard.append)
    directory.person("bruno")["disabled"] = True
    directory.publish()
    try:
        with django_capture_on_commit_callbacks(execute=True):
            run()
        directory.remove("chloe")
        directory.publish()
        with django_capture_on_commit_callbacks(execute=True):
            run()
    finally:
        person_cut_off._listeners.remove(heard.append)
    people = {name: Person.objects.get(username=name) for name in clients}
    assert people["bruno"].inactive_because == Person.Inactive.DISABLED
    assert people["chloe"].inactive_because == Person.Inactive.MISSING
    assert [news.person_id for news in heard] == [people["bruno"].pk, people["chloe"].pk]
    for name, client in clients.items():
        assert not people[name].is_active
        assert client.get("/sign-in/").status_code == 200  # who is signed in is sent on from there
        assert signing_in(name).status_code == 422
    assert AuditEntry.objects.filter(action="person.cut_off").count() == 2


def test_who_comes_back_may_sign_in_again(directory: Directory, signing_in: SignIn) -> None:
    run()
    directory.person("bruno")["disabled"] = True
    directory.publish()
    run()
    del directory.person("bruno")["disabled"]
    directory.publish()
    assert "+ bruno: may sign in again" in run()
    assert signing_in("bruno").status_code == 302


def test_who_was_cut_off_by_an_administrator_does_not_come_back(directory: Directory) -> None:
    run()
    Person.objects.filter(username="bruno").update(is_active=False, inactive_because=Person.Inactive.ADMIN)
    run()
    assert not Person.objects.get(username="bruno").is_active


def test_more_than_a_twentieth_of_people_at_once_stops_the_sync(directory: Directory) -> None:
    run()
    directory.remove("lucas", "priya", "julien")
    directory.data["groups"]["data"] = ["alice"]
    directory.publish()
    before = everything()[:4]
    with pytest.raises(CommandError, match="3 of 39 people would be taken away") as stopped:
        run()
    assert stopped.value.returncode == 3
    assert AuditEntry.objects.filter(action="directory.brake").count() == 1
    assert everything()[:3] == before[:3]
    assert "The brake would stop this" in run("--dry-run")
    run("--force")
    assert Person.objects.active().count() == ENABLED - 3


def test_an_empty_directory_stops_the_sync(directory: Directory, settings: Any) -> None:
    run()
    settings.DIRECTORY = directory.settings(people_base="ou=services,dc=acme,dc=example")
    with pytest.raises(CommandError, match="39 of 39 people"):
        run()
    assert Person.objects.active().count() == ENABLED


def test_groups_that_vanish_at_once_stop_the_sync(directory: Directory, settings: Any) -> None:
    run()
    settings.DIRECTORY = directory.settings(groups_base="ou=people,dc=acme,dc=example")
    with pytest.raises(CommandError, match="roles would be taken away"):
        run()
    assert has_role(Person.objects.get(username="omar"), Role.COMPLIANCE)


@pytest.mark.parametrize("change", [{"groups_base": "ou=nowhere,dc=acme,dc=example"}, {"uri": "ldap://127.0.0.1:1"}])
def test_a_directory_that_cannot_be_read_whole_changes_nothing(
    directory: Directory, settings: Any, change: dict[str, str]
) -> None:
    run()
    before = everything()
    settings.DIRECTORY = directory.settings(**change)
    with pytest.raises(CommandError, match="nothing was changed"):
        run()
    assert everything() == before


def test_a_page_that_fails_in_the_middle_changes_nothing(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    before = everything()
    monkeypatch.setattr(connection, "PAGE_SIZE", 10)
    searches = connection.SimpleLDAPObject.result3
    pages: list[int] = []

    def breaking(self: Any, *args: Any, **kwargs: Any) -> Any:
        pages.append(1)
        if len(pages) > 4:
            raise ldap.SERVER_DOWN
        return searches(self, *args, **kwargs)

    monkeypatch.setattr(connection.SimpleLDAPObject, "result3", breaking)
    with pytest.raises(CommandError, match="nothing was changed"):
        run()
    assert everything() == before


def test_a_directory_larger_than_its_page_is_read_whole(directory: Directory) -> None:
    more = [{"uid": f"p{number}", "number": 20_000 + number, "name": f"Person {number}"} for number in range(1100)]
    directory.data["people"] += more
    directory.data["groups"]["channel-crowd"] = [person["uid"] for person in more]
    directory.publish()
    run()
    assert Person.objects.active().count() == ENABLED + 1100
    assert DirectoryGroup.objects.get(name="channel-crowd").people.count() == 1100


def test_a_name_that_belongs_to_somebody_else_is_left_alone(directory: Directory) -> None:
    Person.objects.create(username="alice", source=Person.Source.LOCAL, display_name="Break glass")
    report = run()
    assert "! alice: the name is taken by another account or reserved; left out" in report
    assert Person.objects.get(username="alice").source == Person.Source.LOCAL
    assert Person.objects.active().count() == ENABLED  # 38 people of the directory and the local account


def test_a_group_founded_anew_under_its_name_goes_on(directory: Directory) -> None:
    run()
    group = DirectoryGroup.objects.get(name="channel-data")
    DirectoryGroup.objects.filter(pk=group.pk).update(directory_id="an id of the past")
    run()
    group.refresh_from_db()
    assert group.directory_id != "an id of the past"
    assert group.people.count() == 3


def test_a_crash_half_way_leaves_nobody_half_changed(directory: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    from corpblog.people.directory import sync

    stored = sync.store_belonging
    done: list[str] = []

    def crash(person: Person, *args: Any) -> None:
        if len(done) == 5:
            raise OSError("power cut")
        done.append(person.username)
        stored(person, *args)

    monkeypatch.setattr(sync, "store_belonging", crash)
    with pytest.raises(OSError, match="power cut"):
        sync_directory()
    assert set(Person.objects.active().values_list("username", flat=True)) == set(done)


class FakeActiveDirectory:
    """Gives a large attribute in ranges, as Active Directory does; there is none to test against."""

    def search_s(self, dn: str, scope: int, *, attrlist: list[str]) -> list[Any]:
        answers = {
            "member;range=2-*": {"member;range=2-3": [b"c", b"d"]},
            "member;range=4-*": {"member;range=4-*": [b"e"]},
        }
        return [(dn, answers[attrlist[0]])]


def test_members_given_in_ranges_are_read_to_the_end() -> None:
    attributes = ldap.cidict.cidict({"member;range=0-1": [b"a", b"b"], "member": []})
    assert all_values(FakeActiveDirectory(), "cn=big", attributes, "member") == [b"a", b"b", b"c", b"d", b"e"]


def test_the_worker_keeps_up_and_survives_a_directory_that_is_down(directory: Directory, settings: Any) -> None:
    settings.DIRECTORY = directory.settings(uri="ldap://127.0.0.1:1")
    assert "sync_directory" in periodic.run_due()
    LimitCounter.objects.all().delete()  # the next window
    settings.DIRECTORY = directory.settings()
    assert "sync_directory" in periodic.run_due()
    assert Person.objects.active().count() == ENABLED
    assert "sync_directory" not in periodic.run_due()


def test_a_name_goes_to_somebody_new_only_after_a_sync_found_its_owner_gone(
    directory: Directory, signing_in: SignIn
) -> None:
    run()
    old = Person.objects.get(username="bruno")
    directory.remove("bruno")
    directory.publish()
    directory.data["people"].append({"uid": "bruno", "number": 9999, "name": "Bruno Second"})
    directory.publish()
    report = run()  # the first one only notices that the old one is gone
    assert "! bruno: the name is taken by another account or reserved; left out" in report
    assert signing_in("bruno").status_code == 422
    report = run()
    assert f"~ bruno: left, becomes bruno-{old.pk}" in report
    new = Person.objects.get(username="bruno")
    old.refresh_from_db()
    assert new.pk != old.pk
    assert (old.username, old.is_active) == (f"bruno-{old.pk}", False)
    assert signing_in("bruno").status_code == 302


def test_only_those_come_in_who_may_sign_in(directory: Directory, settings: Any, signing_in: SignIn) -> None:
    settings.DIRECTORY = directory.settings(people_filter="(&(uid=%(user)s)(l=Lyon))")
    run()
    lyon = {person["uid"] for person in ACME["people"] if person["city"] == "Lyon"} - {"zoe"}
    assert set(Person.objects.active().values_list("username", flat=True)) == lyon
    assert signing_in("alice").status_code == 302
    assert signing_in("bruno").status_code == 422


def test_people_who_stay_as_they_are_cost_no_query(directory: Directory, django_assert_max_num_queries: Any) -> None:
    run()
    with django_assert_max_num_queries(60):  # 39 people, ten groups
        run()


def test_a_reserved_name_brings_nobody_in(directory: Directory) -> None:
    directory.data["people"].append({"uid": "admin", "number": 9998, "name": "Not The Admin"})
    directory.publish()
    assert "! admin: the name is taken by another account or reserved; left out" in run()
    assert not Person.objects.filter(username="admin").exists()
