"""The fixed cast and what every test may lean on."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis

from corpblog.kernel import clock
from corpblog.people.models import Person, Role, RoleGrant
from corpblog.posts import search
from tests.servers import migrated

# How long an example takes says how busy the machine is, and nothing about the code: benchmarks measure.
hypothesis.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.load_profile("suite")

_empty_the_tables = TransactionTestCase._fixture_teardown


def _empty_the_tables_despite_their_triggers(self: TransactionTestCase) -> None:
    """Emptying the test database between tests deletes audit entries, which the database refuses everywhere else."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
    _empty_the_tables(self)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for _name, sql in triggers:
                cursor.execute(sql)
            # Django empties its models' tables; the index of words is none, and would keep words of posts gone.
            cursor.execute(f"INSERT INTO {search.TABLE} ({search.TABLE}) VALUES ('delete-all')")


TransactionTestCase._fixture_teardown = _empty_the_tables_despite_their_triggers  # type: ignore[method-assign]

CAST: dict[str, tuple[str, str, tuple[Role, ...]]] = {
    "alice": ("Alice Martin", "Engineering", ()),
    "bruno": ("Bruno Lefèvre", "Sales", ()),
    "chloe": ("Chloé Dubois", "Communications", (Role.COMMUNICATIONS,)),
    "irene": ("Irene Novak", "IT", (Role.POLICY_ADMIN, Role.CONNECTOR_ADMIN, Role.SYSTEM_ADMIN)),
    "ivan": ("Ivan Horvat", "IT", (Role.POLICY_ADMIN, Role.SYSTEM_ADMIN)),
    "omar": ("Omar Haddad", "Compliance", (Role.COMPLIANCE,)),
    "lena": ("Lena Schmidt", "Compliance", (Role.COMPLIANCE,)),
    "victor": ("Victor Roux", "Audit", (Role.AUDITOR,)),
    "helene": ("Hélène Garnier", "Executive", ()),
    "zoe": ("Zoé Blanc", "Sales", ()),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-with-database", action="store_true", help="leave out what cannot differ between databases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest. For the second run leave out what the first proved: what meets no database."""
    # So that no worker is left with minutes of work when the others are done.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if not config.getoption("--only-with-database"):
        return
    meets = {"db", "transactional_db", "live_server", "django_db_setup", "instance", "base"}
    kept = [
        item
        for item in items
        if (meets & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"))
        and not item.get_closest_marker("once")
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The test database, and a copy of it for tests whose processes need one of their own."""
    with contextlib.ExitStack() as until_the_end:
        with django_db_blocker.unblock():
            until_the_end.enter_context(migrated.kept(tmp_path_factory.mktemp("migrated")))
        yield


@pytest.fixture(autouse=True)
def english() -> None:
    """Each test begins in English: what a page was asked for in stays with the thread, and the next test reads it."""
    translation.activate(settings.LANGUAGE_CODE)


def one_of_the_cast(username: str) -> Person:
    """Give one of the cast by username, made on first use."""
    name, department, roles = CAST[username]
    somebody, created = Person.objects.get_or_create(
        username=username,
        defaults={
            "display_name": name,
            "department": department,
            "email": f"{username}@acme.example",
            "directory_id": f"00000000-0000-0000-0000-{username:0>12}",
            "is_active": username != "zoe",
            "is_leader": username == "helene",
        },
    )
    if created:
        RoleGrant.objects.bulk_create(RoleGrant(person=somebody, role=role) for role in roles)
    return somebody


@pytest.fixture
def person(db: None) -> Callable[[str], Person]:
    """Give one of the cast by username, made on first use."""
    return one_of_the_cast


def _one_of_the_cast(username: str) -> object:
    @pytest.fixture(name=username)
    def somebody(person: Callable[[str], Person]) -> Person:
        return person(username)

    return somebody


alice = _one_of_the_cast("alice")
bruno = _one_of_the_cast("bruno")
chloe = _one_of_the_cast("chloe")
irene = _one_of_the_cast("irene")
ivan = _one_of_the_cast("ivan")
omar = _one_of_the_cast("omar")
lena = _one_of_the_cast("lena")
victor = _one_of_the_cast("victor")
helene = _one_of_the_cast("helene")
zoe = _one_of_the_cast("zoe")


@pytest.fixture
def browser_of() -> Callable[[Person], Client]:
    """Give a client that is signed in as somebody, without the directory."""

    def sign_in(somebody: Person) -> Client:
        client = Client()
        client.force_login(somebody, backend="corpblog.people.directory.backend.DirectoryBackend")
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _anchors_of_its_own(settings: Any, tmp_path: Path) -> None:
    """Anchors outlive the database on purpose, so one test's would accuse the next one's log of having been cut."""
    settings.ANCHOR_FILE = tmp_path / "anchors.jsonl"


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """Give the folder of this test's files; the instance's own stays as it is."""
    folder = tmp_path / "files"
    settings.FILES, settings.STORAGES = folder, files_kept_in(folder)
    return folder


def files_kept_in(folder: Path) -> dict[str, Any]:
    """Give the storages with the instance's files in this folder."""
    kept = {"BACKEND": "corpblog.kernel.blobs.WholeFiles", "OPTIONS": {"location": folder}}
    return {**settings.STORAGES, "default": kept}


@pytest.fixture(autouse=True)
def _pages_without_a_front_end_build(settings: Any) -> None:
    """Hashed file names need a build; what tests of views look at does not."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass: a limit's window must not end while a slow machine is still filling it."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
