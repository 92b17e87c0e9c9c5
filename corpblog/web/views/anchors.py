"""Where the heads of the audit log are kept: for auditors, and for who repairs it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from corpblog.audit import selectors
from corpblog.audit.keys import public_key
from corpblog.audit.models import Anchor, KeptAnchor
from corpblog.desk.access import can_read
from corpblog.people.access import can_administer
from corpblog.web.views.asking import person_of


@require_GET
def anchors(request: HttpRequest) -> HttpResponse:
    """How each place is, and which of them have the newest heads."""
    reader = person_of(request)
    places = selectors.places_now(reader)
    heads = [(head, _by_place(head, places)) for head in selectors.last_anchors(reader)]
    told = {
        "places": places,
        "heads": heads,
        "only_here": all(not place.asks_outside for place in places),
        "key": public_key(),
        "is_admin": can_administer(reader),
        "reads_desk": can_read(reader),
    }
    return render(request, "web/anchors.html", told)


def _by_place(head: Anchor, places: list[selectors.PlaceNow]) -> list[KeptAnchor | None]:
    kept = {kept.place: kept for kept in head.kept.all()}
    return [kept.get(place.name) for place in places]
