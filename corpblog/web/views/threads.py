"""One thread, with its first post and its replies; and what a post said before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from corpblog.people.models import Person
from corpblog.posts import access as post_access
from corpblog.posts import selectors as posts
from corpblog.posts.differences import described_anew, differences
from corpblog.posts.models import Post
from corpblog.posts.selectors import Thread
from corpblog.teams import access
from corpblog.web import composers
from corpblog.web.feeds import Feed, mine_of
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.marks import thread_tools


@require_GET
def thread(request: HttpRequest, post_id: int) -> HttpResponse:
    """A thread as a page of its own; with `panel`, as the panel beside a feed; to a script, later replies alone."""
    person = person_of(request)
    after = number(request.GET.get("after")) or None
    found = posts.thread(person, post_id, after=after)
    if request.headers.get("HX-Request") and after is not None:
        return render(request, "posts/_older.html", {"feed": _feed(request, person, found, found.replies, {})})
    # The numbers first: what is posted in between is then caught up, never missed.
    shown = [found.root, *found.replies]
    feed = _feed(request, person, found, shown, posts.heads([found.root.channel_id]))
    post = next((each for each in shown if each.pk == post_id), found.root)
    context = {
        "feed": feed,
        **thread_tools(person, found.root, post),
        "can_edit": post_access.can_edit(person, post),
        "can_choose": post.root_id is not None and post_access.can_choose_best(person, found.root),
        "can_delete": post_access.can_delete(person, post),
        "composer": _composer(person, found, feed),
    }
    return render(request, "posts/_thread.html" if "panel" in request.GET else "web/thread.html", context)


def _feed(request: HttpRequest, person: Person, found: Thread, shown: list[Post], heads: dict[int, int]) -> Feed:
    feed = Feed(
        id=f"thread-{found.root.pk}",
        posts=shown,
        label=_("Thread"),
        live="end",
        thread=str(found.root.pk),
        heads=heads,
        mine=mine_of(person, shown),
    )
    if found.next_cursor is not None:
        feed.next_url = f"{request.path}?after={found.next_cursor}"
    if found.has_earlier:
        feed.earlier_url = reverse("web:thread", args=[found.root.pk])
    return feed


def _composer(person: Person, found: Thread, feed: Feed) -> composers.Composer | None:
    if found.root.is_deleted or not access.can_reply(person, found.root.channel):
        return None
    return composers.for_reply(person, found.root, feed.id)


@require_GET
def history(request: HttpRequest, post_id: int) -> HttpResponse:
    """What a post said, newest version first, each with what changed in it."""
    person = person_of(request)
    post = posts.post_for(person, post_id)
    versions = posts.history(person, post_id)
    shown = [
        (version, differences(old.text, version.text), described_anew(old.files, version.files))
        for version, old in zip(versions, [*versions[1:], *versions[-1:]], strict=True)
    ]
    return render(request, "web/history.html", {"post": post, "versions": shown})
