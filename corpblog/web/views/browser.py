"""What this browser is told about itself: colours, language, the words of the scripts."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import JavaScriptCatalog
from django.views.i18n import set_language as django_set_language

from corpblog.people import services
from corpblog.people.models import Person
from corpblog.web.shell import THEMES
from corpblog.web.views.asking import person_of

YEAR = 365 * 24 * 3600


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which stays on the page."""
    return request.headers.get("x-requested-with") == "fetch"


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page asks for itself anew."""
    return "HX-Request" in request.headers


def back(request: HttpRequest, fallback: str = "/") -> HttpResponseRedirect:
    """Back to where the form was, but never to another site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if safe else fallback)


def remember(
    response: HttpResponse, request: HttpRequest, *, language: str | None = None, theme: str | None = None
) -> HttpResponse:
    """Keep colours and language in this browser, where pages without a person, such as the sign-in, read them."""
    if language:
        _keep(response, request, settings.LANGUAGE_COOKIE_NAME, language)
    elif language is not None:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    if theme in THEMES:
        _keep(response, request, "theme", theme)
    elif theme is not None:
        response.delete_cookie("theme", samesite="Lax")
    return response


def _keep(response: HttpResponse, request: HttpRequest, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark, so that the next page comes without a flash."""
    theme = request.POST.get("theme", "")
    theme = theme if theme in THEMES else ""
    if isinstance(request.user, Person):
        services.save_preferences(person=request.user, theme=theme or Person.Theme.SYSTEM)
    return remember(HttpResponse(status=204) if wants_json(request) else back(request), request, theme=theme)


@require_POST
def set_keys(request: HttpRequest) -> HttpResponse:
    """Single-key shortcuts on or off (WCAG 2.1.4)."""
    on = request.POST.get("single_keys") == "on"
    services.save_preferences(person=person_of(request), single_keys=on)
    return HttpResponse(status=204) if wants_json(request) else back(request)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language."""
    language = request.POST.get("language", "")
    if isinstance(request.user, Person) and language in dict(settings.LANGUAGES):
        services.save_preferences(person=request.user, language=language)
    return django_set_language(request)


class Words(JavaScriptCatalog):
    """The project keeps its words in one place and not in an app, which is all that Django's own view looks at.

    Only the words, and which of them a number takes: Django's own answer has 3 kB of functions around them.
    """

    def get_paths(self, packages: list[str] | None) -> list[str]:
        return [str(path) for path in settings.LOCALE_PATHS]

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> HttpResponse:
        texts = json.dumps(context["catalog"], ensure_ascii=False, separators=(",", ":"))
        which = context["plural"] or "n !== 1"
        script = f"globalThis.words={{texts:{texts},form:(n)=>Number({which})}};\n"
        return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@login_not_required
@require_GET
@cache_control(public=True, max_age=3600)
def words(request: HttpRequest, language: str) -> HttpResponseBase:
    """The scripts' words in a language; its address carries the language, so that caches cannot mix them up."""
    with translation.override(language if translation.check_for_language(language) else "en"):
        return Words.as_view()(request)
