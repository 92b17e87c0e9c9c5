"""Ask compliance to look at a post; and the reports that wait, for officers."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.desk.pseudonyms import called
from corpblog.kernel.errors import CorpblogError, NotAllowed
from corpblog.posts import access, marks, services
from corpblog.posts import selectors as posts
from corpblog.posts.models import Report
from corpblog.web.views.asking import person_of


class Ask(View):
    """Say what is wrong with a post."""

    def get(self, request: HttpRequest, post_id: int) -> HttpResponse:
        return self._page(request, post_id)

    def post(self, request: HttpRequest, post_id: int) -> HttpResponse:
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        try:
            services.report(by=person_of(request), post_id=post_id, reason=reason, note=note)
        except CorpblogError as error:
            if error.status == 404:
                raise
            return self._page(request, post_id, error)
        messages.success(request, _("Compliance will look at this post. Nobody else learns that you reported it."))
        return HttpResponseRedirect(reverse("web:thread", args=[post_id]))

    def _page(self, request: HttpRequest, post_id: int, error: CorpblogError | None = None) -> HttpResponse:
        context = {
            "post": posts.post_for(person_of(request), post_id),
            "reasons": Report.Reason.choices,
            "chosen": request.POST.get("reason", ""),
            "note": request.POST.get("note", ""),
            "failure": error.message if error else "",
        }
        return render(request, "web/report.html", context, status=error.status if error else 200)


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """The reports that wait for an officer; an auditor reads them."""
    person = person_of(request)
    if not access.can_read_reports(person):
        raise NotAllowed(_("Only compliance officers and auditors look at reports."))
    judges = access.can_judge_reports(person)
    reports = [
        (report, called(person, report.person), called(person, report.post.author), judges and report.person != person)
        for report in marks.open_reports(person)
    ]
    context = {"reports": reports, "outcomes": Report.Outcome.choices, "shows_names": not settings.DESK_PSEUDONYMS}
    return render(request, "web/reports.html", context)


@require_POST
def close(request: HttpRequest, report_id: int) -> HttpResponse:
    """Say what became of a report."""
    services.close_report(by=person_of(request), report_id=report_id, outcome=request.POST.get("outcome", ""))
    messages.success(request, _("The report is closed."))
    return HttpResponseRedirect(reverse("web:reports"))
