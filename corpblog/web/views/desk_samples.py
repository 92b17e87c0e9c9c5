"""What was allowed and is looked at afterwards: the queue, a mark, and how often is drawn."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.desk import access, selectors, services
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid
from corpblog.web.views.asking import number, person_of


class Samples(View):
    """The samples that wait, and the rates. A POST sets a rate."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("rule", "destination", "percent")}
        given = typed["percent"].strip()
        try:
            services.set_sampling_rate(
                by=person_of(request),
                rule=typed["rule"],
                destination=typed["destination"],
                # What is no number is none that counts.
                percent=number(given) if given.isdecimal() else -1,
            )
        except Invalid as error:
            return _page(request, {"typed": typed, "failure": error.message}, status=error.status)
        messages.success(request, _("It counts for what is allowed from now on."))
        return HttpResponseRedirect(reverse("web:desk_samples"))


@require_POST
def mark(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Say that a share was rightly allowed, or that it should have been held."""
    given = request.POST
    try:
        if given.get("mark") not in {"right", "wrong"}:
            raise Invalid(_("Say whether it was right to allow it."))
        right = given["mark"] == "right"
        services.mark_sample(
            by=person_of(request),
            sample_id=sample_id,
            right=right,
            missed_by="" if right else given.get("rule", ""),
            note=given.get("note", ""),
        )
    except (Invalid, Conflict) as error:
        return _unmarked(request, sample_id, error)
    return HttpResponseRedirect(reverse("web:desk_samples"))


def _unmarked(request: HttpRequest, sample_id: int, error: CorpblogError) -> HttpResponse:
    told = {
        "failed": sample_id,
        "failure": error.message,
        "note": request.POST.get("note", ""),
        "chosen": request.POST.get("rule", ""),
    }
    return _page(request, told, status=error.status)


def _page(request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
    reader = person_of(request)
    context = {"sampling": selectors.sampling(reader), "may_act": access.can_review(reader)} | told
    return render(request, "desk/samples.html", context, status=status)
