"""A policy as a file: taken from a version, and brought back as a draft that says what differs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from corpblog.kernel.counts import Count
from corpblog.kernel.errors import CorpblogError
from corpblog.policy import dictionaries, exchange, reading, services
from corpblog.policy.models import PolicyVersion
from corpblog.policy.services.drafts import require_editor
from corpblog.policy.services.exporting import FORMATS
from corpblog.web.policy_forms import ImportForm
from corpblog.web.views.asking import person_of

_TYPES = {"yaml": "application/yaml; charset=utf-8", "zip": "application/zip"}


@require_POST
def export(request: HttpRequest, number: int) -> HttpResponse:
    """The version as YAML, or as a ZIP with its lists. A POST: that somebody took it is logged."""
    as_ = next((known for known in FORMATS if known == request.POST.get("as")), FORMATS[0])
    body = services.export(by=person_of(request), number=number, as_=as_)
    name = f"policy-{number}.{as_}"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(body, content_type=_TYPES[as_], headers=headers)


@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Make a draft of an uploaded file and show what it changes; a mistake in its YAML is shown beside its line."""
    require_editor(person_of(request))
    if request.method == "GET":
        return render(request, "web/policies/import.html", {"form": ImportForm()})
    form = ImportForm(request.POST, request.FILES)
    try:
        draft = _draft_of(request, form.cleaned_data["file"]) if form.is_valid() else None
    except CorpblogError as error:
        form.add_error("file", error.message)
        draft = None
    if draft is None:
        return render(request, "web/policies/import.html", {"form": form}, status=422)
    return _brought_in(request, draft)


def _draft_of(request: HttpRequest, file: Any) -> PolicyVersion:
    raw = file.read(exchange.LARGEST + 1)
    if exchange.is_archive(raw):
        return services.draft_of_files(by=person_of(request), files=exchange.read_archive(raw))
    return services.draft_of_document(by=person_of(request), source=dictionaries.decoded(raw))


def _brought_in(request: HttpRequest, draft: PolicyVersion) -> HttpResponse:
    problems = reading.read(draft.source, draft.dictionaries).problems
    if problems:
        words = ngettext(
            "The file is a draft now, and has %(count)s mistake. It is named below; correct it here.",
            "The file is a draft now, and has %(count)s mistakes. They are named below; correct them here.",
            len(problems),
        )
        messages.warning(request, words % {"count": Count(len(problems))})
        return redirect("web:policy_source", draft.number)
    messages.success(request, _("The file is a draft now. This is what it changes; nothing is enforced yet."))
    return redirect("web:policy_differences", draft.number)
