"""Compile what is proposed before it decides: a policy of 100,000 terms takes a second, and the first question after
the swap must not wait for it. Every serving process keeps itself ready on a thread of its own, and says so."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog
from django.db import connection

from corpblog.policy import scanners
from corpblog.policy.models import PolicyVersion
from corpblog.policy.running import Reporter

log = structlog.get_logger(__name__)

EVERY: Final = 1.0  # seconds between looks: the second person needs longer than that to read and to press
GOES_WITHIN: Final = 2.0  # seconds that a process waits at its end for the last word of the thread
_STATES: Final = (PolicyVersion.State.IN_FORCE, PolicyVersion.State.PROPOSED)


def make_ready() -> list[int]:
    """Compile what decides and what is proposed, where this process has not yet; return the versions it had not."""
    looked_at = PolicyVersion.objects.filter(state__in=_STATES).order_by("number")
    waiting = [number for number, digest in looked_at.values_list("number", "digest") if scanners.known(digest) is None]
    for version in looked_at.filter(number__in=waiting):
        scanners.made_of(version)
    return waiting


@contextmanager
def kept_ready(kind: str) -> Iterator[threading.Thread]:
    """Look every second while the body runs, and say which version decides here. `kind`: see `RunningProcess.Kind`."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep, args=[stop, Reporter(kind)], name="policy-readiness", daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(GOES_WITHIN)


def _keep(stop: threading.Event, reporter: Reporter) -> None:
    while not stop.wait(EVERY):
        _done_safely(make_ready, reporter.report)
    _done_safely(reporter.sign_off)


def _done_safely(*steps: Callable[[], object]) -> None:
    try:
        for step in steps:
            step()
    except Exception:
        # The database may be away: whoever asks then compiles by themselves, as without this thread.
        log.exception("policy_not_made_ready")
    finally:
        # Between looks it holds none of the pool's connections.
        connection.close()
