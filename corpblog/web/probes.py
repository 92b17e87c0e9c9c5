"""Health addresses answer before anything that may refuse them: the host check, the redirect to HTTPS, sign-in."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from corpblog.web.views import health

_PROBES: Final[dict[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/healthz": health.healthz,
    "/readyz": health.readyz,
    "/metrics": health.metrics,
}


class ProbesFirst:
    """Middleware, the outermost: a probe knows this process by its address, not by the company's host name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = _PROBES.get(request.path)
        return probe(request) if probe else self._get_response(request)
