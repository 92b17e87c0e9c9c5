"""The admin console, from the browser's side."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from corpblog.audit.models import AuditEntry
from corpblog.people.models import Person, SyncRun
from tests.people.conftest import Directory, SignIn

pytestmark = pytest.mark.django_db
BrowserOf = Callable[[Person], Client]
PAGES = ("/admin-console/", "/admin-console/people/")


@pytest.fixture
def console(embedded: Directory, settings: Any, fresh_gate: Any, signing_in: SignIn) -> Client:
    """Irene's browser, signed in through a directory that tests may change."""
    settings.DIRECTORY = embedded.settings()
    client = Client()
    assert signing_in("irene", client=client).status_code == 302
    return client


@pytest.fixture(autouse=True)
def _acme_again(embedded: Directory) -> Any:
    yield
    embedded.reset()


@pytest.mark.parametrize("username", ["alice", "omar", "victor", "helene", "chloe"])
def test_for_everybody_else_it_does_not_exist(
    person: Callable[[str], Person], browser_of: BrowserOf, username: str
) -> None:
    client = browser_of(person(username))
    for page in PAGES:
        assert client.get(page).status_code == 404
    for action in (
        "/admin-console/sync/",
        "/admin-console/people/bruno/cut-off/",
        "/admin-console/people/bruno/let-in/",
    ):
        assert client.post(action, {"action": "force"}).status_code == 404


def test_it_shows_how_the_directory_is(console: Client, embedded: Directory, settings: Any) -> None:
    page = console.get("/admin-console/").content.decode()
    assert "Answers" in page
    assert "StartTLS" in page
    settings.DIRECTORY = embedded.settings(uri="ldap://127.0.0.1:1")
    page = console.get("/admin-console/").content.decode()
    assert "Does not answer" in page
    assert embedded.settings().bind_password not in page
    settings.DIRECTORY = None
    assert "No directory is set" in console.get("/admin-console/").content.decode()


def test_a_preview_changes_nothing_and_a_sync_does(console: Client) -> None:
    before = Person.objects.active().count()
    page = console.post("/admin-console/sync/", {"action": "preview"}).content.decode()
    assert "+ alice: new person (Alice Martin)" in page
    assert Person.objects.active().count() == before
    assert console.post("/admin-console/sync/", {"action": "sync"}).status_code == 302
    assert Person.objects.active().count() == 39
    assert SyncRun.objects.get().outcome == SyncRun.Outcome.DONE


def test_the_brake_is_shown_and_lifted_on_record(console: Client, embedded: Directory) -> None:
    console.post("/admin-console/sync/", {"action": "sync"})
    embedded.remove("lucas", "priya", "julien")
    embedded.data["groups"]["data"] = ["alice"]
    embedded.publish()
    answer = console.post("/admin-console/sync/", {"action": "sync"})
    assert answer.status_code == 409
    assert "3 of 39 people would be taken away" in answer.content.decode()
    assert Person.objects.active().count() == 39
    assert console.post("/admin-console/sync/", {"action": "force"}).status_code == 302
    assert Person.objects.active().count() == 36
    entry = AuditEntry.objects.get(action="directory.brake_overridden")
    assert entry.actor_id == Person.objects.get(username="irene").pk
    outcomes = list(SyncRun.objects.order_by("at").values_list("outcome", flat=True))
    assert outcomes == ["done", "braked", "done"]


def test_a_directory_that_is_down_is_reported_and_changes_nothing(
    console: Client, embedded: Directory, settings: Any
) -> None:
    settings.DIRECTORY = embedded.settings(uri="ldap://127.0.0.1:1")
    answer = console.post("/admin-console/sync/", {"action": "sync"})
    assert answer.status_code == 503
    assert "nothing was changed" in answer.content.decode()
    assert SyncRun.objects.get().outcome == SyncRun.Outcome.UNREADABLE


def test_an_administrator_cuts_somebody_off_until_one_lets_them_in(console: Client, signing_in: SignIn) -> None:
    theirs = Client()
    assert signing_in("bruno", client=theirs).status_code == 302
    assert console.post("/admin-console/people/bruno/cut-off/").status_code == 302
    assert theirs.get("/sign-in/").status_code == 200
    assert signing_in("bruno").status_code == 422
    assert "Cut off by an administrator" in console.get("/admin-console/people/?q=bruno").content.decode()
    assert console.post("/admin-console/people/bruno/let-in/").status_code == 302
    assert signing_in("bruno").status_code == 302
    irene = Person.objects.get(username="irene")
    done = AuditEntry.objects.filter(actor_id=irene.pk).order_by("number").values_list("action", flat=True)
    assert list(done) == ["person.cut_off", "person.let_in"]


def test_nobody_cuts_off_themselves(console: Client) -> None:
    console.post("/admin-console/people/irene/cut-off/")
    assert Person.objects.get(username="irene").is_active


def test_what_the_directory_took_no_administrator_gives_back(console: Client, zoe: Person) -> None:
    Person.objects.filter(pk=zoe.pk).update(inactive_because=Person.Inactive.DISABLED)
    console.post("/admin-console/people/zoe/let-in/")
    assert not Person.objects.get(username="zoe").is_active


@pytest.mark.parametrize("query", ["", "bru", "LEF", "%", "\0", "x" * 5000, "<script>"])
def test_people_are_found_by_parts_of_their_names(console: Client, bruno: Person, query: str) -> None:
    page = console.get("/admin-console/people/", {"q": query, "page": "999"})
    assert page.status_code == 200
    assert ("@bruno" in page.content.decode()) == (query in {"", "bru", "LEF", "\0"})
    assert "<script>" not in page.content.decode().replace("<script src", "")
