"""The policy console: what is in force, what was, what is proposed, and the two people's decisions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from corpblog.desk.selectors import last_simulation_of
from corpblog.kernel import clock
from corpblog.kernel.errors import CorpblogError
from corpblog.policy import access, comparison, reading, selectors, services
from corpblog.policy.errors import BadPolicy
from corpblog.policy.models import PolicyVersion
from corpblog.policy.ready_made import PACKS
from corpblog.web import policy_cards
from corpblog.web.policy_forms import ProposeForm, RefuseForm
from corpblog.web.policy_words import STATES, change_words, language, lowering_words, rule_title
from corpblog.web.views.asking import number as number_of
from corpblog.web.views.asking import person_of


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The rules in force as cards, beside the versions."""
    found = selectors.overview(person_of(request))
    current = selectors.version_in_force(person_of(request)) if found.current else None
    context: dict[str, Any] = {"overview": found, "can_edit": access.can_edit(person_of(request)), "states": STATES}
    if current is not None:
        context |= rules_context(request, current) | {"version": current}
    return render(request, "web/policies/overview.html", context)


@require_GET
def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version: its rules, and what may be done with it."""
    return version_page(request, selectors.version_for(person_of(request), number))


def version_page(request: HttpRequest, shown: PolicyVersion, status: int = 200, **extra: Any) -> HttpResponse:
    context = rules_context(request, shown) | shell_context(request, shown, "rules") | decision_context(request, shown)
    context |= {"packs": PACKS.values()} | extra
    return render(request, "web/policies/version.html", context, status=status)


@require_GET
def differences(request: HttpRequest, number: int) -> HttpResponse:
    """What a version changes, compared with the one in force or with any other."""
    shown = selectors.version_for(person_of(request), number)
    other = _other(request, shown)
    context = shell_context(request, shown, "differences") | decision_context(request, shown) | {"other": other}
    context["versions"] = [item for item in _all_versions(request) if item.number != shown.number]
    if other is not None:
        found = comparison.compare(other, shown)
        context["comparison"] = found
        context["changes"] = [
            {"change": change, "title": rule_title(change.rule), "words": change_words(change)}
            for change in found.rules
        ]
    return render(request, "web/policies/differences.html", context)


@require_POST
def create_draft(request: HttpRequest) -> HttpResponse:
    """Begin a draft, from the version in force or from the one whose number is sent."""
    wanted = number_of(request.POST.get("source_of"))
    origin = selectors.version_for(person_of(request), wanted) if wanted else None
    return _after(
        request,
        lambda: services.create_draft(by=person_of(request), source_of=origin),
        _("This is your draft."),
        then=lambda draft: _begun(request, draft),
    )


def _begun(request: HttpRequest, draft: PolicyVersion) -> HttpResponse:
    """Go where the button led: to a rule of the draft, to a new one, or to the draft."""
    rule_id = request.POST.get("rule", "")
    policy = reading.read(draft.source, draft.dictionaries).policy
    if rule_id and policy is not None and policy.rule(rule_id):
        return redirect("web:policy_rule", draft.number, rule_id)
    return redirect("web:policy_new_rule" if "new_rule" in request.POST else "web:policy_version", draft.number)


@require_POST
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Offer a draft to a second person; on any problem the page comes back with what was typed."""
    shown = selectors.version_for(person_of(request), number)
    form = ProposeForm(request.POST)
    if not form.is_valid():
        return version_page(request, shown, 422, propose_form=form)
    try:
        services.propose(by=person_of(request), number=number, edit=edit_of(request), note=form.cleaned_data["note"])
    except BadPolicy as error:
        words = [problem.in_language(language()) for problem in error.problems[:5]]
        return version_page(request, shown, error.status, propose_form=form, failure=error.message, failures=words)
    except CorpblogError as error:
        return version_page(
            request,
            selectors.version_for(person_of(request), number),
            error.status,
            propose_form=form,
            failure=error.message,
        )
    messages.success(request, _("Proposed. Somebody else can put it in force now; reviewers were told."))
    return redirect("web:policy_version", number)


@require_POST
def put_in_force(request: HttpRequest, number: int) -> HttpResponse:
    """The second person's yes."""
    replacing = number_of(request.POST.get("replacing")) or None
    done = _("Version %(number)s is in force now, everywhere.") % {"number": number}
    return _after(
        request, lambda: services.put_in_force(by=person_of(request), number=number, replacing=replacing), done, number
    )


@require_POST
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    """Anybody's no."""
    form = RefuseForm(request.POST)
    try:
        services.refuse(by=person_of(request), number=number, reason=request.POST.get("reason", ""))
    except CorpblogError as error:
        shown = selectors.version_for(person_of(request), number)
        return version_page(request, shown, error.status, refuse_form=form, refusal_failure=error.message)
    messages.success(request, _("Refused. Its author can begin a new draft from it."))
    return redirect("web:policy_version", number)


@require_POST
def roll_back(request: HttpRequest, number: int) -> HttpResponse:
    """Propose what an earlier version said."""
    done = _("Proposed. Somebody else can put it in force now; reviewers were told.")
    return _after(request, lambda: services.roll_back(by=person_of(request), to=number), done, number)


@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Put a draft away."""
    edit = edit_of(request)
    return _after(
        request,
        lambda: services.discard_draft(by=person_of(request), number=number, edit=edit),
        _("Discarded."),
        number,
    )


def edit_of(request: HttpRequest) -> int:
    """Return the save counter that the page was made with; 0, which is always stale, where none was sent."""
    return number_of(request.POST.get("edit"))


def shell_context(request: HttpRequest, shown: PolicyVersion, tab: str) -> dict[str, Any]:
    """What every page about one version shows: its number and state, the tabs, and whether it can be changed."""
    return {
        "version": shown,
        "tab": tab,
        "states": STATES,
        "can_edit": shown.is_draft and access.can_edit(person_of(request)),
        "is_admin": access.can_edit(person_of(request)),
    }


def rules_context(request: HttpRequest, shown: PolicyVersion) -> dict[str, Any]:
    read = reading.read(shown.source, shown.dictionaries)
    shown_cards: dict[str, Any] = {}
    if read.policy:
        person = person_of(request)
        shown_cards = policy_cards.cards_context(person, shown, read.policy, read.problems, request.GET)
    return shown_cards | {
        "policy": read.policy,
        "problems": [{"problem": problem, "words": problem.in_language(language())} for problem in read.problems],
    }


def decision_context(request: HttpRequest, shown: PolicyVersion) -> dict[str, Any]:
    """Who may do what with the version now, and why not."""
    current = selectors.version_in_force(person_of(request))
    context: dict[str, Any] = {
        "current": current,
        "propose_form": ProposeForm(initial={"note": shown.note}),
        "refuse_form": RefuseForm(),
        "can_put_in_force": access.can_put_in_force(person_of(request), shown),
        "can_refuse": access.can_refuse(person_of(request), shown),
        "is_own_proposal": shown.proposed_by_id == person_of(request).pk,
    }
    if shown.is_proposed or shown.is_draft:
        context |= _lowerings(current, shown) | {"tried": last_simulation_of(shown)}
    if shown.is_in_force:
        context["previous"] = selectors.version_before(person_of(request), shown)
    return context


def _lowerings(current: PolicyVersion | None, shown: PolicyVersion) -> dict[str, Any]:
    try:
        found = services.lowered_by(shown)
    except BadPolicy:
        return {"lowerings": []}
    until = services.waits_until(shown, lowers=bool(found))
    before = reading.read(current.source, current.dictionaries).policy if current else None
    return {"lowerings": lowering_words(found, before), "waits": until if until and until > clock.now() else None}


def _other(request: HttpRequest, shown: PolicyVersion) -> PolicyVersion | None:
    wanted = number_of(request.GET.get("with"))
    if wanted:
        return selectors.version_for(person_of(request), wanted)
    current = selectors.version_in_force(person_of(request))
    return shown.based_on if current is None or current == shown else current


def _all_versions(request: HttpRequest) -> list[PolicyVersion]:
    found = selectors.overview(person_of(request))
    current = [found.current] if found.current else []
    return sorted(current + found.proposals + found.drafts + found.past, key=lambda item: -item.number)


def _after(
    request: HttpRequest,
    act: Callable[[], PolicyVersion],
    done: str,
    number: int | None = None,
    *,
    then: Callable[[PolicyVersion], HttpResponse] | None = None,
) -> HttpResponse:
    """Do it and show the version, or go back with the reason why not."""
    try:
        result = act()
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:policy_version", number) if number else redirect("web:policies")
    messages.success(request, done)
    return then(result) if then else redirect("web:policy_version", result.number)
