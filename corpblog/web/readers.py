"""Pages as their reader wants them: in the language they chose, with dates and times by their clock."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from corpblog.people import services
from corpblog.people.models import Person


class Readers:
    """Middleware: speak as who is signed in wants it. Comes after who that is was found out.

    A chosen language holds in every browser of its person. Where they chose none, what this browser asked for is noted
    for mail and pushes, which no browser asks for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asking who is signed in costs a query, which a page for nobody must not pay.
        if not request.session.session_key or not isinstance(request.user, Person):
            return self._get_response(request)
        if request.user.language:
            # Not undone at the end: the middleware around this one names the language in the answer's header.
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        elif _says_a_language(request):
            services.note_asked_language(person=request.user, language=translation.get_language() or "")
        with timezone.override(request.user.zone):
            return self._get_response(request)


def _says_a_language(request: HttpRequest) -> bool:
    return settings.LANGUAGE_COOKIE_NAME in request.COOKIES or "Accept-Language" in request.headers
