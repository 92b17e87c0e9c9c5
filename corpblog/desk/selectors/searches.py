"""What officers searched for, as officers and auditors read it."""

from typing import Final

from corpblog.desk import access
from corpblog.desk.models import OfficerSearch
from corpblog.people.models import Person

SHOWN: Final = 50


def searches(reader: Person) -> list[OfficerSearch]:
    """Return the newest searches of all officers."""
    access.check_may_read(reader)
    return list(OfficerSearch.objects.select_related("by").order_by("-pk")[:SHOWN])
