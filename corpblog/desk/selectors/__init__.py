"""What officers and auditors read: the queue, and one case."""

from corpblog.desk.pseudonyms import names
from corpblog.desk.selectors.cases import (
    Case,
    FieldOfCase,
    Hit,
    Takeable,
    case,
    file_of_case,
)
from corpblog.desk.selectors.erasures import erasures
from corpblog.desk.selectors.figures import figures
from corpblog.desk.selectors.for_authors import appeal_of, may_appeal, messages_to, proposal_for
from corpblog.desk.selectors.holds import HeldThing, hold_of, holds, waiting_for_second
from corpblog.desk.selectors.queue import (
    VIEWS,
    Choices,
    QueueRow,
    Sieve,
    View,
    choices,
    colleagues,
    counts,
    next_case,
    queue,
    waiting_for,
)
from corpblog.desk.selectors.samples import Drawn, Sampling, sampling, waiting_samples
from corpblog.desk.selectors.schedules import Planned, schedules
from corpblog.desk.selectors.searches import searches
from corpblog.desk.selectors.simulations import last_simulation_of, simulation_of

__all__ = [
    "VIEWS",
    "Case",
    "Choices",
    "Drawn",
    "FieldOfCase",
    "HeldThing",
    "Hit",
    "Planned",
    "QueueRow",
    "Sampling",
    "Sieve",
    "Takeable",
    "View",
    "appeal_of",
    "case",
    "choices",
    "colleagues",
    "counts",
    "erasures",
    "figures",
    "file_of_case",
    "hold_of",
    "holds",
    "last_simulation_of",
    "may_appeal",
    "messages_to",
    "names",
    "next_case",
    "proposal_for",
    "queue",
    "sampling",
    "schedules",
    "searches",
    "simulation_of",
    "waiting_for",
    "waiting_for_second",
    "waiting_samples",
]
