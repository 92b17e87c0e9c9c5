"""Pins, threads to follow or mute, and who reacted."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from corpblog.people.models import Person
from corpblog.posts import access, discovery, services
from corpblog.posts import marks as read
from corpblog.posts import selectors as posts
from corpblog.posts.models import Post
from corpblog.teams import selectors as teams
from corpblog.web.feeds import heads_of
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx


def thread_tools(person: Person, root: Post, post: Post) -> dict[str, Any]:
    """What `posts/_thread_tools.html` shows: the thread's first post decides what is pinned and followed."""
    return {
        "root": root,
        "post": post,
        "choice": read.choice_for(person, root),
        "is_pinned": read.is_pinned(root),
        "can_pin": access.can_pin(person, root),
        "folder": discovery.folder_of(person, root),
        "folders": discovery.folders(person),
    }


def done(request: HttpRequest, post: Post) -> HttpResponse:
    """Back to the thread; a script gets its tools as they are now."""
    root = post.root or post
    if is_htmx(request):
        return render(request, "posts/_thread_tools.html", thread_tools(person_of(request), root, post))
    return HttpResponseRedirect(reverse("web:thread", args=[root.pk]))


@require_POST
def pin(request: HttpRequest, post_id: int) -> HttpResponse:
    """Put a post at the head of its channel, or (`on=0`) take it down."""
    act = services.unpin if request.POST.get("on") == "0" else services.pin
    return done(request, act(by=person_of(request), post_id=post_id))


@require_GET
def pinned(request: HttpRequest, slug: str) -> HttpResponse:
    """What is pinned in a channel, for its page, which asks again when that changed."""
    channel = teams.channel_by_slug(person_of(request), slug)
    return render(request, "web/_pinned.html", {"channel": channel, "pinned": read.pinned_in(channel)})


@require_POST
def thread(request: HttpRequest, post_id: int) -> HttpResponse:
    """Follow a thread, mute it, or neither."""
    person = person_of(request)
    services.choose_for_thread(by=person, post_id=post_id, choice=request.POST.get("choice", ""))
    return done(request, posts.post_for(person, post_id))


@require_GET
def reactions(request: HttpRequest, post_id: int) -> HttpResponse:
    """Who reacted to a post, with what."""
    person = person_of(request)
    heads, post = heads_of(person, post_id), posts.post_for(person, post_id)
    context = {"post": post, "heads": heads, "given": read.reactors(person, post_id)}
    context["can_react"] = access.can_react(person, post)
    return render(request, "web/_reactions.html" if is_htmx(request) else "web/reactions.html", context)
