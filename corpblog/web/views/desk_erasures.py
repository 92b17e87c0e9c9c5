"""Erasing what is kept of somebody: asking, the second officer's answer, and the report."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import View

from corpblog.desk import access, selectors, services
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.web import erasure_words
from corpblog.web.views.asking import person_of


class Erasures(View):
    """All erasures with their reports, and the form for one more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("username", "reason")}
        try:
            services.ask_to_erase(by=person_of(request), **typed)
        except (Invalid, Conflict) as error:
            return _page(request, {"typed": typed, "failure": error.message}, status=error.status)
        return HttpResponseRedirect(reverse("web:desk_erasures"))


@require_POST
def act(request: HttpRequest, erasure_id: int) -> HttpResponse:
    """Agree to an erasure as a second officer, or drop it."""
    deeds = {"agree": services.agree_to_erase, "drop": services.drop_erasure}
    try:
        deed = deeds.get(request.POST.get("act", ""))
        if deed is None:
            raise Invalid(_("Choose whether to agree to this erasure or to drop it."))
        deed(by=person_of(request), erasure_id=erasure_id)
    except (Invalid, Conflict) as error:
        return _page(request, {"failure": error.message}, status=error.status)
    return HttpResponseRedirect(reverse("web:desk_erasures"))


def _page(request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
    reader = person_of(request)
    found = [(erasure, erasure_words.report(erasure)) for erasure in selectors.erasures(reader)]
    context = {"erasures": found, "may_act": access.can_review(reader)} | told
    return render(request, "desk/erasures.html", context, status=status)
