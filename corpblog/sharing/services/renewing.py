"""Tokens that end are renewed before they do, by one worker at a time: a renewal can be used once."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils.dateparse import parse_datetime

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.sharing import credentials
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Refused, SignsInThere, Target, Unclear
from corpblog.sharing.models import Destination
from corpblog.sharing.services import locks

log = structlog.get_logger(__name__)

EARLY: Final = timedelta(minutes=10)
AGAIN_AFTER: Final = timedelta(minutes=2)


def before(until: datetime) -> datetime:
    """Return when a token that lasts until then is renewed."""
    return until - EARLY


def renew_if_due(destination_id: int) -> None:
    """Renew the destination's token if its time has come; a failure is tried again, while the old one still lasts."""
    now = clock.now()
    due = Destination.objects.filter(pk=destination_id, renew_at__lte=now)
    # Whoever moves the time forward does it; the others go on with what there is.
    if not due.update(renew_at=now + AGAIN_AFTER):
        return
    destination = Destination.objects.get(pk=destination_id)
    name = credentials.destination_name(destination_id)
    connector = connector_for(destination.kind)
    if not isinstance(connector, SignsInThere):
        return
    try:
        old = credentials.opened(destination.credentials, of=name)
    except credentials.CredentialsUnreadable:
        return  # whoever needs the token says so
    target = Target(destination.pk, destination.remote_account, destination.config, old)
    try:
        new = old | dict(connector.renewed(target))
    except (Refused, Unclear) as problem:
        log.warning("token_not_renewed", destination=destination.slug, why=problem.code)
        record(
            action="destination.token_not_renewed",
            actor_id=None,
            subject=f"destination:{destination_id}",
            why=problem.code,
        )
        return
    with transaction.atomic():
        destination = locks.destination(destination_id)
        if credentials.opened(destination.credentials, of=name) != old:
            return  # connected anew meanwhile
        until = parse_datetime(new.get("until", ""))
        destination.credentials = credentials.sealed(new, of=name)
        destination.token_until = until
        destination.renew_at = before(until) if until else None
        destination.save(update_fields=["credentials", "renew_at", "token_until"])
