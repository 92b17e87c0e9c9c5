"""Which version each process decides with: said by the process itself, so that one that hangs or lags is seen."""

import os
import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.policy import access, scanners
from corpblog.policy.engine import ENGINE_VERSION
from corpblog.policy.models import PolicyVersion, RunningProcess

SAYS_EVERY: Final = timedelta(seconds=10)  # while nothing changes: one small write a process
SILENT_AFTER: Final = timedelta(seconds=40)
FORGOTTEN_AFTER: Final = timedelta(hours=1)
SWAP_TAKES: Final = timedelta(seconds=5)  # the look every second, and compiling 100,000 terms beside other work

Condition = Literal["current", "swapping", "behind", "broken", "silent"]


@dataclass(frozen=True)
class Running:
    """One process and how it stands: behind when it still has an older version long after the swap."""

    process: RunningProcess
    condition: Condition
    other_engine: bool


class Reporter:
    """This process's line in the table. `kind`: what it is, a value of `RunningProcess.Kind`."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._place: dict[str, Any] = {"host": platform.node()[:100], "pid": os.getpid()}
        self._said: tuple[str, str] | None = None
        self._since = self._said_at = clock.now()

    def report(self) -> None:
        """Say which version decides here, when that changed or was not said for a while.

        A version that is in force and not yet compiled here decides nothing here yet, so the one before it is said.
        """
        row = PolicyVersion.objects.in_force().values_list("number", "digest").first()
        number, digest = row or (None, "")
        made = scanners.known(digest) if digest else None
        if digest and made is None:
            return
        now = clock.now()
        problem = made.reason[:300] if isinstance(made, scanners.Broken) else ""
        if self._said == (digest, problem) and now - self._said_at < SAYS_EVERY:
            return
        if self._said is None or self._said[0] != digest:
            self._since = now
        told = {"number": number, "digest": digest, "problem": problem, "since": self._since, "seen_at": now}
        told |= {"kind": self._kind, "engine": ENGINE_VERSION}
        RunningProcess.objects.update_or_create(**self._place, defaults=told)
        RunningProcess.objects.filter(seen_at__lt=now - FORGOTTEN_AFTER).delete()
        self._said, self._said_at = (digest, problem), now

    def sign_off(self) -> None:
        """Take the line out: this process ends as it was told to."""
        RunningProcess.objects.filter(**self._place).delete()


def running(person: Person) -> list[Running]:
    """Return every process that said something in the last hour; web processes first."""
    if not access.can_read(person):
        raise NotAllowed(_("Policies are for policy admins, compliance officers and auditors."))
    current = PolicyVersion.objects.in_force().values_list("digest", "in_force_at").first() or ("", None)
    processes = RunningProcess.objects.order_by("kind", "host", "pid")
    return [
        Running(process, _condition(process, *current), process.engine != ENGINE_VERSION)
        for process in processes.filter(seen_at__gte=clock.now() - FORGOTTEN_AFTER)
    ]


def _condition(process: RunningProcess, digest: str, swapped_at: datetime | None) -> Condition:
    now = clock.now()
    if now - process.seen_at > SILENT_AFTER:
        return "silent"
    if process.digest != digest:
        return "swapping" if swapped_at and now - swapped_at <= SWAP_TAKES else "behind"
    return "broken" if process.problem else "current"
