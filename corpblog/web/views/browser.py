"""What this browser is told about itself: colours, language, the words of the scripts."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import JavaScriptCatalog
from django.views.i18n import set_language as django_set_language

from corpblog.web.shell import THEMES

YEAR = 365 * 24 * 3600


def wants_json(request: HttpRequest) -> bool:
    """Whether a script of the page asks, which stays on the page."""
    return request.headers.get("x-requested-with") == "fetch"


def back(request: HttpRequest, fallback: str = "/") -> HttpResponseRedirect:
    """Back to where the form was, but never to another site."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if safe else fallback)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark in this browser, so that the next page comes without a flash."""
    response = HttpResponse(status=204) if wants_json(request) else back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Speak another language in this browser."""
    return django_set_language(request)


@login_not_required
@require_GET
@cache_control(public=True, max_age=3600)
def words(request: HttpRequest, language: str) -> HttpResponse:
    """The scripts' words in a language; its address carries the language, so that caches cannot mix them up."""
    with translation.override(language if translation.check_for_language(language) else "en"):
        return JavaScriptCatalog.as_view(domain="djangojs", packages=["corpblog"])(request)
