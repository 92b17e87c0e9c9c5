"""The composer's way to the outside: where a post could go, and asking for it once it is posted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.translation import gettext as _

from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.policy.engine import Verdict
from corpblog.posts.files import Facts
from corpblog.posts.models import Post
from corpblog.sharing import selectors, services
from corpblog.sharing.models import Destination
from corpblog.teams.models import Channel
from corpblog.web import share_words


@dataclass(frozen=True)
class Choice:
    """A destination to tick."""

    key: str
    name: str
    kind: str
    is_chosen: bool = False

    def chosen(self, yes: bool) -> "Choice":
        return replace(self, is_chosen=yes)


def choices_for(person: Person) -> list[Choice]:
    """Where this person may ask to have something published."""
    return [
        Choice(offer.destination.slug, offer.destination.name, offer.destination.kind)
        for offer in selectors.destinations_for(person)
    ]


def verdicts(
    request: HttpRequest,
    person: Person,
    text: str,
    channel: Channel | None,
    carried: Sequence[Facts] = (),
    *,
    quotes: Post | None = None,
) -> dict[str, Verdict]:
    """What holds for the destinations that are ticked, by their name."""
    return {
        destination.name: services.preview(
            text=text, carried=carried, channel=channel, destination=destination, by=person, quotes=quotes
        )
        for destination in _ticked(request, person)
    }


def is_always_reviewed(request: HttpRequest, person: Person) -> bool:
    """Whether one of the ticked destinations lets nothing out before somebody looked."""
    return any(each.least_approvals > 0 for each in _ticked(request, person))


def request_shares(request: HttpRequest, person: Person, post: Post) -> str:
    """Ask for the destinations that were ticked, and say what became of it; the post itself is posted already."""
    reason = request.POST.get("reason", "")
    return " ".join(_asked(person, post, destination, reason) for destination in _ticked(request, person))


def _asked(person: Person, post: Post, destination: Destination, reason: str) -> str:
    try:
        made = services.request_share(by=person, post=post, destination=destination, justification=reason)
    except CorpblogError as error:
        # The post stands: only this way out is closed, and the reader is told which.
        return _("%(name)s: not shared. %(why)s") % {"name": destination.name, "why": error.message}
    return share_words.asked(made)


def _ticked(request: HttpRequest, person: Person) -> list[Destination]:
    # The switch counts too: boxes stay ticked in the hidden list when it is switched off.
    if "outside" not in request.POST:
        return []
    keys = set(request.POST.getlist("destination"))
    return [offer.destination for offer in selectors.destinations_for(person) if offer.destination.slug in keys]
