"""The browsers that are told at once, even when no page is open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from corpblog.notifications import devices
from corpblog.web.views.asking import person_of


@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Push to this browser from now on."""
    devices.add_browser(
        by=person_of(request),
        session_key=request.session.session_key or "",
        user_agent=request.headers.get("User-Agent", ""),
        endpoint=request.POST.get("endpoint", ""),
        p256dh=request.POST.get("p256dh", ""),
        auth=request.POST.get("auth", ""),
    )
    return HttpResponse(status=204)


@require_POST
def drop(request: HttpRequest, device_id: int) -> HttpResponse:
    """Push to one device no longer."""
    devices.drop_device(by=person_of(request), device_id=device_id)
    messages.success(request, _("That device is told no longer."))
    return redirect("web:notice_settings")
