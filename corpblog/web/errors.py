"""What people see when something cannot be done: what happened, what to do, in their language; never a traceback."""

from collections.abc import Callable

import structlog
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.web.views.browser import wants_json

log = structlog.get_logger(__name__)


class ErrorPages:
    """Turn the product's errors into answers; the rest is Django's (500.html)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # An empty body would be a page of the browser's that blames the server.
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return _nothing_to_show(request, response["Allow"])
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError):
            # PostgreSQL keeps no NUL and no number beyond its column, wherever in an address or a form it came.
            exception = Invalid(_("This contains characters that are not text. Remove them and save again."))
        if not isinstance(exception, CorpblogError):
            return None
        log.info(
            "refused", path=request.path, status=exception.status, kind=type(exception).__name__, **exception.facts
        )
        response = answer(request, exception)
        if retry_after := getattr(exception, "retry_after", None):
            response["Retry-After"] = str(retry_after)
        return response


def answer(request: HttpRequest, error: CorpblogError) -> HttpResponse:
    """The error as JSON for scripts, as a strip for htmx, as a page for everybody else."""
    if wants_json(request):
        return JsonResponse({"message": error.message}, status=error.status)
    template = "ui/error.html" if request.headers.get("HX-Request") else "web/error.html"
    return render(request, template, {"title": error.message, "status": error.status}, status=error.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be read at all: too large, too many fields, or no form."""
    title = _("This could not be read. It may be too large: shorten it, then send it again.")
    if wants_json(request):
        return JsonResponse({"message": title}, status=400)
    return render(request, "web/error.html", {"title": title, "status": 400}, status=400)


def _nothing_to_show(request: HttpRequest, allowed: str) -> HttpResponse:
    title = _("This address only takes what a page of Corpblog sends to it.")
    if wants_json(request):
        response: HttpResponse = JsonResponse({"message": title}, status=405)
    else:
        response = render(request, "web/error.html", {"title": title, "status": 405}, status=405)
    response["Allow"] = allowed
    return response


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing at this address."""
    title = _("There is nothing at this address.")
    if wants_json(request):
        return JsonResponse({"message": title}, status=404)
    return render(request, "web/error.html", {"title": title, "status": 404}, status=404)
