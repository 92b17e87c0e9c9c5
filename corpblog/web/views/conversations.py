"""Write to one colleague, or to a few."""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import CorpblogError
from corpblog.people import selectors as people
from corpblog.people.models import Person
from corpblog.teams import services
from corpblog.web.templatetags.ui import channel_address
from corpblog.web.views.asking import person_of

_MOST_SUGGESTED: Final = 8


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """Choose to whom: `with` names those chosen already, `find` looks for more."""
    return _page(request, request.GET.getlist("with"))


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Open the conversation with the people chosen; the same people always meet in the same one."""
    usernames = request.POST.getlist("with")
    try:
        chosen = [people.person_by_username(name) for name in usernames[: 2 * services.MOST_PEOPLE]]
        channel = services.open_conversation(by=person_of(request), people=chosen)
    except CorpblogError as error:
        return _page(request, usernames, error)
    return HttpResponseRedirect(channel_address(channel))


@never_cache
@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """The conversations of the navigation; asked for anew when somebody writes."""
    return render(request, "ui/nav_conversations.html")


def _page(request: HttpRequest, usernames: list[str], error: CorpblogError | None = None) -> HttpResponse:
    me, find = person_of(request), request.GET.get("find", "")[:60].strip()
    named = people.people_named(usernames[: 2 * services.MOST_PEOPLE])
    chosen = [person for person in named if person.pk != me.pk]
    found = people.named_like(find) if find else _close_to(me)
    context = {
        "chosen": [(person, urlencode({"with": _but(person, chosen)}, doseq=True)) for person in chosen],
        "find": find,
        "found": [person for person in found if person.pk != me.pk and person not in chosen],
        "most": services.MOST_PEOPLE - 1,
        "failure": error.message if error else "",
    }
    return render(request, "web/conversation_new.html", context, status=error.status if error else 200)


def _close_to(person: Person) -> list[Person]:
    """Whom somebody writes to most likely: their team."""
    team = people.team_of(person, most=_MOST_SUGGESTED)
    return [*([team.manager] if team.manager else []), *team.reports, *team.peers][:_MOST_SUGGESTED]


def _but(person: Person, chosen: list[Person]) -> list[str]:
    return [each.username for each in chosen if each != person]
