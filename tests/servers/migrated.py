"""A migrated database of which more are copied: to migrate a new one takes longer than most tests."""

import contextlib
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX

# What copies are made of: the file of SQLite or the name of PostgreSQL's database, while somebody keeps it.
_kept: list[str] = []


@contextlib.contextmanager
def kept(folder: Path) -> Iterator[None]:
    """Keep the test database as it is now, empty and migrated, until the end of the block.

    Where no chosen test asks for one, pytest-django makes none, and nothing is kept.
    """
    if not str(connection.settings_dict["NAME"]).startswith((TEST_DATABASE_PREFIX, "file:memorydb")):
        yield
        return
    with _copy_of_the_test_database(folder) as name:
        _kept.append(name)
        yield
        _kept.remove(name)


@contextlib.contextmanager
def copied(folder: Path) -> Iterator[tuple[str, bool]]:
    """Give the address of a new database of the kind of this run, and whether it is migrated already."""
    name = f"web_{secrets.token_hex(6)}"
    if not _is_postgres():
        file = folder / "corpblog.sqlite3"
        if _kept:
            shutil.copy(_kept[-1], file)
        yield f"sqlite:///{file}", bool(_kept)
        return
    with _created(name, f"TEMPLATE {_kept[-1]}" if _kept else ""):
        yield _address(name), bool(_kept)


@contextlib.contextmanager
def _copy_of_the_test_database(folder: Path) -> Iterator[str]:
    if not _is_postgres():
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(folder / "migrated.sqlite3")) as copy:
            connection.connection.backup(copy)
        yield str(folder / "migrated.sqlite3")
        return
    # PostgreSQL copies no database to which anybody is connected.
    connection.close()
    connection.close_pool()
    with _created(f"migrated_{secrets.token_hex(6)}", f"TEMPLATE {connection.settings_dict['NAME']}") as name:
        yield name


@contextlib.contextmanager
def _created(name: str, how: str) -> Iterator[str]:
    import psycopg

    with psycopg.connect(_address("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {how}")
        try:
            yield name
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _is_postgres() -> bool:
    return bool(settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3")


def _address(name: str) -> str:
    server = settings.DATABASES["default"]
    who = f"{quote(server['USER'])}:{quote(server['PASSWORD'])}"
    return f"postgresql://{who}@{server['HOST']}:{server['PORT']}/{name}"
