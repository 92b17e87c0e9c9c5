"""Searching everything that was posted, and what was searched for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from corpblog.desk import access, selectors, services
from corpblog.kernel.errors import Invalid, TooMany
from corpblog.web.views.asking import number, person_of


class Search(View):
    """A POST searches: what was looked for stands in no address and in no browser history."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, {}, hold_id=number(request.GET.get("hold")))

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("purpose", "query", "past")}
        hold_id = number(request.POST.get("hold"))
        try:
            found = services.search_everything(
                by=person_of(request),
                purpose=typed["purpose"],
                query=typed["query"],
                is_past=typed["past"] == "yes",
                hold_id=hold_id or None,
            )
        except (Invalid, TooMany) as error:
            return self._page(request, {"typed": typed, "failure": error.message}, hold_id=hold_id, status=error.status)
        return self._page(request, {"typed": typed, "found": found, "has_searched": True}, hold_id=hold_id)

    def _page(self, request: HttpRequest, told: dict[str, Any], *, hold_id: int, status: int = 200) -> HttpResponse:
        reader = person_of(request)
        context = {
            "searches": selectors.searches(reader),
            "may_search": access.can_review(reader),
            "hold": selectors.hold_of(reader, hold_id) if hold_id else None,
        } | told
        return render(request, "desk/search.html", context, status=status)
