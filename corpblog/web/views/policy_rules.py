"""One rule of a draft: its form beside its YAML, each following the other, and what it would have done."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from corpblog.desk.rule_figures import precision_lately
from corpblog.desk.services import mark_past_post
from corpblog.kernel.errors import CorpblogError, NotFound
from corpblog.policy import documents, reading, selectors, services
from corpblog.policy.engine import Policy, Problem
from corpblog.policy.entries import RuleEntry, entry_of
from corpblog.policy.errors import StaleEdit
from corpblog.policy.models import PolicyVersion
from corpblog.web import policy_effect, policy_rule_sides, precision_lines
from corpblog.web.policy_picks import Offered
from corpblog.web.policy_rule_form import RuleForm
from corpblog.web.policy_rule_marks import read_mark, with_mark
from corpblog.web.policy_rule_sides import Side
from corpblog.web.policy_words import language
from corpblog.web.views.asking import person_of
from corpblog.web.views.policies import edit_of, shell_context


@dataclass(frozen=True)
class RulePage:
    """What the page of one rule is made of; without an identifier, it is a new rule."""

    version: PolicyVersion
    form: RuleForm
    rule_id: str | None
    entry: RuleEntry | None
    side: Side

    @property
    def is_by_yaml(self) -> bool:
        """Whether the YAML alone says what the rule is: it may leave out what the form asks for, such as a name."""
        return not self.form.is_valid() and not self.form.has_changed() and bool(self.side.text.strip())

    @property
    def is_ready(self) -> bool:
        """Whether there is a rule to look at: a complete form, or the YAML alone."""
        return self.form.is_valid() or self.is_by_yaml

    def merged(self) -> tuple[str, str]:
        """Return the document as both sides have it, and the rule's identifier in it."""
        form = self.form.entry() if self.form.is_valid() else self.form.before
        return policy_rule_sides.merged(self.version, self.rule_id, self.side, form)


def _page(request: HttpRequest, number: int, rule_id: str | None) -> RulePage:
    shown = selectors.version_for(person_of(request), number)
    entry, offered = _entry(shown, rule_id), Offered.to(person_of(request), shown)
    if request.method == "GET":
        side = Side.saved(shown, rule_id)
        return RulePage(shown, RuleForm(offered=offered, entry=entry), rule_id, entry, side)
    side = Side.sent(request.POST, shown, rule_id)
    # A form is bound to what it was made from, so that it knows what was typed into it.
    before = policy_rule_sides.read(shown, rule_id, side.before).entry if side.before.strip() else entry
    form = RuleForm(request.POST, offered=offered, entry=before)
    return RulePage(shown, form, rule_id, entry, side)


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, number: int, rule_id: str | None = None) -> HttpResponse:
    """The form and the YAML of one rule, beside what it would have done; without an identifier, a new rule."""
    page = _page(request, number, rule_id)
    if request.method == "GET":
        return _shown(request, page, **_effect_of_saved(request, page))
    if "mark" in request.POST:
        return _marked(request, page)
    if not page.is_ready:
        return _shown(request, page, 422)
    if request.POST.get("action") == "count":
        return _shown(request, page, **_effect(request, page))
    return _saved(request, page)


@require_POST
def step(request: HttpRequest, number: int, rule_id: str | None = None) -> HttpResponse:
    """Bring one side in step with the other, on which somebody types. `side` names the one that was typed on."""
    page = _page(request, number, rule_id)
    return _form_follows(request, page) if request.GET.get("side") == "yaml" else _yaml_follows(request, page)


def _yaml_follows(request: HttpRequest, page: RulePage) -> HttpResponse:
    """Return the YAML with what the form says, or as it is, with the reason."""
    note, side = "", page.side
    if page.is_ready:
        try:
            text = documents.rule_text(*page.merged())
            side = Side(text, text)
        except CorpblogError as error:
            note = error.message
    else:
        note = _("The YAML follows as soon as the form is complete.")
    return render(request, "web/policies/_rule_yaml.html", _yaml_context(request, page, side) | {"note": note})


def _form_follows(request: HttpRequest, page: RulePage) -> HttpResponse:
    """Return the form as the YAML has it, and what is wrong with the YAML; what was typed into the form stays in it."""
    found = policy_rule_sides.read(page.version, page.rule_id, page.side.text)
    side, form, note = page.side, page.form, ""
    if found.rule is not None and page.is_ready:
        entry = _entry_in(page.version, page.merged()) or entry_of(found.rule)
        side = Side(side.text, side.text)
        form = RuleForm(offered=page.form.offered, entry=entry)
    elif found.rule is not None:
        note = _("Correct the fields that are marked: then the form follows.")
    context = _yaml_context(request, page, side) | {"form": form, "note": note, "is_step": True}
    return render(request, "web/policies/_rule_form_follows.html", context)


def _entry_in(shown: PolicyVersion, merged: tuple[str, str]) -> RuleEntry | None:
    policy = reading.read(merged[0], shown.dictionaries).policy
    found = policy.rule(merged[1]) if policy else None
    return entry_of(found) if found else None


def _saved(request: HttpRequest, page: RulePage) -> HttpResponse:
    shown = page.version
    try:
        text, saved_id = page.merged()
        if page.is_by_yaml:
            page = _with_form_of_yaml(page)
            others = reading.read(text, shown.dictionaries).problems
            if policy_rule_sides.read(shown, page.rule_id, page.side.text).problems:
                return _shown(request, page, 422)
        else:
            others = page.form.take_problems(*_problems_of_rule(shown, text, saved_id))
            if page.form.errors:
                return _shown(request, page, 422)
        services.edit_draft(by=person_of(request), number=shown.number, edit=edit_of(request), source=text)
    except CorpblogError as error:
        return _shown(request, page, error.status, failure=error.message, is_stale=isinstance(error, StaleEdit))
    messages.success(request, _("Saved in the draft. Nothing is enforced until it is put in force."))
    if others:
        messages.warning(request, _("Another part of the draft has mistakes; the YAML view names them."))
    if request.POST.get("action") == "propose":
        return redirect(reverse("web:policy_version", args=[shown.number]) + "#next-step")
    return redirect("web:policy_rule", shown.number, saved_id)


def _with_form_of_yaml(page: RulePage) -> RulePage:
    """Return the page without what the form asks for beyond the YAML."""
    form = RuleForm(offered=page.form.offered, entry=page.form.before)
    return replace(page, form=form)


def _marked(request: HttpRequest, page: RulePage) -> HttpResponse:
    """The page with a past post as one more example, which the rule has to find or to leave alone."""
    if not page.form.is_valid():
        return _shown(request, page, 422)
    try:
        mark, (_text, rule_id) = read_mark(request.POST), page.merged()
        text = mark_past_post(
            by=person_of(request),
            number=page.version.number,
            rule=rule_id,
            post_id=mark.post_id,
            is_right=mark.is_right,
        )
        data = with_mark(request.POST, mark, text, page.form.entry())
        marked = RulePage(page.version, _bound(page, data), page.rule_id, page.entry, page.side)
        if marked.form.is_valid():
            text, rule_id = marked.merged()
            marked.form.take_problems(*_problems_of_rule(page.version, text, rule_id))
        return _shown(request, marked, **_effect(request, marked))
    except CorpblogError as error:
        return _shown(request, page, error.status, failure=error.message)


def _bound(page: RulePage, data: QueryDict) -> RuleForm:
    return RuleForm(data, offered=page.form.offered, entry=page.form.before)


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


# What it would have done ----------------------------------------------------------------------------------------------


@require_POST
def rule_effect(request: HttpRequest, number: int, rule_id: str | None = None) -> HttpResponse:
    """The effect panel for what stands on both sides right now, saved or not."""
    page = _page(request, number, rule_id)
    if not page.is_ready:
        waits = _("Fill in the name and the words: the count appears here.")
        return render(request, "web/policies/_effect.html", {"waits": waits})
    return render(request, "web/policies/_effect.html", _effect(request, page))


def _effect(request: HttpRequest, page: RulePage) -> dict[str, Any]:
    """Return the effect of the rule as both sides have it, or why it cannot be counted."""
    try:
        text, rule_id = page.merged()
    except CorpblogError as error:
        return {"waits": error.message}
    read = reading.read(text, page.version.dictionaries)
    if read.policy is None:
        return {"waits": read.problems[0].in_language(language())}
    return _effect_of_rule(request, page, read.policy, rule_id)


def _effect_of_saved(request: HttpRequest, page: RulePage) -> dict[str, Any]:
    policy = reading.read(page.version.source, page.version.dictionaries).policy
    if policy is None or page.rule_id is None:
        return {"waits": _("Fill in the name and the words: the count appears here.")}
    return _effect_of_rule(request, page, policy, page.rule_id)


def _effect_of_rule(request: HttpRequest, page: RulePage, policy: Policy, rule_id: str) -> dict[str, Any]:
    found = policy.rule(rule_id)
    if found is None:
        return {"waits": _("Fill in the name and the words: the count appears here.")}
    days = _days_of(request)
    panel = policy_effect.panel_for_rule(person_of(request), policy, found, days=days)
    shell = shell_context(request, page.version, "rules")
    told = {"panel": panel, "outcome": found.outcome.value, "days": days, "version": page.version}
    return told | {"can_mark": shell["can_edit"]}


def _days_of(request: HttpRequest) -> int:
    wanted = request.POST.get("effect_days", "")
    return int(wanted) if wanted in {str(days) for days in policy_effect.DAYS} else policy_effect.DAYS[0]


# The page -------------------------------------------------------------------------------------------------------------


def _entry(shown: PolicyVersion, rule_id: str | None) -> RuleEntry | None:
    if rule_id is None:
        return None
    policy = reading.read(shown.source, shown.dictionaries).policy
    found = policy.rule(rule_id) if policy else None
    if found is None:
        raise NotFound(_("This version has no such rule, or its YAML has a mistake."))
    return entry_of(found)


def _yaml_context(request: HttpRequest, page: RulePage, side: Side) -> dict[str, Any]:
    found = policy_rule_sides.read(page.version, page.rule_id, side.text)
    return shell_context(request, page.version, "rules") | {
        "rule_id": page.rule_id,
        "entry": page.entry,
        "side": side,
        "side_problems": found.problems,
    }


def _precision_context(request: HttpRequest, page: RulePage) -> dict[str, Any]:
    """How right the rule was: by weeks, or by months where a year was asked for."""
    periods = {90: _("By week"), 365: _("By month")}
    wanted = request.GET.get("precision", "")
    days = int(wanted) if wanted in {str(days) for days in periods} else min(periods)
    chart = precision_lines.chart_of(precision_lately(person_of(request), days), page.rule_id or "")
    rows = [row for line in chart.lines for row in zip(chart.steps, line.judged, strict=True)]
    told = {"precision": chart, "precision_rows": rows, "precision_days": days, "precision_periods": periods.items()}
    return told | {"unit_words": precision_lines.unit_words(chart.unit)}


def _shown(request: HttpRequest, page: RulePage, status: int = 200, **extra: Any) -> HttpResponse:
    context = _yaml_context(request, page, page.side) | {"form": page.form, "choices": policy_effect.DAYS}
    context["days"] = _days_of(request)
    context |= _precision_context(request, page) if page.rule_id else {}
    context |= {} if "panel" in extra else {"waits": _("Correct the fields that are marked: the count appears here.")}
    return render(request, "web/policies/rule.html", context | extra, status=status)
