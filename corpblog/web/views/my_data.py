"""One's own data, to take along."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import CorpblogError
from corpblog.people import services
from corpblog.people.errors import ReauthenticationNeeded
from corpblog.people.exports import gatherers
from corpblog.people.models import DataExport
from corpblog.people.selectors import exports_of
from corpblog.web import file_answers
from corpblog.web.views.asking import person_of
from corpblog.web.views.confirming import confirming


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What one gathered before, and the button for more."""
    return render(request, "web/my_data.html", _exports(request))


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """How far it is; the page asks every second while one is being gathered."""
    return render(request, "web/_exports.html", _exports(request))


@sensitive_post_parameters("password")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have everything gathered."""
    person = person_of(request)
    try:
        if "password" in request.POST:
            services.confirm(request=request, person=person, password=request.POST["password"])
    except CorpblogError as error:
        return _ask_password(request, error)
    try:
        services.ask_for_export(by=person, authenticated_at=services.last_confirmed(request))
    except ReauthenticationNeeded as error:
        return _ask_password(request, error)
    except CorpblogError as error:
        messages.error(request, error.message)
    return redirect("web:my_data")


@require_GET
def file(request: HttpRequest, export_id: int) -> HttpResponse:
    """The ZIP."""
    export = services.open_export(by=person_of(request), export_id=export_id)
    day = export.asked_at.date().isoformat()
    return file_answers.answer(digest=export.sha256, kind="application/zip", name=f"corpblog-{day}.zip")


def _exports(request: HttpRequest) -> dict[str, object]:
    exports = exports_of(person_of(request))
    is_open = any(export.state == DataExport.State.ASKED for export in exports)
    # One's profile is a part as well.
    return {"exports": exports, "is_open": is_open, "parts": len(gatherers()) + 1}


def _ask_password(request: HttpRequest, error: CorpblogError) -> HttpResponse:
    words = _("The export holds all that you wrote, so your password is asked for.")
    return confirming(
        request, error, action=reverse("web:my_data_ask"), kept=[], cancel=reverse("web:my_data"), words=words
    )
