"""What one missed, topics and trends; searches, hashtags and bookmarks that one keeps."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import CorpblogError
from corpblog.posts import discovery, services
from corpblog.posts import selectors as posts
from corpblog.web.feeds import cursor_of, feed_of
from corpblog.web.shell import shell_of
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import back
from corpblog.web.views.feeds import show
from corpblog.web.views.marks import done


@require_GET
def missed(request: HttpRequest) -> HttpResponse:
    """What came in one's channels since one read there."""
    found = discovery.missed(person_of(request), shell_of(request).channels)
    return render(request, "web/missed.html", {"missed": found})


@require_GET
def topics(request: HttpRequest) -> HttpResponse:
    """Posts with the hashtags one follows; and the searches one keeps."""
    person = person_of(request)
    feed = feed_of(request, person, discovery.topics_page(person, cursor_of(request)), label=_("Topics"), as_root=True)
    context = {"tags": discovery.followed_tags(person), "searches": discovery.kept_searches(person)}
    return show(request, "web/topics.html", feed, **context)


@require_GET
def trending(request: HttpRequest) -> HttpResponse:
    """What several people talk about this week; a part of other pages."""
    return render(request, "web/_trending.html", {"trends": discovery.trending()})


@require_GET
def kept_searches(request: HttpRequest) -> HttpResponse:
    """The searches one keeps, with how much is new; a part of other pages."""
    return render(request, "web/_kept_searches.html", {"searches": discovery.kept_searches(person_of(request))})


@require_POST
def follow_tag(request: HttpRequest, name: str) -> HttpResponse:
    """Follow a hashtag, or (`on=0`) no longer."""
    act = services.unfollow_tag if request.POST.get("on") == "0" else services.follow_tag
    act(by=person_of(request), tag=name)
    return HttpResponseRedirect(reverse("web:tag", args=[name]))


@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Keep a search."""
    query = request.POST.get("q", "")
    try:
        services.save_search(by=person_of(request), query=query)
        messages.success(request, _("Saved under Topics."))
    except CorpblogError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(f"{reverse('web:search')}?{urlencode({'q': query[:200]})}")


@require_POST
def drop_search(request: HttpRequest, search_id: int) -> HttpResponse:
    """Keep a search no longer."""
    services.drop_search(by=person_of(request), search_id=search_id)
    return back(request, reverse("web:topics"))


@require_POST
def folder(request: HttpRequest, post_id: int) -> HttpResponse:
    """Bookmark a post in a folder."""
    person = person_of(request)
    services.put_bookmark(by=person, post_id=post_id, folder=request.POST.get("folder", ""))
    return done(request, posts.post_for(person, post_id))
