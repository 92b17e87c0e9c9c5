"""The two clocks: this process's, and the database's, which all workers share."""

from datetime import datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """Return this process's time, aware, in UTC."""
    return timezone.now()


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
