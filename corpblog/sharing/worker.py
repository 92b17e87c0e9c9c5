"""The loop that takes what was released outside. Any number of workers may run; the database keeps them apart."""

import os
import platform
import threading
import time
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from django.db import close_old_connections, connection, transaction
from django.db.models import F

from corpblog.kernel import clock, periodic
from corpblog.sharing.connectors.press import PressPage
from corpblog.sharing.models import Job, WorkerBeat
from corpblog.sharing.services import recover, seal, send, settle_doubt, take_back_next
from corpblog.sharing.services.giving_up import give_up_on
from corpblog.sharing.services.recalling import is_to_be_taken_back
from corpblog.sharing.services.renewing import renew_if_due

log = structlog.get_logger(__name__)

PAUSE: Final = 1.0
# A job that kills its worker is not seen again before this, so that it cannot kill them all in turn.
UNSEEN: Final = timedelta(seconds=75)
BATCH: Final = 20
# More than any connector's patience: what is still due after that never came to an answer.
MOST_TRIES: Final = 8
BEAT: Final = timedelta(seconds=10)
# Every look counts on the window of each task; once a second that would be a write a second for each, all day.
CHORES_EVERY: Final = 20.0
LAST_CHORES: Final = 5.0
# Threads that mostly wait for remotes. More would only matter with more destinations than that silent at once.
LANES: Final = 4
_RECALLS: Final = "recalls"


class Lanes:
    """A few jobs side by side, never two for one destination: a remote that is silent keeps only its own waiting.

    :param count: how many threads; 0 does each job at once, in the thread that hands it out
    """

    def __init__(self, count: int, done: Callable[[], object] = lambda: None) -> None:
        self._count, self._done = count, done
        # One more than may be waiting for others: what stays in the house always finds a free one.
        self._pool = ThreadPoolExecutor(count + 1, thread_name_prefix="lane") if count else None
        self._busy: set[Hashable] = set()

    @property
    def busy(self) -> set[Hashable]:
        """Whom the jobs at hand are for."""
        return set(self._busy)

    @property
    def has_room(self) -> bool:
        """Whether a job that waits for a remote may begin."""
        return self._pool is None or len(self._busy) < self._count

    @property
    def has_room_inside(self) -> bool:
        """Whether a job for our own page may begin."""
        return self._pool is None or len(self._busy) <= self._count

    def take(self, whom: Hashable, work: Callable[[], object]) -> None:
        """Do the work; the caller saw that there is room, and that nothing is at hand for the same one."""
        if self._pool is None:
            work()
            return
        self._busy.add(whom)
        self._pool.submit(self._work, whom, work)

    def close(self) -> None:
        """Return when the jobs at hand are finished."""
        if self._pool is not None:
            self._pool.shutdown()

    def _work(self, whom: Hashable, work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            # The connection is this thread's, and a lane may lie idle for days.
            connection.close()
            self._busy.discard(whom)
            self._done()


class Aside:
    """Other work on a thread of its own: a directory that does not answer must not keep shares back."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self._name, self._does = name, work
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin a round, unless the one before is still at it."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Give the round at hand some time to end; what is cut off is rolled back and due again."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self._does()
        except Exception:
            log.exception("aside_failed", what=self._name)
        finally:
            # The connection is this thread's, and nobody else will close it.
            connection.close()


class Worker:
    """One worker: it claims a due job, seals it, sends it, and goes on until it is told to stop."""

    def __init__(self, name: str = "") -> None:
        self.name = name or f"{platform.node()}:{os.getpid()}"
        self._stopped = False
        self._wake = threading.Event()
        self._chores = Aside("chores", periodic.run_due)
        self._watching = Aside("watching", partial(periodic.run_due, asks_outside=True))
        self._errands: dict[str, Aside] = {}
        self._looked_at = -CHORES_EVERY

    def stop(self, *_signal: object) -> None:
        """Finish the jobs at hand and take no other."""
        self._stopped = True
        self._wake.set()

    def run(self) -> None:
        """Work until stopped. An error of one round never ends the loop."""
        log.info("worker_started", worker=self.name)
        lanes = Lanes(LANES, done=self._wake.set)
        while not self._stopped:
            self._wake.clear()
            did = self._shielded(lambda: self._hand_out(lanes))
            self._shielded(self._housekeeping)
            close_old_connections()
            if not did:
                self._wake.wait(PAUSE)
        lanes.close()
        self._chores.wait(LAST_CHORES)
        WorkerBeat.objects.filter(name=self.name).delete()
        log.info("worker_stopped", worker=self.name)

    def round(self) -> int:
        """Do what is due, one after the other in this thread; return how much that was."""
        return self._hand_out(Lanes(0))

    def _hand_out(self, lanes: Lanes) -> int:
        """Take over what dead workers left, then begin what is due while there is room; return how much was begun."""
        recover()
        begun = 0
        while not self._stopped and begun < BATCH and lanes.has_room_inside:
            claimed = claim(besides=lanes.busy, only_inside=not lanes.has_room)
            if claimed is None:
                break
            lanes.take(claimed.destination_id, partial(self._work_on, claimed))
            begun += 1
        if lanes.has_room and _RECALLS not in lanes.busy and is_to_be_taken_back():
            lanes.take(_RECALLS, self._take_back)
            begun += 1
        return begun

    def _take_back(self) -> None:
        done = 0
        while not self._stopped and done < BATCH and take_back_next(self.name):
            done += 1

    def _work_on(self, claimed: "Claim") -> None:
        try:
            renew_if_due(claimed.destination_id)
            if claimed.tries > MOST_TRIES:
                give_up_on(claimed.job_id)
            elif claimed.state == Job.State.DOUBTFUL:
                settle_doubt(job_id=claimed.job_id, worker=self.name)
            else:
                self._seal_and_send(claimed.job_id)
        except Exception:
            # The claim already put its next turn off; after eight such turns it is a dead letter.
            log.exception("job_failed", job=claimed.job_id)

    def _seal_and_send(self, job_id: int) -> None:
        lease = seal(job_id=job_id, worker=self.name)
        if lease is not None:
            send(job_id=job_id, lease=lease)

    def _housekeeping(self) -> int:
        self._beat()
        if time.monotonic() - self._looked_at >= CHORES_EVERY:
            self._looked_at = time.monotonic()
            self._chores.begin()
            self._watching.begin()
        for errand in periodic.asked_for():
            # A thread each: a simulation of many minutes keeps no push waiting.
            self._errands.setdefault(errand.name, Aside(errand.name, errand.run)).begin()
        return 0

    def _beat(self) -> None:
        now = clock.database_now()
        WorkerBeat.objects.update_or_create(name=self.name, defaults={"at": now})
        WorkerBeat.objects.filter(at__lt=now - timedelta(hours=1)).delete()

    def _shielded(self, work: Callable[[], int]) -> int:
        try:
            return work()
        except Exception:
            # The database may be away for a while; the loop is still there when it comes back.
            log.exception("worker_round_failed", worker=self.name)
            return 0


@dataclass(frozen=True)
class Claim:
    """A job whose turn it is, and the how-manieth."""

    job_id: int
    destination_id: int
    state: str
    tries: int


@transaction.atomic
def claim(besides: Collection[Hashable] = (), *, only_inside: bool = False) -> Claim | None:
    """Take the job that is due longest, and count the try before anything about it can go wrong; None without one.

    :param besides: destinations that have their turn already
    :param only_inside: only what waits for no remote: the press page
    """
    now = clock.database_now()
    due = (
        Job.objects.filter(state__in=[Job.State.WAITING, Job.State.DOUBTFUL], due_at__lte=now)
        .exclude(share__destination_id__in=[whom for whom in besides if isinstance(whom, int)])
        .order_by("due_at")
        .select_related("share")
    )
    if only_inside:
        due = due.filter(share__destination__kind=PressPage.kind)
    job = due.select_for_update(skip_locked=True, of=("self",)).first()
    if job is None:
        return None
    Job.objects.filter(pk=job.pk).update(tries=F("tries") + 1, due_at=now + UNSEEN)
    return Claim(job.pk, job.share.destination_id, job.state, job.tries + 1)
