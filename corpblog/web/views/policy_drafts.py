"""Work on a draft: the YAML, and one rule in a form. What was typed always comes back."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from corpblog.kernel.errors import CorpblogError, NotFound
from corpblog.policy import documents, reading, selectors, services
from corpblog.policy.engine import Problem
from corpblog.policy.entries import RuleEntry, entry_of
from corpblog.policy.errors import StaleEdit
from corpblog.policy.models import PolicyVersion
from corpblog.web import policy_effect
from corpblog.web.policy_forms import SourceForm
from corpblog.web.policy_rule_form import RuleForm
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
        messages.success(request, words % {"count": len(added)})
    else:
        messages.info(request, _("The draft has all rules of this pack already."))
    return redirect("web:policy_version", number)


# One rule -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RulePage:
    """What the page of one rule is made of; without an identifier, it is a new rule."""

    version: PolicyVersion
    form: RuleForm
    rule_id: str | None
    entry: RuleEntry | None


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, number: int, rule_id: str | None = None) -> HttpResponse:
    """The form of one rule, beside what it would have done to past posts; without an identifier, a new rule."""
    shown = selectors.version_for(person_of(request), number)
    entry = _entry(shown, rule_id)
    typed = request.POST if request.method == "POST" else None
    page = RulePage(shown, RuleForm(typed, word_lists=list(shown.dictionaries), entry=entry), rule_id, entry)
    if typed is None:
        return _rule_page(request, page, **_panel_of_saved(request, shown, rule_id))
    if not page.form.is_valid():
        return _rule_page(request, page, 422)
    if typed.get("action") == "count":
        return _rule_page(request, page, **_panel(request, page))
    return _save_rule(request, page)


def _save_rule(request: HttpRequest, page: RulePage) -> HttpResponse:
    wanted = page.form.entry(more=bool(page.entry and page.entry.more))
    shown = page.version
    try:
        text = documents.put_rule(shown.source, shown.dictionaries, page.rule_id, wanted)
        others = page.form.take_problems(*_problems_of_rule(shown, text, wanted.id))
        if page.form.errors:
            return _rule_page(request, page, 422)
        services.edit_draft(by=person_of(request), number=shown.number, edit=edit_of(request), source=text)
    except CorpblogError as error:
        return _rule_page(request, page, error.status, failure=error.message, is_stale=isinstance(error, StaleEdit))
    messages.success(request, _("Saved in the draft. Nothing is enforced until it is put in force."))
    if others:
        messages.warning(request, _("Another part of the draft has mistakes; the YAML view names them."))
    return redirect("web:policy_rule", shown.number, wanted.id)


def _problems_of_rule(shown: PolicyVersion, text: str, rule_id: str) -> tuple[list[Problem], int]:
    """Return what is wrong with the text, and the index of the rule that the form is about."""
    read = reading.read(text, shown.dictionaries)
    before = reading.read(shown.source, shown.dictionaries).policy
    policy = read.policy or before
    known = [rule.id for rule in policy.rules] if policy else []
    return read.problems, known.index(rule_id) if rule_id in known else len(known)


@require_POST
def delete_rule(request: HttpRequest, number: int, rule_id: str) -> HttpResponse:
    """Take a rule out of a draft."""
    shown = selectors.version_for(person_of(request), number)
    _entry(shown, rule_id)
    try:
        text = documents.drop_rule(shown.source, rule_id)
        services.edit_draft(by=person_of(request), number=number, edit=edit_of(request), source=text)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:policy_rule", number, rule_id)
    messages.success(request, _("The rule is out of the draft. The version in force still has it."))
    return redirect("web:policy_version", number)


@require_POST
def rule_effect(request: HttpRequest, number: int, rule_id: str | None = None) -> HttpResponse:
    """The effect panel for what is in the form right now, saved or not."""
    shown = selectors.version_for(person_of(request), number)
    form = RuleForm(request.POST, word_lists=list(shown.dictionaries))
    if not form.is_valid():
        waits = _("Fill in the name and the words: the count appears here.")
        return render(request, "web/policies/_effect.html", {"waits": waits})
    return render(request, "web/policies/_effect.html", _panel(request, RulePage(shown, form, rule_id, None)))


def _panel(request: HttpRequest, page: RulePage) -> dict[str, Any]:
    """Return the effect of the rule as the form has it, or why it cannot be counted."""
    wanted, shown = page.form.entry(), page.version
    try:
        text = documents.put_rule(shown.source, shown.dictionaries, page.rule_id, wanted)
    except CorpblogError as error:
        return {"waits": error.message}
    read = reading.read(text, shown.dictionaries)
    if read.policy is None:
        return {"waits": read.problems[0].in_language(language())}
    return _panel_of_rule(request, read.policy, wanted.id)


def _panel_of_saved(request: HttpRequest, shown: PolicyVersion, rule_id: str | None) -> dict[str, Any]:
    policy = reading.read(shown.source, shown.dictionaries).policy
    if policy is None or rule_id is None:
        return {"waits": _("Fill in the name and the words: the count appears here.")}
    return _panel_of_rule(request, policy, rule_id)


def _panel_of_rule(request: HttpRequest, policy: Any, rule_id: str) -> dict[str, Any]:
    found = policy.rule(rule_id)
    panel = policy_effect.panel_for_rule(person_of(request), policy, found)
    return {"panel": panel, "outcome": found.outcome.value}


def _entry(shown: PolicyVersion, rule_id: str | None) -> RuleEntry | None:
    if rule_id is None:
        return None
    policy = reading.read(shown.source, shown.dictionaries).policy
    found = policy.rule(rule_id) if policy else None
    if found is None:
        raise NotFound(_("This version has no such rule, or its YAML has a mistake."))
    return entry_of(found)


def _rule_page(request: HttpRequest, page: RulePage, status: int = 200, **extra: Any) -> HttpResponse:
    context = shell_context(request, page.version, "rules")
    context |= {"form": page.form, "rule_id": page.rule_id, "entry": page.entry}
    context |= {} if "panel" in extra else {"waits": _("Correct the fields that are marked: the count appears here.")}
    return render(request, "web/policies/rule.html", context | extra, status=status)
