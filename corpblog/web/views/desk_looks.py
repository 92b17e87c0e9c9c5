"""Second looks at the desk: answering an appeal, showing a name, and saying whether a rule was right."""

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from corpblog.desk import services
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid
from corpblog.people import services as people
from corpblog.sharing.errors import ReauthenticationNeeded
from corpblog.web.views import desk
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx

_MARKS: Final = {"right": True, "wrong": False}


@sensitive_post_parameters("password")
@require_POST
def answer_appeal(request: HttpRequest, share_id: int) -> HttpResponse:
    """Lift a colleague's rejection, or let it stand with a word to the author."""
    officer = person_of(request)
    try:
        if "password" in request.POST:
            people.confirm(request=request, person=officer, password=request.POST["password"])
    except CorpblogError as error:
        return desk.ask_password(request, share_id, error, action="web:desk_appeal")
    try:
        services.answer_appeal(
            by=officer,
            share_id=share_id,
            lift=request.POST.get("answer") == "lift",
            note=request.POST.get("note", ""),
            authenticated_at=people.last_confirmed(request),
        )
    except ReauthenticationNeeded as error:
        return desk.ask_password(request, share_id, error, action="web:desk_appeal")
    except (Conflict, Invalid) as error:
        return desk.again(request, share_id, error)
    people.acted(request)
    return HttpResponseRedirect(desk.address(request, share_id))


@require_POST
def unmask(request: HttpRequest, share_id: int) -> HttpResponse:
    """Ask for the name behind a pseudonym; agree with a colleague who asks, or refuse."""
    officer, act, reason = person_of(request), request.POST.get("act"), request.POST.get("reason", "")
    try:
        if act == "agree":
            services.agree_to_unmask(by=officer, share_id=share_id)
        elif act == "refuse":
            services.refuse_to_unmask(by=officer, share_id=share_id)
        else:
            services.ask_to_unmask(by=officer, share_id=share_id, reason=reason)
    except (Conflict, Invalid) as error:
        return desk.again(request, share_id, error, reason=reason)
    return HttpResponseRedirect(desk.address(request, share_id))


@require_POST
def mark_rule(request: HttpRequest, share_id: int) -> HttpResponse:
    """Say whether a rule was right about the case, or take that back."""
    rule, mark = request.POST.get("marked", ""), _MARKS.get(request.POST.get("mark", ""))
    services.mark_rule(by=person_of(request), share_id=share_id, rule=rule, is_right=mark)
    if is_htmx(request):
        return desk.hits(request, share_id)
    return HttpResponseRedirect(f"{desk.address(request, share_id)}#why-held")
