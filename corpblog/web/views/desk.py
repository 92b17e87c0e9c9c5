"""The compliance desk: the queue beside one case, and ruling on it with one key."""

from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST, require_safe

from corpblog.desk import selectors, services
from corpblog.desk.selectors import VIEWS, Case, Sieve, View
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid
from corpblog.people import services as people
from corpblog.people.models import Person
from corpblog.posts import marks
from corpblog.sharing import advocacy
from corpblog.sharing import selectors as gate
from corpblog.sharing.errors import ReauthenticationNeeded, StaleCase
from corpblog.sharing.models import Decision, Share
from corpblog.web import desk_words, file_answers
from corpblog.web.shell import shell_of
from corpblog.web.views.asking import number, person_of
from corpblog.web.views.confirming import confirming

RULED = "desk_ruled"
# What one press may do to several cases; a wording is proposed, and a case escalated, one by one.
TOGETHER = frozenset({"approve", "reject", "changes"})


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The case that waits longest, beside the queue."""
    officer, rows = person_of(request), _rows(request)
    return _page(request, rows, selectors.case(officer, rows[0].share.pk) if rows else None)


@require_GET
def case(request: HttpRequest, share_id: int) -> HttpResponse:
    """One case beside the queue."""
    return _page(request, _rows(request), selectors.case(person_of(request), share_id))


@require_safe
def file(request: HttpRequest, share_id: int, index: int) -> HttpResponse:
    """The bytes of one file that would leave, which an officer looks at before deciding."""
    facts = selectors.file_of_case(person_of(request), share_id, index)
    return file_answers.answer(digest=facts["sha256"], kind=facts["kind"], name=facts["name"])


@require_GET
def rows(request: HttpRequest, share_id: int) -> HttpResponse:
    """The queue alone, for a page that was told that it changed."""
    context = _queue_context(request, _rows(request), share_id)
    return render(request, "desk/_queue.html", context)


@require_GET
def news(request: HttpRequest, share_id: int) -> HttpResponse:
    """What happened to the open case since the page was made; nothing where nothing did."""
    found = selectors.case(person_of(request), share_id)
    seen = request.GET.get("state"), request.GET.get("digest"), request.GET.get("approvals")
    if seen == (found.share.state, found.digest, str(found.approvals)):
        return HttpResponse("")
    return render(request, "desk/_news.html", _case_context(found) | {"place": place(request)})


def hits(request: HttpRequest, share_id: int) -> HttpResponse:
    """What each rule found in a case, with its marks, and its trail, for the page that shows the rest of it."""
    found = selectors.case(person_of(request), share_id)
    context = _case_context(found) | {"kept_place": _kept(request), "is_news": True}
    return render(request, "desk/_hits.html", context)


@sensitive_post_parameters("password")
@require_POST
def decide(request: HttpRequest, share_id: int) -> HttpResponse:
    """Rule on the bytes that the officer saw, then open the next case."""
    officer = person_of(request)
    try:
        if "password" in request.POST:
            people.confirm(request=request, person=officer, password=request.POST["password"])
    except CorpblogError as error:
        return ask_password(request, share_id, error)
    try:
        share = _ruled(request, officer, share_id, request.POST.get("digest", ""))
    except ReauthenticationNeeded as error:
        return ask_password(request, share_id, error)
    except (Conflict, Invalid) as error:
        return again(request, share_id, error)
    ruling = request.POST["decision"]
    people.acted(request)
    others = services.rule_together(partial(_ruled, request, officer), _others(request)) if ruling in TOGETHER else None
    is_final = ruling == "escalate"
    request.session[RULED] = {
        "share": str(share_id),
        "others": [other.pk for other in others.ruled] if others else [],
        "words": desk_words.decided(share, ruling, others),
        "until": "" if is_final else desk_words.undo_until(),
    }
    return _next(request, officer, share)


@require_POST
def undo(request: HttpRequest, share_id: int) -> HttpResponse:
    """Take the last ruling back while nothing has left, and those of the cases that were ruled on with it."""
    officer = person_of(request)
    # The page showed the ruling once and forgot it: what was ruled on together comes with the form.
    others = services.rule_together(lambda pk, _digest: services.undo(by=officer, share_id=pk), _others(request))
    if others.left:
        messages.warning(request, desk_words.not_undone(len(others.left)))
    try:
        services.undo(by=officer, share_id=share_id)
    except Conflict as error:
        return again(request, share_id, error)
    return HttpResponseRedirect(address(request, share_id))


@require_POST
def assign(request: HttpRequest, share_id: int) -> HttpResponse:
    """Give the case to an officer, or back to all."""
    try:
        services.assign(by=person_of(request), share_id=share_id, to=request.POST.get("to", ""))
    except (Conflict, Invalid) as error:
        return again(request, share_id, error)
    return HttpResponseRedirect(address(request, share_id))


@require_POST
def remark(request: HttpRequest, share_id: int) -> HttpResponse:
    """Write to colleagues about the case, or to its author."""
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    try:
        services.remark(by=person_of(request), share_id=share_id, kind=kind, text=text)
    except (Conflict, Invalid) as error:
        return again(request, share_id, error, remark=text)
    return HttpResponseRedirect(f"{address(request, share_id)}#remarks")


@require_POST
def around(request: HttpRequest, share_id: int) -> HttpResponse:
    """The posts around the case in closed rooms, too. A POST: that somebody read them is logged."""
    opened = services.read_around(by=person_of(request), share_id=share_id)
    found = replace(selectors.case(person_of(request), share_id), around=opened)
    return _page(request, _rows(request), found, opened=True)


@require_POST
def evidence(request: HttpRequest, share_id: int) -> HttpResponse:
    """Everything about the share as a ZIP that proves itself. A POST: that somebody took it is logged."""
    try:
        body = services.evidence(by=person_of(request), share_id=share_id)
    except Conflict as error:
        return again(request, share_id, error)
    name = f"evidence-{share_id}.zip"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(body, content_type="application/zip", headers=headers)


def _ruled(request: HttpRequest, officer: Person, share_id: int, digest: str) -> Share:
    ruling, note = request.POST.get("decision", ""), request.POST.get("note", "")
    bound: dict[str, Any] = {
        "by": officer,
        "share_id": share_id,
        "digest": digest,
        "authenticated_at": people.last_confirmed(request),
    }
    if ruling == Decision.Ruling.APPROVE:
        return services.approve(note=note, **bound)
    if ruling == Decision.Ruling.REJECT:
        return services.reject(reason=note, **bound)
    if ruling == Decision.Ruling.CHANGES:
        return services.ask_for_changes(reason=note, **bound)
    if ruling == "redact":
        return services.redact(note=note, spans=_spans(request), **bound)
    if ruling == "escalate":
        return services.escalate(note=note, **bound)
    raise Invalid(_("Choose what to do with this case: approve, reject, ask for changes, redact or escalate it."))


def _others(request: HttpRequest) -> list[tuple[int, str]]:
    """The cases beside this one that were ticked, each with the digest that the page showed where that counts."""
    pairs = (given.partition(":") for given in request.POST.getlist("also"))
    return [(number(share_id), digest) for share_id, _colon, digest in pairs]


def _spans(request: HttpRequest) -> dict[str, list[tuple[int, int]]]:
    """The places that were ticked, by field; one that names none is in the post's text."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for given in request.POST.getlist("span"):
        name, start, end = ["text", *given.rsplit(":", 2)][-3:] if given.count(":") else ("text", "", "")
        spans.setdefault(name, []).append((number(start), number(end)))
    return spans


def _next(request: HttpRequest, officer: Person, share: Share) -> HttpResponse:
    following = selectors.next_case(officer, share, _view(request), _sieve(request))
    if following is not None:
        return HttpResponseRedirect(address(request, following.pk))
    return HttpResponseRedirect(f"{reverse('web:desk')}?{place(request)}")


def again(
    request: HttpRequest, share_id: int, error: CorpblogError, remark: str = "", reason: str = ""
) -> HttpResponse:
    """The case as it is now, with what was typed and why nothing was done. reason: why a name was asked for."""
    told = {
        "failure": error.message,
        "note": request.POST.get("note", ""),
        "remark": remark,
        "reason": reason,
        "is_stale": isinstance(error, StaleCase),
    }
    found = selectors.case(person_of(request), share_id)
    return _page(request, _rows(request), found, status=error.status, **told)


def ask_password(
    request: HttpRequest, share_id: int, error: CorpblogError, action: str = "web:desk_decide"
) -> HttpResponse:
    """The ruling and its note wait in the form until the password is given again."""
    names = ("decision", "answer", "digest", "note", "also", "span", *PLACE)
    kept = [(name, value) for name in names for value in request.POST.getlist(name)]
    cancel = f"{reverse('web:desk_case', args=[share_id])}?{place(request)}"
    return confirming(request, error, action=reverse(action, args=[share_id]), kept=kept, cancel=cancel)


def _page(
    request: HttpRequest, rows: list[selectors.QueueRow], found: Case | None, status: int = 200, **told: Any
) -> HttpResponse:
    context = _queue_context(request, rows, found.share.pk if found else 0) | told
    if found is not None:
        context |= _case_context(found)
    # Shown once, on the page after the ruling: a reload must not offer to undo what left meanwhile.
    context["ruled"] = request.session.pop(RULED, None)
    context["incidents"] = gate.open_incidents()
    return render(request, "desk/desk.html", context, status=status)


def _case_context(found: Case) -> dict[str, Any]:
    return {"case": found, "words": desk_words.page(found), "companys": advocacy.words_revoiced(found.share)}


def _queue_context(request: HttpRequest, rows: list[selectors.QueueRow], open_case: int) -> dict[str, Any]:
    officer = person_of(request)
    numbers, shell = selectors.counts(officer), shell_of(request)
    if shell.can_review:
        shell.cases = numbers["mine"]
    return {
        "rows": desk_words.rows(rows),
        "open_case": open_case,
        "view": _view(request),
        # Without pseudonyms nobody asks for a name.
        "views": [
            (name, words, numbers.get(name))
            for name, words in desk_words.VIEWS.items()
            if name != "names" or settings.DESK_PSEUDONYMS
        ],
        "sieve": _sieve(request),
        "outcomes": desk_words.OUTCOMES.items(),
        "ages": desk_words.AGES.items(),
        "choices": selectors.choices(officer, _view(request)),
        "place": place(request),
        "kept_place": _kept(request),
        "officers": selectors.colleagues(officer),
        "waiting_reports": marks.waiting_reports(officer),
        "waiting_samples": selectors.waiting_samples(),
        "waiting_for_second": selectors.waiting_for_second(officer),
    }


PLACE = ("view", "destination", "rule", "outcome", "age", "sort")


def _kept(request: HttpRequest) -> dict[str, str]:
    """Where in the queue the officer is: carried by every form and link, so that a ruling goes on from there."""
    given = request.POST if request.method == "POST" else request.GET
    wanted = {name: given.get(name, "") for name in PLACE} | {"view": _view(request)}
    return {name: value for name, value in wanted.items() if value}


def place(request: HttpRequest) -> str:
    return urlencode(_kept(request))


def address(request: HttpRequest, share_id: int) -> str:
    return f"{reverse('web:desk_case', args=[share_id])}?{place(request)}"


def _rows(request: HttpRequest) -> list[selectors.QueueRow]:
    return selectors.queue(person_of(request), _view(request), _sieve(request))


def _sieve(request: HttpRequest) -> Sieve:
    kept = _kept(request)
    kept.pop("view")
    return Sieve(**kept)


def _view(request: HttpRequest) -> View:
    wanted = request.POST.get("view") or request.GET.get("view")
    return wanted if wanted in VIEWS else "mine"
