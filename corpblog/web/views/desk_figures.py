"""The desk's figures: a page with charts, and a CSV of the same period."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from corpblog.desk import selectors
from corpblog.kernel.errors import Invalid
from corpblog.web import desk_figures
from corpblog.web.views.asking import person_of


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """What the desk did in a period; days that cannot be read are said, and the usual ones shown."""
    asked = request.GET.get("first", ""), request.GET.get("last", "")
    failure, status = "", 200
    try:
        days = desk_figures.period(*asked)
    except Invalid as error:
        days, failure, status = desk_figures.period("", ""), error.message, error.status
    found = selectors.figures(person_of(request), *days)
    told = {"failure": failure, "asked": asked} | desk_figures.page(found)
    return render(request, "desk/figures.html", told, status=status)


@require_GET
def figures_csv(request: HttpRequest) -> HttpResponse:
    """The same numbers for a spreadsheet."""
    days = desk_figures.period(request.GET.get("first", ""), request.GET.get("last", ""))
    body = desk_figures.table(selectors.figures(person_of(request), *days))
    name = f"desk-{days[0].isoformat()}-{days[1].isoformat()}.csv"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)
