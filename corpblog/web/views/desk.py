"""The compliance desk: the queue beside one case, and ruling on it with one key."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST, require_safe

from corpblog.desk import selectors, services
from corpblog.desk.selectors import FILTERS, Case, Filter
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid
from corpblog.people import services as people
from corpblog.people.models import Person
from corpblog.sharing.errors import ReauthenticationNeeded, StaleCase
from corpblog.sharing.models import Decision, Share
from corpblog.web import desk_words, file_answers
from corpblog.web.views.asking import person_of

RULED = "desk_ruled"


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The case that waits longest, beside the queue."""
    officer, only = person_of(request), _view(request)
    rows = selectors.queue(officer, only)
    return _page(request, rows, selectors.case(officer, rows[0].share.pk) if rows else None)


@require_GET
def case(request: HttpRequest, share_id: int) -> HttpResponse:
    """One case beside the queue."""
    officer = person_of(request)
    return _page(request, selectors.queue(officer, _view(request)), selectors.case(officer, share_id))


@require_safe
def file(request: HttpRequest, share_id: int, index: int) -> HttpResponse:
    """The bytes of one file that would leave, which an officer looks at before deciding."""
    facts = selectors.file_of_case(person_of(request), share_id, index)
    return file_answers.answer(digest=facts["sha256"], kind=facts["kind"], name=facts["name"])


@require_GET
def rows(request: HttpRequest, share_id: int) -> HttpResponse:
    """The queue alone, for a page that was told that it changed."""
    officer = person_of(request)
    context = _queue_context(request, selectors.queue(officer, _view(request)), share_id)
    return render(request, "desk/_queue.html", context)


@require_GET
def news(request: HttpRequest, share_id: int) -> HttpResponse:
    """What happened to the open case since the page was made; nothing where nothing did."""
    found = selectors.case(person_of(request), share_id)
    seen = request.GET.get("state"), request.GET.get("digest"), request.GET.get("approvals")
    if seen == (found.share.state, found.digest, str(found.approvals)):
        return HttpResponse("")
    return render(request, "desk/_news.html", _case_context(found) | {"view": _view(request)})


@sensitive_post_parameters("password")
@require_POST
def decide(request: HttpRequest, share_id: int) -> HttpResponse:
    """Rule on the bytes that the officer saw, then open the next case."""
    officer = person_of(request)
    try:
        if "password" in request.POST:
            people.confirm(request=request, person=officer, password=request.POST["password"])
    except CorpblogError as error:
        return _ask_password(request, share_id, error)
    try:
        share = _ruled(request, officer, share_id)
    except ReauthenticationNeeded as error:
        return _ask_password(request, share_id, error)
    except (Conflict, Invalid) as error:
        return _again(request, share_id, error)
    ruling = request.POST["decision"]
    request.session[RULED] = {
        "share": str(share_id),
        "words": desk_words.decided(share, ruling),
        "until": desk_words.undo_until(),
    }
    return _next(request, officer, share)


@require_POST
def undo(request: HttpRequest, share_id: int) -> HttpResponse:
    """Take the last ruling back while nothing has left."""
    request.session.pop(RULED, None)
    try:
        services.undo(by=person_of(request), share_id=share_id)
    except Conflict as error:
        return _again(request, share_id, error)
    return HttpResponseRedirect(_address(share_id, _view(request)))


def _ruled(request: HttpRequest, officer: Person, share_id: int) -> Share:
    ruling, note = request.POST.get("decision", ""), request.POST.get("note", "")
    bound: dict[str, Any] = {
        "by": officer,
        "share_id": share_id,
        "digest": request.POST.get("digest", ""),
        "authenticated_at": people.last_confirmed(request),
    }
    if ruling == Decision.Ruling.APPROVE:
        return services.approve(note=note, **bound)
    if ruling == Decision.Ruling.REJECT:
        return services.reject(reason=note, **bound)
    if ruling == Decision.Ruling.CHANGES:
        return services.ask_for_changes(reason=note, **bound)
    raise Invalid(_("Choose what to do with this case: approve, reject or ask for changes."))


def _next(request: HttpRequest, officer: Person, share: Share) -> HttpResponse:
    view = _view(request)
    following = selectors.next_case(officer, after=share)
    return HttpResponseRedirect(_address(following.pk, view) if following else f"{reverse('web:desk')}?view={view}")


def _again(request: HttpRequest, share_id: int, error: CorpblogError) -> HttpResponse:
    """The case as it is now, with what was typed and why nothing was decided."""
    officer = person_of(request)
    rows = selectors.queue(officer, _view(request))
    told = {"failure": error.message, "note": request.POST.get("note", ""), "is_stale": isinstance(error, StaleCase)}
    return _page(request, rows, selectors.case(officer, share_id), status=error.status, **told)


def _ask_password(request: HttpRequest, share_id: int, error: CorpblogError) -> HttpResponse:
    """The ruling and its note wait in the form until the password is given again."""
    kept = {name: request.POST.get(name, "") for name in ("decision", "digest", "note", "view")}
    is_first = isinstance(error, ReauthenticationNeeded)
    context = {"share_id": share_id, "kept": kept, "why": error.message, "is_first": is_first}
    return render(request, "desk/confirm.html", context, status=error.status)


def _page(
    request: HttpRequest, rows: list[selectors.QueueRow], found: Case | None, status: int = 200, **told: Any
) -> HttpResponse:
    context = _queue_context(request, rows, found.share.pk if found else 0) | told
    if found is not None:
        context |= _case_context(found)
    # Shown once, on the page after the ruling: a reload must not offer to undo what left meanwhile.
    context["ruled"] = request.session.pop(RULED, None)
    return render(request, "desk/desk.html", context, status=status)


def _case_context(found: Case) -> dict[str, Any]:
    return {"case": found, "words": desk_words.page(found)}


def _queue_context(request: HttpRequest, rows: list[selectors.QueueRow], open_case: int) -> dict[str, Any]:
    numbers = selectors.counts(person_of(request))
    return {
        "rows": desk_words.rows(rows),
        "open_case": open_case,
        "view": _view(request),
        "views": [(name, words, numbers.get(name)) for name, words in desk_words.VIEWS.items()],
    }


def _view(request: HttpRequest) -> Filter:
    wanted = request.POST.get("view") or request.GET.get("view")
    return wanted if wanted in FILTERS else "mine"


def _address(share_id: int, view: str) -> str:
    return f"{reverse('web:desk_case', args=[share_id])}?view={view}"
