"""Corpblog as an installed program: its name, the worker in the browser, and the page without a network.

All three are the same for everybody: the worker keeps what it fetched, and must never keep what was one person's.
"""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

BUILD = "corpblog/build"
SHELL = ("styles.css", "pages.css", "offline.js", "icons.svg", "favicon.svg", "inter-latin-wght-normal.woff2")


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language


@login_not_required
@require_GET
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """What a browser needs to install Corpblog."""
    with translation.override(_known(language)):
        facts = {
            "id": "/",
            "name": f"{settings.COMPANY} · Corpblog",
            "short_name": "Corpblog",
            "description": _("Short messages inside the company."),
            "lang": language,
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#006782",
            "icons": [
                _icon("icon-192.png", 192),
                _icon("icon-512.png", 512),
                _icon("icon-maskable.png", 512, "maskable"),
            ],
            "shortcuts": [
                {"name": _("Write a post"), "url": reverse("web:compose")},
                {"name": _("Notices"), "url": reverse("web:notices")},
            ],
        }
    return JsonResponse(facts, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


def _icon(name: str, size: int, purpose: str = "any") -> dict[str, str]:
    return {"src": static(f"{BUILD}/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@login_not_required
@require_GET
@cache_control(no_cache=True, public=True)
def worker(request: HttpRequest, language: str) -> HttpResponse:
    """The service worker, with the names of what it keeps: another build is another script, which browsers notice."""
    offline = reverse("web:offline", args=[_known(language)])
    kept = [offline, reverse("web:jsi18n", args=[language]), *(static(f"{BUILD}/{name}") for name in SHELL)]
    script = _script()
    version = hashlib.sha256(f"{kept}{script}".encode()).hexdigest()[:12]
    head = f"const SHELL={json.dumps(kept)},OFFLINE={json.dumps(offline)},VERSION={json.dumps(version)};\n"
    return HttpResponse(head + script, content_type="text/javascript; charset=utf-8")


def _script() -> str:
    found = finders.find(f"{BUILD}/worker.js")
    if not isinstance(found, str):
        raise Http404
    return Path(found).read_text(encoding="utf-8")


@login_not_required
@require_GET
@cache_control(public=True, max_age=3600)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """What is shown when the server cannot be reached; it keeps what is typed until it can be."""
    with translation.override(_known(language)):
        return render(request, "web/offline.html")
