"""Who is in a channel: inviting, removing, owners, and who asks to be let in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from corpblog.people import selectors as people
from corpblog.people.models import Person
from corpblog.teams import access, services
from corpblog.teams import selectors as teams
from corpblog.teams.models import Channel
from corpblog.web.views.asking import person_of

MOST_SHOWN = 500


@require_GET
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who reads a channel; with `find`, colleagues to invite."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    shown = list(teams.members(channel)[:MOST_SHOWN])
    can_manage, find = access.can_manage(person, channel), request.GET.get("find", "")[:60].strip()
    context: dict[str, Any] = {
        "channel": channel,
        "title": teams.title_for(person, channel),
        "members": shown,
        "can_invite": access.can_invite(person, channel),
        "can_manage": can_manage,
        "can_choose": access.can_choose_owners(person, channel),
        "requests": teams.requests(channel) if can_manage else [],
        "find": find,
        "found": people.named_like(find) if find else [],
        "present": {membership.person_id for membership in shown},
        "delegates": {membership.person_id for membership in shown if membership.is_owner},
    }
    return render(request, "web/members.html", context)


def _asked(request: HttpRequest, slug: str, username: str) -> tuple[Channel, Person]:
    """The channel first: who may not know of it must not learn who exists by asking about it."""
    return teams.channel_by_slug(person_of(request), slug), people.person_by_username(username)


def _back(channel: Channel) -> HttpResponse:
    return HttpResponseRedirect(reverse("web:members", args=[channel.slug]))


@require_POST
def add(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Invite somebody; they are in at once."""
    channel, other = _asked(request, slug, username)
    services.invite(by=person_of(request), channel=channel, person=other)
    messages.success(request, _("%(name)s is a member now.") % {"name": other.display_name})
    return _back(channel)


@require_POST
def delegate(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Let somebody speak in the name of a company account."""
    account, other = _asked(request, slug, username)
    services.name_delegate(by=person_of(request), account=account, person=other)
    said = _("%(name)s posts in the name of %(account)s now.")
    messages.success(request, said % {"name": other.display_name, "account": account.title})
    return _back(account)


@require_POST
def remove(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Make somebody a member no longer."""
    channel, other = _asked(request, slug, username)
    services.remove_member(by=person_of(request), channel=channel, person=other)
    messages.success(request, _("%(name)s is no longer a member.") % {"name": other.display_name})
    return _back(channel)


@require_POST
def owner(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Let a member look after the channel, or (`on=0`) no longer."""
    channel, other = _asked(request, slug, username)
    is_owner = request.POST.get("on") != "0"
    services.set_owner(by=person_of(request), channel=channel, person=other, is_owner=is_owner)
    return _back(channel)


@require_POST
def answer(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Let somebody in who asked, or (`accept=0`) not."""
    channel, other = _asked(request, slug, username)
    accept = request.POST.get("accept") == "1"
    services.answer_request(by=person_of(request), channel=channel, person=other, accept=accept)
    return _back(channel)
