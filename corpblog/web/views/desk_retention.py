"""Retention: what is in force, what a schedule would remove, and the second officer's answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.desk import access, selectors, services
from corpblog.desk.models import Schedule
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.web.views.asking import number, person_of


class Retention(View):
    """All schedules, and the form for one more. A POST looks what it would remove, or proposes it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("kind", "channel", "days", "for_good")}
        try:
            given: dict[str, Any] = {"kind": typed["kind"], "channel": typed["channel"], "days": _days(typed)}
            if request.POST.get("act") != "propose":
                found = services.preview_schedule(by=person_of(request), **given)
                return _page(request, {"typed": typed, "foreseen": found})
            services.propose_schedule(by=person_of(request), **given)
        except Invalid as error:
            return _page(request, {"typed": typed, "failure": error.message}, status=error.status)
        messages.success(request, _("Proposed. It counts when another officer agrees."))
        return HttpResponseRedirect(reverse("web:desk_retention"))


@require_POST
def act(request: HttpRequest, schedule_id: int) -> HttpResponse:
    """Put a schedule in force as a second officer, or end it."""
    deeds = {"agree": services.agree_to_schedule, "end": services.end_schedule}
    try:
        deed = deeds.get(request.POST.get("act", ""))
        if deed is None:
            raise Invalid(_("Choose what to do with this schedule."))
        deed(by=person_of(request), schedule_id=schedule_id)
    except (Invalid, Conflict) as error:
        return _page(request, {"failure": error.message}, status=error.status)
    return HttpResponseRedirect(reverse("web:desk_retention"))


def _page(request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
    reader = person_of(request)
    context = {
        "schedules": selectors.schedules(reader),
        "kinds": Schedule.Kind.choices,
        "may_act": access.can_review(reader),
    } | told
    return render(request, "desk/retention.html", context, status=status)


def _days(typed: dict[str, str]) -> int | None:
    if typed["for_good"] == "yes":
        return None
    # What is no number is 0, which is less than a week.
    return number(typed["days"].strip())
