"""Simulations of a policy, as whoever may read policies finds them."""

from corpblog.desk.models import Simulation
from corpblog.people.models import Person
from corpblog.policy.models import PolicyVersion
from corpblog.policy.selectors import version_in_force


def simulation_of(person: Person, version: PolicyVersion, days: int) -> Simulation | None:
    """Return the newest simulation of the version as it is now, against the one in force."""
    current = version_in_force(person)
    against = current if current and current != version else None
    return Simulation.objects.of(version, against, days).select_related("version").order_by("-pk").first()


def last_simulation_of(version: PolicyVersion) -> Simulation | None:
    """Return the last finished simulation of what the version says now, over the most days of those; None without."""
    done = Simulation.objects.filter(digest=version.digest, state=Simulation.State.DONE)
    return done.select_related("against").order_by("-days", "-pk").first()
