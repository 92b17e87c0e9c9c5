"""What officers say of incidents: what it was, that it is ours after all, or that it is not."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.models import Incident
from corpblog.sharing.services.watching import tell_officers


@transaction.atomic
def acknowledge_incident(*, by: Person, incident_id: int, note: str) -> Incident:
    """Write down what an incident was; raise Invalid without a note, Conflict where somebody was faster."""
    access.check_may_acknowledge(by)
    note = note.strip()
    if not note or len(note) > 1000:
        raise Invalid(_("Say what it was and what was done about it, in 1000 characters at most."))
    found = _open(incident_id)
    found.acknowledged_by, found.acknowledged_at, found.note = by, clock.now(), note
    found.save()
    record(action="incident.acknowledged", actor_id=by.pk, subject=f"incident:{found.pk}", note=note)
    return found


@transaction.atomic
def adopt_forgotten(*, by: Person, destination_id: int) -> int:
    """Say that all that stands there since the backup is ours; return how many posts. Raise Conflict for none."""
    access.check_may_acknowledge(by)
    rows = Incident.objects.filter(
        destination=destination_id, kind=Incident.Kind.FORGOTTEN, acknowledged_at__isnull=True
    )
    found = list(rows.select_for_update().order_by("pk"))
    if not found:
        raise Conflict(_("Somebody acknowledged these posts already."))
    note = _("Ours, sent after the backup was made.")
    for incident in found:
        incident.acknowledged_by, incident.acknowledged_at, incident.note = by, clock.now(), note
        incident.save()
        record(
            action="incident.adopted", actor_id=by.pk, subject=f"incident:{incident.pk}", remote_id=incident.remote_id
        )
    return len(found)


@transaction.atomic
def disown_forgotten(*, by: Person, incident_id: int) -> Incident:
    """Say that a post since the backup is not ours: it becomes an incident as any stranger's post is."""
    access.check_may_acknowledge(by)
    found = _open(incident_id)
    if found.kind != Incident.Kind.FORGOTTEN:
        raise Conflict(_("Somebody acknowledged these posts already."))
    found.kind = Incident.Kind.FOREIGN
    found.save()
    record(action="incident.disowned", actor_id=by.pk, subject=f"incident:{found.pk}", remote_id=found.remote_id)
    tell_officers(found.destination, found.kind)
    return found


def _open(incident_id: int) -> Incident:
    found = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if found is None:
        raise NotFound(_("There is no such incident."))
    if found.acknowledged_at is not None:
        raise Conflict(_("Somebody acknowledged this incident already."))
    return found
