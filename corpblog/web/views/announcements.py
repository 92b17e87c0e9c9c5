"""Announcements: acknowledging, and for who made them, who has not."""

import csv
from io import StringIO

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.counts import Count
from corpblog.posts import announcements, services
from corpblog.web.feeds import heads_of
from corpblog.web.views.asking import person_of
from corpblog.web.views.browser import is_htmx, wants_json

# A spreadsheet would take a name that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")


@require_POST
def acknowledge(request: HttpRequest, post_id: int) -> HttpResponse:
    """Say that one read an announcement; a script gets how it stands now."""
    person = person_of(request)
    post = services.acknowledge(by=person, post_id=post_id)
    if wants_json(request):
        return JsonResponse(announcements.standings(person, [post.pk])[post.pk])
    messages.success(request, _("You acknowledged it."))
    return HttpResponseRedirect(reverse("web:thread", args=[post.pk]))


@never_cache
@require_GET
def acknowledged(request: HttpRequest, post_id: int) -> HttpResponse:
    """Who has not acknowledged, and who has; the list alone, where the page asks for it anew."""
    heads, (post, asked) = heads_of(person_of(request), post_id), announcements.progress(person_of(request), post_id)
    context = {"post": post, "heads": heads, "asked": asked, "done": sum(each.at is not None for each in asked)}
    return render(request, "web/_acknowledged.html" if is_htmx(request) else "web/acknowledged.html", context)


@never_cache
@require_GET
def acknowledged_csv(request: HttpRequest, post_id: int) -> HttpResponse:
    """The same for a spreadsheet."""
    post, asked = announcements.progress(person_of(request), post_id)
    body = StringIO()
    rows = csv.writer(body)
    rows.writerow([_("Name"), _("Username"), _("Department"), _("Acknowledged")])
    for each in asked:
        cells = (each.person.display_name, each.person.username, each.person.department)
        rows.writerow([*map(_harmless, cells), each.at.isoformat(timespec="seconds") if each.at else ""])
    name = f"acknowledged-{post.pk}.csv"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    # The mark makes spreadsheets read the accents.
    return HttpResponse("\ufeff" + body.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


@require_POST
def remind(request: HttpRequest, post_id: int) -> HttpResponse:
    """Remind everybody who did not acknowledge."""
    count = services.remind(by=person_of(request), post_id=post_id)
    said = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", count)
    messages.success(request, said % {"count": Count(count)})
    return HttpResponseRedirect(reverse("web:acknowledged", args=[post_id]))
