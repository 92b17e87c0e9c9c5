"""How each destination stands: for those who connect, decide, prove, or pull the switch. No words of any post."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import NotFound
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.connectors.base import Connector, Watchable
from corpblog.sharing.models import Destination, Job, Receipt, Share, TargetChange, Watch
from corpblog.sharing.services import renewing
from corpblog.sharing.services.again import is_dead_letter
from corpblog.sharing.wording import worded

MOST_DEAD = 20
WARNED_BEFORE = timedelta(days=14)


@dataclass(frozen=True)
class Standing:
    """One destination, what its last call met, when something last arrived, and what waits for a second person."""

    destination: Destination
    title: str
    trouble: str
    last_arrival: datetime | None
    change: TargetChange | None
    can_decide: bool
    can_take_back: bool
    watch: Watch | None
    can_be_watched: bool
    trial: str

    @property
    def token_warning(self) -> str:
        """What somebody has to do about its sign-in, and by when; empty while nobody has to."""
        until, now = self.destination.token_until, clock.now()
        if until is None:
            return ""
        if until <= now:
            return _("The sign-in there is over, so nothing arrives. Sign in there again.")
        if self.destination.renew_at is not None:
            is_late = until - now < renewing.EARLY - renewing.AGAIN_AFTER
            return _("The sign-in could not be renewed so far. If this stays, sign in there again.") if is_late else ""
        if until - now < WARNED_BEFORE:
            return _("The sign-in there ends soon and does not renew itself. Sign in there again.")
        return ""

    @property
    def watch_trouble(self) -> str:
        """Why it is not watched, in words."""
        return worded(self.watch.trouble, told=self.watch.told) if self.watch is not None else ""


def standings(person: Person) -> list[Standing]:
    """Return every destination by name; raise NotFound for people to whom the page does not exist."""
    _check(person)
    return [_standing(person, destination) for destination in Destination.objects.company()]


def standing(person: Person, slug: str) -> Standing:
    """Return one destination; raise NotFound."""
    _check(person)
    return _standing(person, access.destination_for(slug))


def dead_letters(person: Person, destination: Destination) -> list[Share]:
    """Return what may be sent again, newest first: its number and its trouble, never its words."""
    if not access.can_connect(person):
        return []
    ended = Share.objects.filter(destination=destination, state__in=(Share.State.FAILED, Share.State.UNKNOWN))
    found = ended.filter(job__isnull=False).select_related("job", "destination").order_by("-changed_at")[:MOST_DEAD]
    return [share for share in found if is_dead_letter(share, clock.database_now())]


def connectors() -> list[Connector]:
    """Return what can be connected, by title."""
    return sorted((found for found in CONNECTORS.values() if found.questions), key=lambda found: str(found.title))


def _check(person: Person) -> None:
    if not access.can_see_destinations(person):
        raise NotFound(_("There is nothing at this address."))


def _standing(person: Person, destination: Destination) -> Standing:
    change = destination.changes.filter(state=TargetChange.State.WAITING).select_related("asked_by").first()
    connector = CONNECTORS.get(destination.kind)
    arrivals = Receipt.objects.filter(destination=destination).order_by("-received_at")
    return Standing(
        destination=destination,
        title=str(connector.title) if connector else destination.kind,
        trouble=_trouble(destination),
        last_arrival=arrivals.values_list("received_at", flat=True).first(),
        change=change,
        can_decide=change is not None and access.can_decide_change(person, change),
        can_take_back=change is not None and change.asked_by_id == person.pk,
        watch=Watch.objects.filter(destination=destination).first(),
        can_be_watched=isinstance(connector, Watchable),
        trial=connector.trial.value if connector else "",
    )


def _trouble(destination: Destination) -> str:
    """Return what the newest call met, in words; empty where it arrived or there was none."""
    called = Job.objects.filter(share__destination=destination, last_call_at__isnull=False)
    last = called.order_by("-last_call_at").only("state", "trouble", "told").first()
    return worded(last.trouble, told=last.told) if last is not None and last.state != Job.State.SENT else ""
