"""Reposts, who quoted a post, and what a quote shows to one reader."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpblog.posts import quoting, services
from corpblog.posts import selectors as posts
from corpblog.web.feeds import cursor_of, feed_of
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx, wants_json
from corpblog.web.views.feeds import show


@require_POST
def repost(request: HttpRequest, post_id: int) -> HttpResponse:
    """Put a post on one's storyline, or take it back. Without a script, which says `on`, the button turns it over."""
    person, on = person_of(request), request.POST.get("on")
    if on is None:
        source = quoting.quotable(person, post_id)
        on = "0" if quoting.reposted(person, [source.pk]) else "1"
    act = services.repost if on == "1" else services.unrepost
    act(by=person, post_id=post_id)
    if wants_json(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("web:thread", args=[post_id]))


@require_GET
def quotes(request: HttpRequest, post_id: int) -> HttpResponse:
    """Who quoted or reposted a post, as far as one may see it."""
    person = person_of(request)
    page = quoting.quotes_page(person, post_id, cursor_of(request))
    feed = feed_of(request, person, page, label=_("Who quoted it"), as_root=True)
    empty = _("Nobody quoted or reposted it where you can see it.")
    return show(request, "web/list.html", feed, title=_("Who quoted it"), empty=empty)


@never_cache
@require_GET
def quoted(request: HttpRequest, post_id: int) -> HttpResponse:
    """What a post quotes, under the rights of who asks: the card itself is the same for everybody.

    A script gets the quoted post or that one may not see it; everybody else goes to its thread, or learns the same.
    """
    person = person_of(request)
    post = posts.post_for(person, post_id)
    showing = quoting.showing_to(person, post)
    if not is_htmx(request) and showing == quoting.Showing.WHOLE:
        return HttpResponseRedirect(reverse("web:thread", args=[post.quotes_id]))
    return render(request, "posts/_quoted.html", {"showing": showing.value, "source": post.quotes})
