"""Dates and times as the reader's clock shows them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from corpblog.people.models import Person


class ReadersClock:
    """Middleware: show times in the zone of who is signed in. Comes after who that is was found out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asking who is signed in costs a query, which a page for nobody must not pay.
        if not request.session.session_key or not isinstance(request.user, Person):
            return self._get_response(request)
        with timezone.override(request.user.zone):
            return self._get_response(request)
