"""Work on a draft as a whole: its YAML, and its packs. What was typed always comes back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from corpblog.kernel.counts import Count
from corpblog.kernel.errors import CorpblogError
from corpblog.policy import reading, selectors, services
from corpblog.policy.engine import Problem
from corpblog.policy.errors import StaleEdit
from corpblog.policy.models import PolicyVersion
from corpblog.web.policy_forms import SourceForm
from corpblog.web.policy_words import language
from corpblog.web.views.asking import person_of
from corpblog.web.views.policies import edit_of, shell_context

# The YAML -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def source(request: HttpRequest, number: int) -> HttpResponse:
    """The whole document; saving a draft keeps it right or wrong, and shows what is wrong beside its lines."""
    shown = selectors.version_for(person_of(request), number)
    if request.method == "GET":
        return _source_page(request, shown, SourceForm(initial={"source": shown.source}), shown.source)
    form = SourceForm(request.POST)
    typed = request.POST.get("source", "")
    if not form.is_valid():
        return _source_page(request, shown, form, typed, 422)
    try:
        saved = services.edit_draft(by=person_of(request), number=number, edit=edit_of(request), source=typed)
    except CorpblogError as error:
        fresh = selectors.version_for(person_of(request), number)
        theirs = fresh.source if isinstance(error, StaleEdit) else ""
        return _source_page(request, fresh, form, typed, error.status, failure=error.message, theirs=theirs)
    read = reading.read(saved.source, saved.dictionaries)
    if read.problems:
        return _source_page(
            request, saved, SourceForm(initial={"source": saved.source}), saved.source, saved_broken=True
        )
    messages.success(request, _("Saved."))
    return redirect("web:policy_source", number)


def _source_page(
    request: HttpRequest, shown: PolicyVersion, form: SourceForm, text: str, status: int = 200, **extra: Any
) -> HttpResponse:
    problems = reading.read(text.replace("\r\n", "\n"), shown.dictionaries).problems
    context = shell_context(request, shown, "source") | {
        "form": form,
        "problems": [{"problem": problem, "words": problem.in_language(language())} for problem in problems],
        "lines": _lines(text, problems),
    }
    return render(request, "web/policies/source.html", context | extra, status=status)


def _lines(text: str, problems: list[Problem]) -> list[dict[str, Any]]:
    """Return the document line by line, for the margin: each with the reasons that stand beside it."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        words = _("column %(column)s: %(reason)s")
        reasons.setdefault(problem.line, []).append(
            words % {"column": problem.column, "reason": problem.in_language(language())}
        )
    return [
        {"number": number, "text": line, "reasons": reasons.get(number, [])}
        for number, line in enumerate(text.splitlines(), 1)
    ]


# Packs ---------------------------------------------------------------------------------------------------------------


@require_POST
def add_pack(request: HttpRequest, number: int) -> HttpResponse:
    """Take a ready-made pack of rules into the draft."""
    name = request.POST.get("pack", "")
    try:
        added = services.add_pack(by=person_of(request), number=number, edit=edit_of(request), name=name)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:policy_version", number)
    if added:
        words = ngettext(
            "%(count)s rule came into the draft. Nothing is enforced until it is put in force.",
            "%(count)s rules came into the draft. Nothing is enforced until it is put in force.",
            len(added),
        )
        messages.success(request, words % {"count": Count(len(added))})
    else:
        messages.info(request, _("The draft has all rules of this pack already."))
    return redirect("web:policy_version", number)


@require_POST
def switch_pack(request: HttpRequest, number: int) -> HttpResponse:
    """Let a whole pack decide, only watch, or rest, in the draft."""
    wanted = {"pack": request.POST.get("pack", ""), "to": request.POST.get("to", "")}
    try:
        services.switch_pack(by=person_of(request), number=number, edit=edit_of(request), **wanted)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:policy_version", number)
    messages.success(request, _("Switched in the draft. Nothing is enforced until it is put in force."))
    return redirect(f"{reverse('web:policy_version', args=[number])}#pack-{wanted['pack']}")
