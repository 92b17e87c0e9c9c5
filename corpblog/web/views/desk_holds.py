"""Legal holds: placing one, what each covers, and the second officer's answer."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.desk import access, selectors, services
from corpblog.desk.services import Scope
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid
from corpblog.web import desk_steps
from corpblog.web.views.asking import person_of

TYPED = ("matter", "reason", "username", "channel", "term", "first", "last")


class Holds(View):
    """All holds, and the form for one more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in TYPED}
        try:
            hold = services.place_hold(
                by=person_of(request), matter=typed["matter"], reason=typed["reason"], scope=_scope(typed)
            )
        except Invalid as error:
            return self._page(request, {"typed": typed, "failure": error.message}, status=error.status)
        return HttpResponseRedirect(reverse("web:desk_hold", args=[hold.pk]))

    def _page(self, request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
        reader = person_of(request)
        context = {"holds": selectors.holds(reader), "may_act": access.can_review(reader)} | told
        return render(request, "desk/holds.html", context, status=status)


@require_GET
def hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """What one hold covers, who stands behind it, and what happened to it."""
    return _page(request, hold_id)


@require_POST
def act(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Agree to a hold, ask to lift it, lift it, or keep it."""
    officer, reason = person_of(request), request.POST.get("reason", "")
    deeds = {"agree": services.agree_to_hold, "keep": services.keep_hold, "lift": services.lift_hold}
    try:
        if request.POST.get("act") == "ask":
            services.ask_to_lift(by=officer, hold_id=hold_id, reason=reason)
        elif (deed := deeds.get(request.POST.get("act", ""))) is not None:
            deed(by=officer, hold_id=hold_id)
        else:
            raise Invalid(_("Choose what to do with this hold."))
    except (Invalid, Conflict) as error:
        return _page(request, hold_id, error, reason)
    return HttpResponseRedirect(reverse("web:desk_hold", args=[hold_id]))


@require_GET
def held_file(request: HttpRequest, hold_id: int, revision_id: int, index: int) -> HttpResponse:
    """One file that a hold keeps, to be saved: never shown, for nobody looked at what is in it."""
    facts, data = services.read_held_file(by=person_of(request), hold_id=hold_id, revision_id=revision_id, index=index)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=facts["name"]) or "",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(data, content_type="application/octet-stream", headers=headers)


def _page(request: HttpRequest, hold_id: int, error: CorpblogError | None = None, reason: str = "") -> HttpResponse:
    reader = person_of(request)
    found = selectors.hold_of(reader, hold_id)
    context = {
        "thing": found,
        "steps": desk_steps.told(found.steps),
        "may_act": access.can_review(reader),
        "failure": error.message if error else "",
        "reason": reason,
    }
    return render(request, "desk/hold.html", context, status=error.status if error else 200)


def _scope(typed: dict[str, str]) -> Scope:
    last = _day(typed["last"])
    until = last + timedelta(days=1) if last else None
    return Scope(typed["username"], typed["channel"], typed["term"], _day(typed["first"]), until)


def _day(given: str) -> datetime | None:
    """A day's first instant, by UTC as everything that is proved; None where nothing was typed."""
    if not given.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(given.strip()), time.min, tzinfo=UTC)
    except ValueError as error:
        raise Invalid(_("Write days as 2026-01-31.")) from error
