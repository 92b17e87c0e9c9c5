"""What happened on our accounts without us: read by officers and auditors, acknowledged by officers."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from corpblog.kernel.errors import Conflict, Invalid
from corpblog.sharing import selectors, services
from corpblog.sharing.models import Destination, Incident
from corpblog.web.views.asking import number, person_of


@require_GET
def incidents(request: HttpRequest) -> HttpResponse:
    """Open incidents first, each with what stands there and what we sent."""
    return _page(request)


@require_POST
def acknowledge(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Write down what an incident was."""
    note = request.POST.get("note", "")
    try:
        services.acknowledge_incident(by=person_of(request), incident_id=incident_id, note=note)
    except (Invalid, Conflict) as error:
        return _page(request, status=error.status, failed=incident_id, failure=error.message, note=note)
    messages.success(request, _("Thank you, noted."))
    return HttpResponseRedirect(reverse("web:desk_incidents"))


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Say of what stands at one destination since the backup that it is ours."""
    try:
        services.adopt_forgotten(by=person_of(request), destination_id=number(request.POST.get("destination")))
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Thank you, noted."))
    return HttpResponseRedirect(reverse("web:desk_incidents"))


@require_POST
def disown(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Say of one post since the backup that it is a stranger's."""
    try:
        services.disown_forgotten(by=person_of(request), incident_id=incident_id)
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("web:desk_incidents"))


def _page(
    request: HttpRequest, *, status: int = 200, failed: int = 0, failure: str = "", note: str = ""
) -> HttpResponse:
    person = person_of(request)
    found = selectors.incidents_for(person)
    unsettled = [incident for incident in found if incident.acknowledged_at is None]
    context = {
        "open": [incident for incident in unsettled if not incident.is_forgotten],
        "forgotten": _by_place(incident for incident in unsettled if incident.is_forgotten),
        "gate": selectors.gate(),
        "settled": [incident for incident in found if incident.acknowledged_at is not None],
        "may_acknowledge": selectors.may_acknowledge(person),
        "failed": failed,
        "failure": failure,
        "note": note,
    }
    return render(request, "desk/incidents.html", context, status=status)


def _by_place(incidents: Iterable[Incident]) -> dict[Destination, list[Incident]]:
    places: dict[Destination, list[Incident]] = {}
    for incident in incidents:
        places.setdefault(incident.destination, []).append(incident)
    return places
