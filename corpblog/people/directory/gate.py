"""One gate for everything that waits for the directory, so that a sick directory never takes Corpblog down with it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from typing import TypeVar

import ldap
import structlog

from corpblog.people.directory.errors import DirectoryUnavailable
from corpblog.people.directory.settings import DirectoryNotReadyError

Answer = TypeVar("Answer")
log = structlog.get_logger(__name__)


class DirectoryGate:
    """At most `places` questions at once, answers within `seconds`, a pause after `patience` failures in a row."""

    def __init__(self, *, places: int = 8, seconds: float = 4.0, patience: int = 3, pause: float = 30.0) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._seconds, self._patience, self._pause = seconds, patience, pause
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = 0.0

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Return the directory's answer; raise DirectoryUnavailable when there is none in time.

        The question runs in a thread of its own, because libldap's time limits are per step: a server that is slow at
        each of the eight steps of a sign-in keeps to all of them and still keeps the page waiting. It must not touch
        the database: that connection belongs to the asking thread.
        """
        deadline = time.monotonic() + self._seconds
        self._refuse_during_pause()
        if not self._places.acquire(timeout=self._seconds / 4):
            raise DirectoryUnavailable(reason="all places taken")
        answer: Future[Answer] = Future()
        threading.Thread(target=self._work, args=(question, answer), name="directory", daemon=True).start()
        try:
            result = answer.result(timeout=max(0.0, deadline - time.monotonic()))
        except (TooLong, ldap.LDAPError, DirectoryNotReadyError) as error:
            self._count_failure(error)
            # Raised here and not in the thread, so that its words are in the asking person's language.
            raise DirectoryUnavailable(reason=repr(error)) from error
        with self._lock:
            self._failures = 0
        return result

    def _work(self, question: Callable[[], Answer], answer: "Future[Answer]") -> None:
        try:
            answer.set_result(question())
        except BaseException as error:
            answer.set_exception(error)
        finally:
            # The place is given back when the work ends, not when the asker stops waiting: a silent server must not
            # collect threads without end.
            self._places.release()

    def _refuse_during_pause(self) -> None:
        with self._lock:
            if time.monotonic() < self._closed_until:
                raise DirectoryUnavailable(reason="pause after failures")

    def _count_failure(self, error: BaseException) -> None:
        log.warning("directory_failed", error=repr(error))
        with self._lock:
            self._failures += 1
            if self._failures >= self._patience:
                # After the pause questions are let through again; the first that fails begins the next pause at once.
                self._closed_until = time.monotonic() + self._pause


gate = DirectoryGate()
