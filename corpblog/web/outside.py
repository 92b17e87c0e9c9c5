"""The composer's way to the outside: where a post could go, and asking for it once it is posted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.people.models import Person
from corpblog.policy.engine import Verdict
from corpblog.posts import files
from corpblog.posts.files import Facts
from corpblog.posts.models import Post
from corpblog.posts.services import carried
from corpblog.sharing import selectors, services
from corpblog.sharing.models import Destination
from corpblog.sharing.wishes import AS_POSTED
from corpblog.teams.models import Channel
from corpblog.web import share_words
from corpblog.web.outgoing_forms import WishForm
from corpblog.web.views.asking import wishes_of


@dataclass(frozen=True)
class Place:
    """A ticked destination in a composer, with the words that were typed for it alone."""

    key: str
    name: str
    words: str


@dataclass(frozen=True)
class Wishes:
    """What a composer shows of how its post shall leave."""

    places: list[Place]
    wish_form: WishForm


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
    """What holds for the destinations that are ticked, by their name.

    Those that get other words are left out: what holds for these stands beside their preview.
    """
    return {
        destination.name: services.preview(
            text=text, carried=carried, channel=channel, destination=destination, by=person, quotes=quotes
        )
        for destination in _ticked(request.POST, person)
        if not words_for(request.POST, destination)
    }


def is_always_reviewed(request: HttpRequest, person: Person) -> bool:
    """Whether one of the ticked destinations lets nothing out before somebody looked."""
    return any(each.least_approvals > 0 for each in _ticked(request.POST, person))


def wishes_typed(typed: MultiValueDict[str, str], person: Person) -> Wishes:
    """Return the fields for the ticked destinations, with what was typed into them."""
    ticked = _ticked(typed, person)
    places = [Place(to.slug, to.name, words_for(typed, to)) for to in ticked]
    # With the time of a choice not made yet: a form that nobody filled in says "at once".
    form = WishForm(typed) if "when" in typed else WishForm.of("", AS_POSTED)
    return Wishes(places, form.fit(ticked))


def words_for(typed: MultiValueDict[str, str], destination: Destination) -> str:
    """Return the words that were typed for this destination alone; empty where it gets those of the post."""
    return typed.get(f"words_{destination.slug}", "").replace("\r\n", "\n").strip()


def checked_wishes(request: HttpRequest, person: Person) -> WishForm:
    """Return how the ticked destinations shall get it; raise Invalid before anything is posted."""
    form = WishForm(request.POST)
    if _ticked(request.POST, person) and not form.is_valid():
        name, errors = next(iter(form.errors.items()))
        raise Invalid(f"{form.fields[name].label}: {errors[0]}")
    for name, pictures in undescribed(_ticked(request.POST, person), carried(person, wishes_of(request))):
        said = _("%(name)s asks for a description of each picture: %(pictures)s.")
        raise Invalid(said % {"name": name, "pictures": pictures})
    return form


def undescribed(destinations: Sequence[Destination], carried: Sequence[Facts]) -> list[tuple[str, str]]:
    """Return which of the destinations ask for descriptions that are missing, with the pictures' names."""
    pictures = ", ".join(files.undescribed(carried))
    return [(destination.name, pictures) for destination in destinations if destination.needs_alt and pictures]


def request_shares(request: HttpRequest, person: Person, post: Post, form: WishForm) -> str:
    """Ask for the destinations that were ticked, and say what became of it; the post itself is posted already.

    form: what `checked_wishes` returned.
    """
    return " ".join(_asked(request, person, post, form, destination) for destination in _ticked(request.POST, person))


def _asked(request: HttpRequest, person: Person, post: Post, form: WishForm, destination: Destination) -> str:
    reason = request.POST.get("reason", "")
    try:
        wish = replace(form.wish, words=words_for(request.POST, destination))
        made = services.request_share(by=person, post=post, destination=destination, justification=reason, wish=wish)
    except CorpblogError as error:
        # The post stands: only this way out is closed, and the reader is told which.
        return _("%(name)s: not shared. %(why)s") % {"name": destination.name, "why": error.message}
    return share_words.asked(made)


def _ticked(typed: MultiValueDict[str, str], person: Person) -> list[Destination]:
    # The switch counts too: boxes stay ticked in the hidden list when it is switched off.
    if "outside" not in typed:
        return []
    keys = set(typed.getlist("destination"))
    return [offer.destination for offer in selectors.destinations_for(person) if offer.destination.slug in keys]
