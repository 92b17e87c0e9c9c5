"""Posts that wait for their time: one's own list; edit, post now, take away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import View

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.people.models import Person
from corpblog.posts import parts, services
from corpblog.posts.models import ScheduledPost
from corpblog.posts.scheduled import scheduled_for, scheduled_of
from corpblog.teams import selectors as teams
from corpblog.web import composers
from corpblog.web.part_forms import later_of
from corpblog.web.views.asking import number, person_of, wishes_of


def wanted_of(request: HttpRequest, person: Person) -> services.Wanted:
    """What a composer wants posted later."""
    form = request.POST
    if "outside" in form:
        raise Invalid(_("Share it outside once it is posted: switch that off to post later."))
    fields = parts.fields_of(form)
    return services.Wanted(
        channel=teams.channel_by_id(person, number(form.get("channel"))),
        text=form.get("text", ""),
        at=form.get("at", ""),
        fields={name: values for name, values in fields.items() if name != "at"},
        files=wishes_of(request),
        reason=form.get("reason", ""),
    )


def said_of(row: ScheduledPost) -> str:
    """When it will be posted, on its author's clock."""
    when = date_format(timezone.localtime(row.send_at, row.author.zone), "DATETIME_FORMAT")
    return _("It will be posted on %(when)s. Find it under Scheduled posts.") % {"when": when}


@never_cache
@require_GET
def later(request: HttpRequest) -> HttpResponse:
    """The field of the time, for the composer."""
    return render(request, "posts/parts/_later.html", {"later": later_of({}, person_of(request))})


@require_GET
def scheduled(request: HttpRequest) -> HttpResponse:
    """One's scheduled posts; what was returned first."""
    return render(request, "web/scheduled.html", {"rows": scheduled_of(person_of(request))})


class Edit(View):
    """Change a scheduled post, all of it."""

    def get(self, request: HttpRequest, scheduled_id: int) -> HttpResponse:
        person = person_of(request)
        composer = composers.for_scheduled(person, scheduled_for(person, scheduled_id))
        return render(request, "web/compose.html", {"composer": composer, "title": composer.label})

    def post(self, request: HttpRequest, scheduled_id: int) -> HttpResponse:
        person = person_of(request)
        row = scheduled_for(person, scheduled_id)
        try:
            changed = services.reschedule(by=person, number=row.pk, wanted=wanted_of(request, person))
        except CorpblogError as error:
            composer = composers.again(composers.for_scheduled(person, row), request, error)
            context = {"composer": composer, "title": composer.label}
            return render(request, "web/compose.html", context, status=error.status)
        services.discard_draft(by=person, place=f"scheduled:{row.pk}")
        messages.success(request, said_of(changed))
        return HttpResponseRedirect(reverse("web:scheduled"))


@require_POST
def cancel(request: HttpRequest, scheduled_id: int) -> HttpResponse:
    """Take it away."""
    services.cancel(by=person_of(request), number=scheduled_id)
    messages.success(request, _("It is taken away, and will not be posted."))
    return HttpResponseRedirect(reverse("web:scheduled"))


@require_POST
def now(request: HttpRequest, scheduled_id: int) -> HttpResponse:
    """Post it at once; what keeps it from that is said on the list."""
    person = person_of(request)
    try:
        post = services.post_now(by=person, number=scheduled_id)
    except CorpblogError as error:
        if error.status == 404:
            raise
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("web:scheduled"))
    return HttpResponseRedirect(reverse("web:thread", args=[post.pk]))
