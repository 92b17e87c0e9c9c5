"""The gate's tables: where content may go, what was asked, what was decided, and what left."""

from corpblog.sharing.models.advocacy import Offer, OwnKind
from corpblog.sharing.models.connecting import SignInTrip, TargetChange
from corpblog.sharing.models.destinations import Destination, GateState
from corpblog.sharing.models.handles import PublicHandle
from corpblog.sharing.models.incidents import Incident, Watch
from corpblog.sharing.models.links import FollowedLink
from corpblog.sharing.models.outbox import Job, Receipt, WorkerBeat
from corpblog.sharing.models.press import PressItem
from corpblog.sharing.models.recalls import Recall
from corpblog.sharing.models.shares import Decision, Hand, Share, ShareRevision
from corpblog.sharing.models.threads import ThreadPart
from corpblog.sharing.models.timetables import QuietPeriod, Timetable

__all__ = [
    "Decision",
    "Destination",
    "FollowedLink",
    "GateState",
    "Hand",
    "Incident",
    "Job",
    "Offer",
    "OwnKind",
    "PressItem",
    "PublicHandle",
    "QuietPeriod",
    "Recall",
    "Receipt",
    "Share",
    "ShareRevision",
    "SignInTrip",
    "TargetChange",
    "ThreadPart",
    "Timetable",
    "Watch",
    "WorkerBeat",
]
