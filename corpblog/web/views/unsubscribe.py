"""End the mail, from a message: one press, and no sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from corpblog.kernel.errors import NotFound
from corpblog.notifications import unsubscribing


@csrf_exempt  # RFC 8058: mail programs post here, and bring no cookie that could be misused.
@login_not_required
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once (people follow links to look), then end it."""
    done = request.method == "POST"
    if not (unsubscribing.unsubscribe(token) if done else unsubscribing.person_of(token)):
        raise NotFound(_("This link is broken. Switch e-mail off in your settings instead."))
    return render(request, "web/unsubscribe.html", {"done": done})
