"""Kinds of posts: their fields in the composer, and what their readers do with them."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import NotFound
from corpblog.posts import announcements, polls, questions, services
from corpblog.posts import selectors as posts
from corpblog.posts.parts import fields_of
from corpblog.web.part_forms import form_of
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.browser import wants_json

MOST_PARTS = 100


@never_cache
@require_GET
def fields(request: HttpRequest) -> HttpResponse:
    """The fields of one kind, for the composer; nothing for a plain message."""
    part = form_of(fields_of(request.GET), person_of(request))
    return render(request, "posts/parts/_fields.html", {"part": part}) if part else HttpResponse("")


@never_cache
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """How the kinds of posts with these ids stand for the reader; what they may not see is left out."""
    ids = [number(given) for given in request.GET.get("ids", "").split(",")[:MOST_PARTS]]
    person = person_of(request)
    told: dict[int, Any] = {post_id: asdict(each) for post_id, each in polls.standings(person, ids).items()}
    told |= announcements.standings(person, ids)
    told |= {post_id: {"mayChoose": may} for post_id, may in questions.choosable(person, ids).items()}
    return JsonResponse({str(post_id): each for post_id, each in told.items()})


@require_POST
def vote(request: HttpRequest, post_id: int) -> HttpResponse:
    """Vote in a poll; a script gets how it stands now."""
    person = person_of(request)
    chosen = [_place(given) for given in request.POST.getlist("choice")]
    post = services.vote(by=person, post_id=post_id, choices=chosen)
    if wants_json(request):
        return JsonResponse(asdict(polls.standings(person, [post.pk])[post.pk]))
    messages.success(request, _("You voted."))
    return HttpResponseRedirect(reverse("web:poll", args=[post.pk]))


def _place(given: str) -> int:
    """The place of an answer; -1, which none has, for what is no number."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 3 else -1


@require_GET
def poll(request: HttpRequest, post_id: int) -> HttpResponse:
    """How a poll stands, as far as the reader may see it: after their vote, or when it is over."""
    person = person_of(request)
    post = posts.post_for(person, post_id)
    found = polls.standings(person, [post.pk]).get(post.pk)
    if found is None:
        raise NotFound(_("This post is no poll."))
    rows = [
        {"text": option["text"], "votes": votes, "is_mine": place in found.chosen}
        for place, (option, votes) in enumerate(zip(post.part["options"], found.votes, strict=bool(found.votes)))
    ]
    return render(request, "web/poll.html", {"post": post, "rows": rows, "voters": found.voters})


@require_POST
def best(request: HttpRequest, post_id: int) -> HttpResponse:
    """Make a reply the best answer of its question, or (`on=0`) take that back."""
    question = services.choose_best(by=person_of(request), post_id=post_id, on=request.POST.get("on") != "0")
    if wants_json(request):
        return JsonResponse({"best": str(question.best_id) if question.best_id else ""})
    return HttpResponseRedirect(reverse("web:thread", args=[question.pk]))
