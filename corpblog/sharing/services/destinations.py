"""Connect, open and close destinations, and the switch for all of them."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.sharing import access, credentials
from corpblog.sharing.connectors import CONNECTORS, connector_for
from corpblog.sharing.connectors.base import Account, Connector, Refused, Target, Unclear
from corpblog.sharing.models import Destination, GateState
from corpblog.sharing.services import locks
from corpblog.sharing.wording import worded

PRESS = "press"


def ensure_press_page() -> Destination:
    """Return the press page's destination, made on first use: it is part of Corpblog and needs no connecting."""
    return Destination.objects.get_or_create(
        slug=PRESS,
        defaults={"name": "Press page", "kind": "press", "speaker": settings.COMPANY, "remote_account": "press"},
    )[0]


def connect(
    *,
    by: Person,
    slug: str,
    name: str,
    kind: str,
    answers: Mapping[str, str],
    review: str = Destination.Review.FLAGGED,
    cap: str = "internal",
) -> Destination:
    """Connect an account outside, or connect it anew: ask the server who we are there, and keep its secrets sealed.

    Another account in the place of the old one voids what was approved for the old one.
    answers: to the connector's questions, by their names.
    """
    access.check_may_connect(by)
    if kind not in CONNECTORS or kind == PRESS:
        raise Invalid(_("There is no connector of that kind."))
    config, secrets = _sorted_out(CONNECTORS[kind], answers)
    account = _ask_who_we_are(kind, config, secrets)
    if account.longest:
        config["longest"] = account.longest
    with transaction.atomic():
        values: dict[str, Any] = {"name": name, "kind": kind, "review": review, "cap": cap}
        values |= {"remote_account": account.account, "config": config}
        values["speaker"] = (account.name or settings.COMPANY)[:80]
        destination, is_new = Destination.objects.update_or_create(slug=slug, defaults=values)
        destination.credentials = credentials.sealed(secrets, destination_id=destination.pk)
        destination.save(update_fields=["credentials"])
        record(
            action="destination.connected" if is_new else "destination.reconnected",
            actor_id=by.pk,
            subject=f"destination:{destination.pk}",
            kind=kind,
            account=account.account,
            review=review,
            cap=cap,
        )
    return destination


def _sorted_out(connector: Connector, answers: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what may be shown and what must not; raise Invalid for a question without its answer."""
    config: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for question in connector.questions:
        answer = answers.get(question.name, "").strip() or question.default
        if question.is_needed and not answer:
            raise Invalid(_("Fill in: %(what)s.") % {"what": question.label}, field=question.name)
        (secrets if question.is_secret else config)[question.name] = answer
    unasked = set(answers) - {question.name for question in connector.questions}
    if unasked:
        raise Invalid(_("This connector does not ask for: %(what)s.") % {"what": ", ".join(sorted(unasked))})
    return config, secrets


def _ask_who_we_are(kind: str, config: dict[str, Any], secrets: dict[str, str]) -> Account:
    target = Target(destination_id=0, account="", config=config, secrets=secrets)
    try:
        return connector_for(kind).verify(target)
    except (Refused, Unclear) as problem:
        raise Invalid(worded(problem.code, told=problem.told), code=problem.code) from problem


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
