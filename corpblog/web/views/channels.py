"""Find, make, change, enter and leave channels."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError, NotAllowed
from corpblog.teams import access, services
from corpblog.teams import selectors as teams
from corpblog.teams.models import Channel
from corpblog.web.channel_forms import AccountForm, ChannelEditForm, ChannelForm
from corpblog.web.templatetags.ui import channel_address
from corpblog.web.views.asking import person_of


@require_GET
def browse(request: HttpRequest) -> HttpResponse:
    """The channels one may know of; with `archived`, those that are kept for reading."""
    query, archived = request.GET.get("find", "")[:100], "archived" in request.GET
    channels = teams.browse(person_of(request), query, archived=archived)
    context = {"channels": channels, "find": query, "archived": archived}
    return render(
        request, "web/channels.html", context | {"opens_accounts": access.can_open_accounts(person_of(request))}
    )


class Create(View):
    """Make a channel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "web/channel_new.html", {"form": _new_form(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = _new_form(request, request.POST)
        if form.is_valid():
            try:
                channel = services.create_channel(by=person_of(request), **form.cleaned_data)
                return HttpResponseRedirect(channel_address(channel))
            except CorpblogError as error:
                form.add_error(None, error.message)
                return self._again(request, form, error.status)
        return self._again(request, form, 422)

    def _again(self, request: HttpRequest, form: ChannelForm, status: int) -> HttpResponse:
        return render(request, "web/channel_new.html", {"form": form}, status=status)


def _new_form(request: HttpRequest, *args: Any) -> ChannelForm:
    return ChannelForm(*args, can_mirror=access.can_mirror(person_of(request)))


class OpenAccount(View):
    """Make a company account."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not access.can_open_accounts(person_of(request)):
            raise NotAllowed(_("Communications and connector admins make company accounts. Ask one of them."))
        return render(request, "web/account_new.html", {"form": AccountForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form, status = AccountForm(request.POST), 422
        if form.is_valid():
            try:
                account = services.open_account(by=person_of(request), **form.cleaned_data)
                messages.success(request, _("The account is there. You speak for it; name who else does."))
                return HttpResponseRedirect(reverse("web:members", args=[account.slug]))
            except CorpblogError as error:
                form.add_error(None, error.message)
                status = error.status
        return render(request, "web/account_new.html", {"form": form}, status=status)


class Edit(View):
    """Change what a channel is called, where it is, who may do what in it."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        channel = _managed(request, slug)
        now = {name: getattr(channel, name) for name in ChannelEditForm.field_order}
        return self._page(request, channel, _form_of(request, channel, initial=now))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        channel = _managed(request, slug)
        form = _form_of(request, channel, request.POST)
        if not form.is_valid():
            return self._page(request, channel, form, 422)
        try:
            services.describe(by=person_of(request), channel=channel, **form.cleaned_data)
        except CorpblogError as error:
            form.add_error(None, error.message)
            return self._page(request, teams.channel_by_slug(person_of(request), slug), form, error.status)
        messages.success(request, _("The channel is changed."))
        return HttpResponseRedirect(channel_address(channel))

    def _page(self, request: HttpRequest, channel: Channel, form: ChannelEditForm, status: int = 200) -> HttpResponse:
        return render(request, "web/channel_settings.html", {"channel": channel, "form": form}, status=status)


def _form_of(request: HttpRequest, channel: Channel, *args: Any, **kwargs: Any) -> ChannelEditForm:
    may = access.can_mirror(person_of(request))
    return ChannelEditForm(
        *args, can_mirror=may, is_private=channel.is_private, is_company=channel.is_company, **kwargs
    )


def _managed(request: HttpRequest, slug: str) -> Channel:
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    if not access.can_manage(person, channel):
        raise NotAllowed(_("Only owners change this channel."), channel=channel.pk)
    return channel


@require_POST
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a channel for reading only, or (`on=0`) open it again."""
    person, again = person_of(request), request.POST.get("on") == "0"
    act = services.unarchive if again else services.archive
    channel = act(by=person, channel=teams.channel_by_slug(person, slug))
    messages.success(request, _("The channel is open again.") if again else _("The channel is archived."))
    return HttpResponseRedirect(channel_address(channel))


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Become a member."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    services.join(by=person, channel=channel)
    return HttpResponseRedirect(channel_address(channel))


@require_POST
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask to be let into a closed channel."""
    person = person_of(request)
    channel = teams.known_by_slug(person, slug)
    services.ask_to_join(by=person, channel=channel)
    messages.success(request, _("The owners of %(name)s know that you ask.") % {"name": channel.title})
    return HttpResponseRedirect("/channels/")


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Be a member no longer."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    services.leave(by=person, channel=channel)
    messages.success(request, _("You left %(name)s.") % {"name": channel.title})
    return HttpResponseRedirect("/channels/")
