"""The two clocks: this process's, and the database's, which all workers share."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db import connection
from django.utils import timezone

_standing: ContextVar[datetime | None] = ContextVar("standing clock", default=None)


def now() -> datetime:
    """Return this process's time, aware, in UTC."""
    return _standing.get() or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Have what is done inside happen at `moment`: imports and the demo company tell what happened before."""
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)


def standing() -> datetime | None:
    """The moment at which the clock was made to stand, if it was."""
    return _standing.get()


def database_now() -> datetime:
    """Return the time of the database, so that workers on several machines agree on leases.

    SQLite runs in the process, so its clock is ours.
    """
    if connection.vendor != "postgresql":
        return now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment
