"""Compile what is proposed before it decides: a policy of 100,000 terms takes a second, and the first question after
the swap must not wait for it. Every serving process keeps itself ready on a thread of its own."""

import threading
from typing import Final

import structlog
from django.db import connection

from corpblog.policy import scanners
from corpblog.policy.models import PolicyVersion

log = structlog.get_logger(__name__)

EVERY: Final = 1.0  # seconds between looks: the second person needs longer than that to read and to press
_STATES: Final = (PolicyVersion.State.IN_FORCE, PolicyVersion.State.PROPOSED)


def make_ready() -> list[int]:
    """Compile what decides and what is proposed, where this process has not yet; return the versions it had not."""
    waiting = [
        number
        for number, digest in PolicyVersion.objects.filter(state__in=_STATES).values_list("number", "digest")
        if scanners.known(digest) is None
    ]
    for version in PolicyVersion.objects.filter(number__in=waiting):
        scanners.made_of(version)
    return waiting


def keep_ready(stop: threading.Event | None = None) -> threading.Thread:
    """Begin to look every second, until told to stop or until the process ends."""
    stop = stop or threading.Event()
    thread = threading.Thread(target=_keep, args=[stop], name="policy-readiness", daemon=True)
    thread.start()
    return thread


def _keep(stop: threading.Event) -> None:
    while not stop.wait(EVERY):
        try:
            make_ready()
        except Exception:
            # The database may be away: whoever asks then compiles by themselves, as without this thread.
            log.exception("policy_not_made_ready")
        finally:
            # Between looks it holds none of the pool's connections.
            connection.close()
