"""Several people at the same moment, on whichever database the tests run."""

import contextlib
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection

Answer = TypeVar("Answer")


@contextlib.contextmanager
def a_database_for_threads() -> Iterator[None]:
    """On SQLite, move the test database from memory to a file, as it is in production.

    The shared memory that Django tests in has locks of its own, which know neither WAL nor waiting.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "threads.sqlite3")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [file])
        # Kept open by hand: memory is gone with its last connection.
        memory, name = connection.connection, connection.settings_dict["NAME"]
        connection.connection = None
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = file
        try:
            yield
        finally:
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
            connection.connection = memory


@pytest.fixture
def threads_database(transactional_db: None) -> Iterator[None]:
    """Give a database that several threads may write to."""
    with a_database_for_threads():
        yield


def at_once(*acts: Callable[[], Answer]) -> list[Answer | Exception]:
    """Run the acts in threads that start together, and return what each answered or raised, in order."""
    answers: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], Answer]) -> None:
        start.wait(timeout=30)
        try:
            answers[index] = act()
        except Exception as error:
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return answers
