"""Schedules of retention as officers and auditors read them, each with what it would remove now."""

from dataclasses import dataclass
from typing import Final

from corpblog.desk import access
from corpblog.desk.due import Foreseen, foreseen
from corpblog.desk.models import Schedule
from corpblog.people.models import Person

ENDED_SHOWN: Final = 20


@dataclass(frozen=True)
class Planned:
    """A schedule with what it would remove now, and what it leaves although it is old enough."""

    schedule: Schedule
    now: Foreseen


@dataclass(frozen=True)
class Schedules:
    """What is in force, what waits for a second officer, and what was ended last."""

    in_force: list[Planned]
    proposed: list[Planned]
    ended: list[Schedule]


def schedules(reader: Person) -> Schedules:
    """Return all schedules that count or may soon, and the twenty that ended last."""
    access.check_may_read(reader)
    rows = Schedule.objects.for_pages()
    return Schedules(
        in_force=[Planned(row, foreseen(row)) for row in rows.in_force().order_by("kind", "channel__slug", "pk")],
        proposed=[Planned(row, foreseen(row)) for row in rows.proposed().order_by("pk")],
        ended=list(rows.filter(ended_at__isnull=False).order_by("-ended_at")[:ENDED_SHOWN]),
    )
