"""What people do with posts: react, bookmark."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from corpblog.posts import selectors as posts
from corpblog.posts import services
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import wants_json


def _done(request: HttpRequest, post_id: int) -> HttpResponse:
    if wants_json(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("web:thread", args=[post_id]))


@require_POST
def react(request: HttpRequest, post_id: int) -> HttpResponse:
    """Put one's emoji on a post, or take it back. Without a script, which says `on`, the button turns it over."""
    person, emoji = person_of(request), request.POST.get("emoji", "")
    on = request.POST.get("on")
    if on is None:
        given, _kept = posts.mine(person, [post_id])
        on = "0" if emoji in given.get(post_id, []) else "1"
    act = services.react if on == "1" else services.unreact
    act(by=person, post_id=post_id, emoji=emoji)
    return _done(request, post_id)


@require_POST
def bookmark(request: HttpRequest, post_id: int) -> HttpResponse:
    """Keep a post, or keep it no longer."""
    person, on = person_of(request), request.POST.get("on")
    if on is None:
        _given, kept = posts.mine(person, [post_id])
        on = "0" if post_id in kept else "1"
    act = services.bookmark if on == "1" else services.unbookmark
    act(by=person, post_id=post_id)
    return _done(request, post_id)
