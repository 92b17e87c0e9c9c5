"""Open and close destinations, and the switch for all of them."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.models import Destination, GateState
from corpblog.sharing.services import locks
from corpblog.sharing.services.connecting import PRESS


def ensure_press_page() -> Destination:
    """Return the press page's destination, made on first use: it is part of Corpblog and needs no connecting."""
    return Destination.objects.get_or_create(
        slug=PRESS,
        defaults={"name": "Press page", "kind": "press", "speaker": settings.COMPANY, "remote_account": "press"},
    )[0]


def open_destination(*, by: Person, destination: Destination) -> None:
    """Let a destination take shares again."""
    _switch(by, destination, is_open=True)


def close_destination(*, by: Person, destination: Destination) -> None:
    """Stop a destination at once; what waits for it waits on."""
    _switch(by, destination, is_open=False)


@transaction.atomic
def _switch(by: Person, destination: Destination, *, is_open: bool) -> None:
    access.check_may_connect(by)
    locks.destination(destination.pk)
    Destination.objects.filter(pk=destination.pk).update(is_open=is_open)
    verb = "opened" if is_open else "closed"
    record(action=f"destination.{verb}", actor_id=by.pk, subject=f"destination:{destination.pk}", slug=destination.slug)


def close_gate(*, by: Person, reason: str) -> None:
    """The kill switch: from the commit on, nothing new leaves, whatever was approved."""
    _switch_gate(by, is_closed=True, reason=reason)


def open_gate(*, by: Person, reason: str) -> None:
    """Let things leave again; each is checked again when it is sealed."""
    _switch_gate(by, is_closed=False, reason=reason)


@transaction.atomic
def _switch_gate(by: Person, *, is_closed: bool, reason: str) -> None:
    access.check_may_switch_gate(by, closing=is_closed)
    if not reason.strip():
        raise Invalid(_("Say why, for the record."))
    locks.gate()
    GateState.objects.filter(pk=1).update(
        is_closed=is_closed, reason=reason.strip()[:300], changed_by=by, changed_at=clock.now()
    )
    record(action="gate.closed" if is_closed else "gate.opened", actor_id=by.pk, subject="gate", reason_given=True)
