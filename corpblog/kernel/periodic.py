"""What is done in the background by whichever worker comes first: again and again, or when somebody asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from corpblog.kernel.limits import Limit

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Task:
    """Something to do once in each window of `every`, on one of all workers."""

    name: str
    every: timedelta
    run: Callable[[], object]
    asks_outside: bool


@dataclass(frozen=True)
class Errand:
    """Something that a person asked for and waits for; `is_asked_for` is one quick look."""

    name: str
    is_asked_for: Callable[[], bool]
    run: Callable[[], object]


_tasks: dict[str, Task] = {}
_errands: dict[str, Errand] = {}


def every(period: timedelta, run: Callable[[], object], *, name: str, asks_outside: bool = False) -> None:
    """Have `run` called once per period by the worker. Call it in `AppConfig.ready`.

    asks_outside: whether it waits for servers of others, so that it runs where it keeps nothing of ours waiting.
    """
    _tasks[name] = Task(name, period, run, asks_outside)


def run_due(*, asks_outside: bool = False) -> list[str]:
    """Run what is due and return its names; one that fails is logged, and its turn comes again in the next window.

    asks_outside: whether to run those that ask outside, or the others.
    """
    ran = []
    for task in [task for task in _tasks.values() if task.asks_outside == asks_outside]:
        # The counter of the window is the lock: the worker that counts to one does the work.
        if Limit(f"task:{task.name}"[:40], times=1, per=task.every).record("") == 1:
            ran.append(task.name)
            try:
                task.run()
            except Exception:
                log.exception("task_failed", task=task.name)
    return ran


def on_demand(is_asked_for: Callable[[], bool], run: Callable[[], object], *, name: str) -> None:
    """Have the worker ask every second, and call `run` on a thread of its own. Call it in `AppConfig.ready`."""
    _errands[name] = Errand(name, is_asked_for, run)


def asked_for() -> list[Errand]:
    """Return the errands that somebody waits for now."""
    return [errand for errand in _errands.values() if errand.is_asked_for()]
