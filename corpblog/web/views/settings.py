"""One's own settings, and the browsers in which one is signed in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.people import services
from corpblog.people.models import Person
from corpblog.people.selectors import sessions_of
from corpblog.web.account_forms import PreferencesForm
from corpblog.web.browsers import browser_name
from corpblog.web.views.browser import remember


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)  # the middleware lets nobody else this far
    return request.user


class Settings(View):
    """Preferences and sessions on one page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person = _person(request)
        now = {name: getattr(person, name) for name in PreferencesForm.base_fields}
        return _page(request, PreferencesForm(initial=now))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PreferencesForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=422)
        services.save_preferences(person=_person(request), **form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        answer = HttpResponseRedirect(request.path)
        return remember(answer, request, language=form.cleaned_data["language"], theme=form.cleaned_data["theme"])


def _page(request: HttpRequest, form: PreferencesForm, status: int = 200) -> HttpResponse:
    zone = _person(request).zone.key
    open_now = sessions_of(_person(request), current=request.session.session_key)
    sessions = [(session, browser_name(session.user_agent)) for session in open_now]
    return render(request, "web/settings.html", {"form": form, "sessions": sessions, "zone": zone}, status=status)


@require_POST
def end_session(request: HttpRequest, number: str) -> HttpResponse:
    """Sign another browser out."""
    if services.end_session(person=_person(request), number=number):
        messages.success(request, _("That browser is signed out."))
    else:
        messages.info(request, _("That browser was signed out already."))
    return redirect("web:settings")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign every other browser out."""
    ended = services.end_sessions(person=_person(request), keep=request.session.session_key)
    words = ngettext("%(count)s other browser is signed out.", "%(count)s other browsers are signed out.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("web:settings")
