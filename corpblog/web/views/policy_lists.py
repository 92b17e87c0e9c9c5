"""The word lists of a version: typed, uploaded, or kept in step with a source."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from corpblog.kernel import clock
from corpblog.kernel.counts import Count
from corpblog.kernel.errors import CorpblogError, NotFound
from corpblog.policy import csv_columns, dictionaries, reading, selectors, services
from corpblog.policy.engine.embargoes import ends_of, parted
from corpblog.policy.engine.fingerprints import is_fingerprint
from corpblog.policy.engine.records import is_records
from corpblog.policy.errors import BadDictionary
from corpblog.policy.models import PolicyVersion
from corpblog.policy.sources import SourceUnread
from corpblog.web import policy_dangers
from corpblog.web.policy_forms import DOCUMENT, RECORDS, WORDS, ColumnForm, SourcedListForm, WordListForm
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx
from corpblog.web.views.policies import edit_of, shell_context

SHOWN_TERMS = 5000
# A longer list would not fit into a form that is sent back (DATA_UPLOAD_MAX_MEMORY_SIZE): it is replaced by a file.
LONGEST_IN_FIELD = 200_000


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
        "followed": selectors.followed_sources(shown).get(name),
        "count": text.count,
        "form": WordListForm(initial={"name": name, "kind": kind, "terms": "" if is_long else text.terms}),
        "kind": kind,
        "is_long": is_long,
        "terms": terms[:SHOWN_TERMS],
        "embargoes": _embargoes(terms),
        "more": max(0, len(terms) - SHOWN_TERMS),
    }
    return render(request, "web/policies/word_list.html", context)


@require_GET
def met(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Which terms of a list met most posts lately; a part of its page that comes when it is counted."""
    person = person_of(request)
    shown = selectors.version_for(person, number)
    lines = selectors.word_list(person, shown, name).terms.split("\n")
    if _kind_of(lines) != WORDS:
        raise NotFound(_("This version has no such word list."))
    found = policy_dangers.dangers(person, lines)
    context = {"counts": found.counts, "dangers": found.words, "days": policy_dangers.DAYS}
    return render(request, "web/policies/_met.html", context)


@require_POST
def put_word_list(request: HttpRequest, number: int) -> HttpResponse:
    """Put a list into the draft, from the field or from a file; say what was found in it."""
    shown = selectors.version_for(person_of(request), number)
    form = WordListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _lists_page(request, shown, form, 422)
    try:
        terms = _uploaded(form) or form.cleaned_data["terms"]
        report = _put(request, number, form, terms)
    except CorpblogError as error:
        fresh = selectors.version_for(person_of(request), number)
        return _lists_page(request, fresh, form, error.status, failure=error.message)
    messages.success(request, _report_words(report))
    _warn_of(request, report)
    return redirect("web:policy_word_list", number, report.name)


@require_POST
def columns(request: HttpRequest, number: int) -> HttpResponse:
    """The columns of a CSV file, of which the browser sends the beginning, to choose one; without any, a field."""
    shown = selectors.version_for(person_of(request), number)
    head, told = request.FILES.get("head"), {"column": request.POST.get("column", "")}
    context: dict[str, Any] = {"version": shown, "form": WordListForm(initial=told)}
    try:
        found = csv_columns.columns_in_head(head.read(csv_columns.LONGEST_HEAD)) if head else []
        if len(found) > 1:
            context |= {"form": ColumnForm(found, initial=told), "columns": found}
        return render(request, "web/policies/_columns.html", context)
    except BadDictionary as error:
        form = WordListForm(request.POST)
        form.is_valid()
        form.add_error("column", error.message)
        return render(request, "web/policies/_columns.html", context | {"form": form}, status=error.status)


def _warn_of(request: HttpRequest, report: dictionaries.Report) -> None:
    """Say which of the terms are dangerous, by what they would have done, and which may be."""
    if _kind_of([report.terms]) == WORDS:
        for words in policy_dangers.dangers(person_of(request), report.terms.split("\n")).words:
            messages.warning(request, words)
    if report.short:
        messages.warning(request, _short_words(report))


def _uploaded(form: WordListForm) -> str:
    """Return what the chosen file says; empty without one."""
    file = form.cleaned_data["file"]
    if not file:
        return ""
    raw = file.read(dictionaries.LONGEST_FILE + 1)
    kind = form.cleaned_data["kind"] or WORDS
    if kind == DOCUMENT:
        return dictionaries.words_of(raw, file.name)
    text = dictionaries.decoded(raw)
    return _words_of_table(form, text, file.name) if kind == WORDS else text


def _words_of_table(form: WordListForm, text: str, name: str) -> str:
    """Return the chosen column of a CSV file; a list of one column is what it is. Raises BadDictionary."""
    column = form.cleaned_data["column"]
    if not column and not (name.lower().endswith((".csv", ".tsv")) and len(csv_columns.columns_of(text)) > 1):
        return text
    try:
        if column:
            return csv_columns.column_of(text, column)
        words = _("This file has several columns: %(names)s. Choose which one has the terms.")
        raise BadDictionary(words % {"names": ", ".join(csv_columns.columns_of(text))})
    except BadDictionary as error:
        form.add_error("column", error.message)
        raise


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


# Kept in step ---------------------------------------------------------------------------------------------------------


@require_POST
def put_source(request: HttpRequest, number: int) -> HttpResponse:
    """Let a list of the draft follow a source, and put in what the source says now."""
    shown = selectors.version_for(person_of(request), number)
    form = SourcedListForm(request.POST)
    if not form.is_valid():
        return _lists_page(request, shown, WordListForm(), 422, source_form=form)
    name, by = form.cleaned_data["list"], person_of(request)
    try:
        report = services.put_source(by=by, number=number, edit=edit_of(request), name=name, source=form.source())
    except SourceUnread as error:
        form = _with_columns(request, form) if error.code == "column" else form
        form.take_refusal(error)
        return _lists_page(request, shown, WordListForm(), error.status, source_form=form)
    except CorpblogError as error:
        fresh = selectors.version_for(person_of(request), number)
        return _lists_page(request, fresh, WordListForm(), error.status, source_form=form, failure=error.message)
    messages.success(request, _report_words(report))
    _warn_of(request, report)
    return redirect("web:policy_word_list", number, report.name)


@require_POST
def try_source(request: HttpRequest, number: int) -> HttpResponse:
    """Ask the address that was typed how its list begins, and offer its columns; nothing is saved."""
    shown = selectors.version_for(person_of(request), number)
    form = SourcedListForm(request.POST)
    form.fields["list"].required = False
    if form.is_valid():
        try:
            form = _with_columns(request, form)
        except SourceUnread as error:
            form.take_refusal(error)
    status = 422 if form.errors else 200
    if is_htmx(request):
        context = shell_context(request, shown, "lists") | {"source_form": form}
        return render(request, "web/policies/_source_form.html", context, status=status)
    return _lists_page(request, shown, WordListForm(), status, source_form=form)


def _with_columns(request: HttpRequest, form: SourcedListForm) -> SourcedListForm:
    """Return the form as it was typed, with the columns of the file at its address to choose from."""
    head = services.try_address(by=person_of(request), url=form.cleaned_data["url"])
    typed, data = form.cleaned_data["column"].strip().lower(), request.POST.copy()
    data["column"] = typed if typed in {each.key for each in head.columns} else ""
    fresh = SourcedListForm(data, head=head)
    fresh.fields["list"].required = form.fields["list"].required
    fresh.is_valid()
    return fresh


@require_POST
def drop_source(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Keep a list of the draft as it is from now on."""
    try:
        services.drop_source(by=person_of(request), number=number, edit=edit_of(request), name=name)
    except CorpblogError as error:
        messages.error(request, error.message)
    return redirect("web:policy_word_list", number, name)


@require_POST
def sync_now(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Read a list's source at once, and go to the version that decides then."""
    try:
        services.sync_now(by=person_of(request), name=name)
    except CorpblogError as error:
        messages.error(request, error.message)
        return redirect("web:policy_word_list", number, name)
    messages.success(request, _("The source was read."))
    current = selectors.version_in_force(person_of(request))
    return redirect("web:policy_word_list", current.number if current else number, name)


def _lists_page(
    request: HttpRequest, shown: PolicyVersion, form: WordListForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = shell_context(request, shown, "lists") | {
        "form": form,
        "source_form": SourcedListForm(),
        "lists": selectors.word_list_sizes(shown),
        "used": _used_lists(shown),
    }
    return render(request, "web/policies/word_lists.html", context | extra, status=status)


def _embargoes(terms: Sequence[str]) -> dict[str, Any]:
    """Return how many terms rest by now, and which is the next to do so; nothing where none ever does."""
    now, ends = clock.now(), ends_of(map(parted, terms))
    coming = {until: term for term, until in ends.items() if until > now}
    if not ends:
        return {}
    following = min(coming) if coming else None
    resting = sum(until <= now for until in ends.values())
    return {"resting": resting, "next": following, "next_term": coming[following] if following else ""}


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
    said = words % {"name": report.name, "count": Count(report.count)}
    if not report.doubles:
        return said
    doubles = ngettext("%(count)s double went.", "%(count)s doubles went.", report.doubles)
    return f"{said} {doubles % {'count': Count(report.doubles)}}"


def _short_words(report: dictionaries.Report) -> str:
    shown = ", ".join(report.short[:8])
    words = ngettext(
        "%(count)s term is very short and may stand in many harmless posts: %(terms)s.",
        "%(count)s terms are very short and may stand in many harmless posts: %(terms)s.",
        len(report.short),
    )
    return words % {"count": Count(len(report.short)), "terms": shown}
