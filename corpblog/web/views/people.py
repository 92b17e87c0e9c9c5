"""A person's page: who they are, their storyline, what they wrote; following."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from corpblog.people import selectors as people
from corpblog.posts import praise
from corpblog.posts import selectors as posts
from corpblog.teams import selectors as teams
from corpblog.teams import services
from corpblog.web import composers
from corpblog.web.feeds import feed_of, start_of
from corpblog.web.shell import shell_of
from corpblog.web.views.asking import person_of
from corpblog.web.views.feeds import show


@require_safe
def person(request: HttpRequest, username: str) -> HttpResponse:
    """Somebody's storyline and what they wrote elsewhere, as far as the reader may see it."""
    reader, shown = person_of(request), people.person_by_username(username)
    everything = posts.person_page(reader, shown, start_of(request))
    # What they post on their storyline, and in the channels that the reader is in.
    followed = {entry.channel.pk for entry in shell_of(request).channels if not entry.channel.is_direct}
    if storyline := teams.storyline_of(shown):
        followed.add(storyline.pk)
    feed = feed_of(
        request,
        reader,
        everything,
        label=shown.display_name,
        as_root=True,
        live="top",
        author=shown.pk,
        heads=posts.heads(followed),
    )
    is_me = shown.pk == reader.pk
    composer = composers.for_new(reader, channels=[services.ensure_storyline(reader)]) if is_me else None
    return show(
        request,
        "web/person.html",
        feed,
        shown=shown,
        is_me=is_me,
        composer=composer,
        is_following=not is_me and teams.is_following(reader, shown),
        praised=praise.praise_of(reader, shown),
        team=people.team_of(shown),
        followers=teams.followers(shown).count(),
        empty=_("Nothing that you may read yet."),
    )


@require_POST
def follow(request: HttpRequest, username: str) -> HttpResponse:
    """Have somebody's storyline in one's home page, or no longer (`on=0`)."""
    other = people.person_by_username(username)
    act = services.unfollow if request.POST.get("on") == "0" else services.follow
    act(by=person_of(request), person=other)
    return HttpResponseRedirect(reverse("web:person", args=[other.username]))
