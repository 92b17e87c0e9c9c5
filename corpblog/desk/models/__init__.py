"""What the desk keeps beside the gate's own records, and simulations of policies."""

from corpblog.desk.models.cases import CaseFile, Remark
from corpblog.desk.models.erasures import Erasure, ErasureQuerySet
from corpblog.desk.models.holds import Hold, HoldQuerySet, HoldWord
from corpblog.desk.models.proposals import Proposal
from corpblog.desk.models.samples import Sample, SampleQuerySet, SamplingRate
from corpblog.desk.models.schedules import Schedule, ScheduleQuerySet
from corpblog.desk.models.searches import OfficerSearch
from corpblog.desk.models.second_looks import Appeal, RuleMark
from corpblog.desk.models.simulations import Simulation, SimulationQuerySet
from corpblog.desk.models.unmaskings import Unmasking

__all__ = [
    "Appeal",
    "CaseFile",
    "Erasure",
    "ErasureQuerySet",
    "Hold",
    "HoldQuerySet",
    "HoldWord",
    "OfficerSearch",
    "Proposal",
    "Remark",
    "RuleMark",
    "Sample",
    "SampleQuerySet",
    "SamplingRate",
    "Schedule",
    "ScheduleQuerySet",
    "Simulation",
    "SimulationQuerySet",
    "Unmasking",
]
