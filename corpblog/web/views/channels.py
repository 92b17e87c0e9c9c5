"""Find, make, enter and leave channels."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError
from corpblog.teams import access, services
from corpblog.teams import selectors as teams
from corpblog.teams.models import Classification
from corpblog.web.templatetags.ui import channel_address
from corpblog.web.views.asking import person_of


class ChannelForm(forms.Form):
    """A new channel. The service judges; the form only carries."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Private"), required=False, help_text=gettext_lazy("Only members see that it exists.")
    )
    is_announce_only = forms.BooleanField(
        label=gettext_lazy("Announcements only"),
        required=False,
        help_text=gettext_lazy("Only owners start threads; everybody may reply."),
    )
    classification = forms.ChoiceField(
        label=gettext_lazy("Classification"),
        choices=Classification.choices,
        initial=Classification.INTERNAL,
        help_text=gettext_lazy("Caps what may leave the company from here."),
    )


@require_GET
def browse(request: HttpRequest) -> HttpResponse:
    """The channels one may see."""
    query = request.GET.get("find", "")[:100]
    channels = teams.browse(person_of(request), query)
    return render(request, "web/channels.html", {"channels": channels, "find": query})


class Create(View):
    """Make a channel."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "web/channel_new.html", {"form": ChannelForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ChannelForm(request.POST)
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


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Become a member."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    services.join(by=person, channel=channel)
    return HttpResponseRedirect(channel_address(channel))


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Be a member no longer."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    services.leave(by=person, channel=channel)
    messages.success(request, _("You left %(name)s.") % {"name": channel.title})
    return HttpResponseRedirect("/channels/")


@require_GET
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who reads a channel."""
    person = person_of(request)
    channel = teams.channel_by_slug(person, slug)
    context: dict[str, Any] = {
        "channel": channel,
        "members": teams.members(channel)[:500],
        "can_invite": access.can_invite(person, channel),
    }
    return render(request, "web/members.html", context)
