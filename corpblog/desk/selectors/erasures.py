"""Erasures as officers and auditors read them."""

from corpblog.desk import access
from corpblog.desk.models import Erasure
from corpblog.people.models import Person


def erasures(reader: Person) -> list[Erasure]:
    """Return all erasures, newest first."""
    access.check_may_read(reader)
    return list(Erasure.objects.select_related("person", "asked_by", "agreed_by", "dropped_by").order_by("-pk"))
