"""Work on a draft: the YAML, one rule in a form, and word lists. What was typed always comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from corpblog.kernel.errors import CorpblogError, NotFound
from corpblog.policy import dictionaries, documents, reading, selectors, services
from corpblog.policy.engine import Problem
from corpblog.policy.engine.fingerprints import is_fingerprint
from corpblog.policy.engine.records import is_records
from corpblog.policy.entries import RuleEntry, entry_of
from corpblog.policy.errors import StaleEdit
from corpblog.policy.models import PolicyVersion
from corpblog.web import policy_effect
from corpblog.web.policy_forms import DOCUMENT, RECORDS, WORDS, SourceForm, WordListForm
from corpblog.web.policy_rule_form import RuleForm
from corpblog.web.policy_words import language
from corpblog.web.views.asking import person_of
from corpblog.web.views.policies import edit_of, shell_context

SHOWN_TERMS = 5000
# A longer list would not fit into a form that is sent back (DATA_UPLOAD_MAX_MEMORY_SIZE): it is replaced by a file.
LONGEST_IN_FIELD = 200_000


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


# Word lists -----------------------------------------------------------------------------------------------------------


@require_GET
def word_lists(request: HttpRequest, number: int) -> HttpResponse:
    """The word lists of a version."""
    shown = selectors.version_for(person_of(request), number)
    return _lists_page(request, shown, WordListForm())


@require_http_methods(["GET", "POST"])
def word_list(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One word list, to read and to change."""
    shown = selectors.version_for(person_of(request), number)
    text = selectors.word_list(person_of(request), shown, name)
    terms = text.terms.split("\n")
    kind = _kind_of(terms)
    # Nobody needs to see hashes, and there is nothing in them to change.
    terms = terms if kind == WORDS else []
    is_long = len(text.terms) > LONGEST_IN_FIELD or kind != WORDS
    context = shell_context(request, shown, "lists") | {
        "name": name,
        "count": text.count,
        "form": WordListForm(initial={"name": name, "kind": kind, "terms": "" if is_long else text.terms}),
        "kind": kind,
        "is_long": is_long,
        "terms": terms[:SHOWN_TERMS],
        "more": max(0, len(terms) - SHOWN_TERMS),
    }
    return render(request, "web/policies/word_list.html", context)


@require_POST
def put_word_list(request: HttpRequest, number: int) -> HttpResponse:
    """Put a list into the draft, from the field or from a file; say what was found in it."""
    shown = selectors.version_for(person_of(request), number)
    form = WordListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _lists_page(request, shown, form, 422)
    file = form.cleaned_data["file"]
    try:
        terms = dictionaries.decoded(file.read(dictionaries.LONGEST_FILE + 1)) if file else form.cleaned_data["terms"]
        report = _put(request, number, form, terms)
    except CorpblogError as error:
        fresh = selectors.version_for(person_of(request), number)
        return _lists_page(request, fresh, form, error.status, failure=error.message)
    messages.success(request, _report_words(report))
    if report.short:
        messages.warning(request, _short_words(report))
    return redirect("web:policy_word_list", number, report.name)


def _put(request: HttpRequest, number: int, form: WordListForm, text: str) -> dictionaries.Report:
    name, by, edit = form.cleaned_data["name"], person_of(request), edit_of(request)
    if form.cleaned_data["kind"] == DOCUMENT:
        return services.put_document(by=by, number=number, edit=edit, name=name, text=text)
    if form.cleaned_data["kind"] == RECORDS:
        return services.put_records(by=by, number=number, edit=edit, name=name, text=text)
    return services.put_dictionary(by=by, number=number, edit=edit, name=name, terms=text)


@require_POST
def drop_word_list(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Take a list out of the draft."""
    try:
        services.drop_dictionary(by=person_of(request), number=number, edit=edit_of(request), name=name)
    except CorpblogError as error:
        messages.error(request, error.message)
    return redirect("web:policy_word_lists", number)


def _lists_page(
    request: HttpRequest, shown: PolicyVersion, form: WordListForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = shell_context(request, shown, "lists") | {
        "form": form,
        "lists": selectors.word_list_sizes(shown),
        "used": _used_lists(shown),
    }
    return render(request, "web/policies/word_lists.html", context | extra, status=status)


def _used_lists(shown: PolicyVersion) -> set[str]:
    policy = reading.read(shown.source, shown.dictionaries).policy
    return (
        {detector.dictionary for detector in policy.detectors() if hasattr(detector, "dictionary")} if policy else set()
    )


def _kind_of(lines: Sequence[str]) -> str:
    return DOCUMENT if is_fingerprint(lines) else RECORDS if is_records(lines) else WORDS


def _report_words(report: dictionaries.Report) -> str:
    if _kind_of([report.terms]) != WORDS:
        return _("%(name)s is kept by its fingerprint now.") % {"name": report.name}
    words = ngettext("%(name)s has %(count)s term now.", "%(name)s has %(count)s terms now.", report.count)
    said = words % {"name": report.name, "count": report.count}
    if not report.doubles:
        return said
    doubles = ngettext("%(count)s double went.", "%(count)s doubles went.", report.doubles)
    return f"{said} {doubles % {'count': report.doubles}}"


def _short_words(report: dictionaries.Report) -> str:
    shown = ", ".join(report.short[:8])
    words = ngettext(
        "%(count)s term is very short and may stand in many harmless posts: %(terms)s.",
        "%(count)s terms are very short and may stand in many harmless posts: %(terms)s.",
        len(report.short),
    )
    return words % {"count": len(report.short), "terms": shown}
