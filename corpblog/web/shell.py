"""The frame around every page: where one can go, and how much is new there."""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import gettext as _

from corpblog.desk import selectors as desk
from corpblog.notifications import selectors as notifications
from corpblog.people.access import held_roles
from corpblog.people.models import Person, Role
from corpblog.sharing import selectors as sharing
from corpblog.sharing.access import SEES_DESTINATIONS
from corpblog.sharing.models import Share
from corpblog.teams import selectors as teams
from corpblog.web import share_words

THEMES = ("light", "dark")
_READS_POLICIES = {Role.POLICY_ADMIN, Role.COMPLIANCE, Role.AUDITOR}
_WAITING_FOR_SOMEBODY = {Share.State.HELD, Share.State.CHANGES_ASKED, Share.State.UNKNOWN}
_READS_CONSOLE = {Role.SYSTEM_ADMIN, Role.CONNECTOR_ADMIN}


@dataclass(frozen=True)
class Place:
    """An entry of the navigation."""

    key: str
    name: str
    icon: str
    url: str
    badge: int = 0


class Shell:
    """Read lazily: a fragment that shows no shell costs no query. It only offers; the pages decide who may enter."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> Person | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Person) else None

    @cached_property
    def theme(self) -> str:
        """`light`, `dark`, or nothing for what the system says. The cookie wins: this browser showed it last."""
        chosen = self._request.COOKIES.get("theme") or (self.person.theme if self.person else "")
        return chosen if chosen in THEMES else ""

    @cached_property
    def roles(self) -> set[str]:
        return held_roles(self.person) if self.person else set()

    @property
    def can_review(self) -> bool:
        return Role.COMPLIANCE in self.roles

    @cached_property
    def channels(self) -> list[teams.ChannelEntry]:
        return teams.navigation(self.person) if self.person else []

    @property
    def team_channels(self) -> list[teams.ChannelEntry]:
        return [entry for entry in self.channels if not (entry.channel.is_storyline or entry.channel.is_direct)]

    @property
    def conversations(self) -> list[teams.ChannelEntry]:
        """Direct conversations in which something was said, the last one first."""
        direct = [entry for entry in self.channels if entry.channel.is_direct]
        return sorted(direct, key=lambda entry: entry.channel.counter.last_post_id or 0, reverse=True)

    @property
    def followed(self) -> list[teams.ChannelEntry]:
        """Storylines of others; one's own is behind one's name."""
        mine = self.person.pk if self.person else None
        return [entry for entry in self.channels if entry.channel.is_storyline and entry.channel.person_id != mine]

    @cached_property
    def unread_notices(self) -> int:
        return notifications.unread_count(self.person) if self.person else 0

    @cached_property
    def cases(self) -> int:
        """How many cases of the desk wait for this officer."""
        return desk.waiting_for(self.person) if self.person and self.can_review else 0

    @cached_property
    def waiting(self) -> list[share_words.Row]:
        """The reader's shares on which somebody has to decide something."""
        if not self.person:
            return []
        mine = sharing.shares_of(self.person, limit=20).items
        return [share_words.row(share) for share in mine if share.state in _WAITING_FOR_SOMEBODY][:5]

    @cached_property
    def places(self) -> list[Place]:
        places = [Place("home", _("Home"), "house", "/")]
        if self.can_review or Role.AUDITOR in self.roles:
            places.append(Place("desk", _("Review"), "shield-check", "/desk/", self.cases))
        if self.roles & _READS_POLICIES:
            places.append(Place("policies", _("Policies"), "sliders-horizontal", "/policies/"))
        places.append(Place("shares", _("Shares"), "share-2", "/shares/"))
        places.append(Place("advocates", _("Advocates"), "megaphone", "/advocates/"))
        if self.roles & SEES_DESTINATIONS:
            places.append(Place("destinations", _("Destinations"), "send", "/destinations/"))
        if self.roles & _READS_CONSOLE:
            places.append(Place("admin", _("Admin console"), "server-cog", "/admin-console/"))
        return places

    @cached_property
    def bar(self) -> list[Place]:
        """The bar at the foot of a phone: four places at most."""
        home, *others = self.places
        channels = Place("channels", _("Channels"), "hash", "/channels/")
        return [home, channels, *others][:4]


def shell_of(request: HttpRequest) -> Shell:
    """The request's one shell, so that a view and its template ask for the navigation once."""
    found: Shell | None = getattr(request, "_shell", None)
    if found is None:
        found = Shell(request)
        request._shell = found  # type: ignore[attr-defined]
    return found
