"""What probes and operators ask a process."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from corpblog.kernel import lifecycle


@login_not_required
@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers at all; whoever asks starts it again where it does not."""
    return JsonResponse({"status": "alive"})


@login_not_required
@require_safe
@never_cache
def readyz(_request: HttpRequest) -> HttpResponse:
    """Whether the process may serve: it is not going away, and its database answers.

    The directory and Redis are left out on purpose: without them who is signed in still reads and posts, and a balancer
    that took every process out would turn a small trouble into a great one.
    """
    checks = {"serving": not lifecycle.is_draining(), "database": _database_answers()}
    is_ready = all(checks.values())
    answer = JsonResponse(
        {"status": "ready" if is_ready else "not ready", "checks": checks}, status=200 if is_ready else 503
    )
    if not is_ready:
        answer["Retry-After"] = "5"
    return answer


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for this machine or for who has the token; to everybody else the page does not exist."""
    if not (_is_from_this_machine(request) or _has_token(request)):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_from_this_machine(request: HttpRequest) -> bool:
    # A proxy on this machine makes every request look local; it says so in a header that no client can take away.
    if any(name in request.headers for name in ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP")):
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    expected = settings.METRICS_TOKEN
    return bool(expected) and scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), expected.encode())
