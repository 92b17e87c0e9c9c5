"""What fields suggest while a name, a channel, a topic or a search is typed; never more than one may know of."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from corpblog.people import selectors as people
from corpblog.posts import discovery
from corpblog.teams import selectors as teams
from corpblog.web.search_completion import answer, completions
from corpblog.web.views.asking import person_of

MOST = 8
LONGEST = 40


@never_cache
@require_GET
def mentions(request: HttpRequest) -> HttpResponse:
    """People whose name begins like what stands after the @."""
    suggested = [
        {
            "username": person.username,
            "name": person.display_name,
            "detail": person.department,
            "initials": person.initials,
            "hue": person.hue,
        }
        for person in people.named_like(_typed(request))
    ]
    return JsonResponse({"people": suggested})


@never_cache
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """Channels whose name has the words after the ~, one's own first."""
    query = _typed(request)
    found = teams.suggested(person_of(request), query.replace("-", " "), most=MOST) if query else []
    suggested = [{"slug": channel.slug, "name": channel.name, "detail": channel.description} for channel in found]
    return JsonResponse({"channels": suggested})


@never_cache
@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    """Hashtags that begin like what stands after the #, the most used first."""
    return JsonResponse({"tags": discovery.tags_like(person_of(request), _typed(request), MOST)})


@never_cache
@require_GET
def searches(request: HttpRequest) -> HttpResponse:
    """What the word at the caret of the search field may become."""
    return JsonResponse(answer(completions(person_of(request), _typed(request), is_all="all" in request.GET)))


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:LONGEST].replace("\x00", "")
