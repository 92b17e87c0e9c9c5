"""The company's public page: no sign-in, no cookie, made for caches."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from corpblog.kernel.errors import Gone, NotFound
from corpblog.sharing import selectors
from corpblog.sharing.html import as_html
from corpblog.sharing.marks import of_form
from corpblog.sharing.models import PressItem
from corpblog.web import file_answers, press
from corpblog.web.views.asking import number

FEED = 50
_View = Callable[..., HttpResponseBase]


def _etag(request: HttpRequest, **_address: Any) -> str:
    state = selectors.press_state()
    facts = f"{state.number}:{state.changed_at}:{request.get_full_path()}:{get_language()}:{settings.COMPANY}"
    return f'"{hashlib.sha256(facts.encode()).hexdigest()[:32]}"'


def _changed(_request: HttpRequest, **_address: Any) -> datetime | None:
    return selectors.press_state().changed_at


def public(view: _View) -> _View:
    """Anybody may read it, and caches may keep it for a minute and ask whether it changed."""
    cached = cache_control(public=True, max_age=60)(condition(_etag, _changed)(view))
    return login_not_required(require_safe(cached))


@public
def page(request: HttpRequest) -> HttpResponse:
    """What the company says, newest first."""
    items = selectors.press_items(before=number(request.GET.get("before")) or None)
    return _rendered("press/page.html", items=[_shown(item) for item in items.items], next=items.next_cursor)


@public
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item, at an address that lasts."""
    try:
        found = selectors.press_item(item_id)
    except (NotFound, Gone) as error:
        return _rendered("press/gone.html", status=error.status, words=error.message)
    return _rendered("press/item.html", item=_shown(found), title=press.title(found.content["text"]))


@public
def file(request: HttpRequest, item_id: int, index: int, name: str) -> HttpResponse:
    """A file of an item: the bytes whose digest was released, or nothing."""
    carried = selectors.press_item(item_id).content["attachments"]
    if index >= len(carried):
        raise NotFound(_("There is no such item. It may have been taken back."))
    facts = carried[index]
    return file_answers.public_answer(digest=facts["sha256"], kind=facts["kind"], name=facts["name"])


@public
def atom(request: HttpRequest) -> HttpResponse:
    """The Atom feed."""
    items, gone = selectors.press_items(FEED).items, selectors.press_tombstones(FEED)
    feed = press.atom(items, gone, selectors.press_state().changed_at)
    return HttpResponse(feed, content_type="application/atom+xml; charset=utf-8")


@public
def json_feed(request: HttpRequest) -> HttpResponse:
    """The JSON Feed."""
    feed = press.json_feed(selectors.press_items(FEED).items)
    return JsonResponse(feed, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})


def _shown(found: PressItem) -> dict[str, Any]:
    content = found.content
    return {
        "id": found.pk,
        "html": as_html(of_form(content)),
        "language": content["language"],
        "speaker": content["speaker"],
        "published_at": found.published_at,
        "corrected_at": found.corrected_at,
        "files": press.files_of(found),
    }


def _rendered(template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    # Without the request: nothing of a reader, a session or a token may get into a page that caches keep for everybody.
    context |= {"company": settings.COMPANY, "home": press.absolute("/press/")}
    return HttpResponse(render_to_string(template, context), status=status)
