"""Searching everything that was posted, and what was searched for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import View

from corpblog.desk import access, selectors, services
from corpblog.kernel.errors import Invalid, TooMany
from corpblog.web.views.asking import person_of


class Search(View):
    """A POST searches: what was looked for stands in no address and in no browser history."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("purpose", "query")}
        try:
            found = services.search_everything(by=person_of(request), **typed)
        except (Invalid, TooMany) as error:
            return self._page(request, {"typed": typed, "failure": error.message}, status=error.status)
        return self._page(request, {"typed": typed, "found": found, "has_searched": True})

    def _page(self, request: HttpRequest, told: dict[str, Any], status: int = 200) -> HttpResponse:
        reader = person_of(request)
        context = {"searches": selectors.searches(reader), "may_search": access.can_review(reader)} | told
        return render(request, "desk/search.html", context, status=status)
