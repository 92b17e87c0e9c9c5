"""Many texts on all cores: processes of their own, each with the policies compiled once. Texts go in by the thousand,
and only what differs from the policy's default comes back."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from types import TracebackType
from typing import Final, Self

from corpblog.policy.engine.model import Policy
from corpblog.policy.engine.scanner import Scanner, compile_policy
from corpblog.policy.engine.verdict import Scan, Verdict

SIZE: Final = 2_000  # scans a batch: a tenth of a second, so that progress is seen and a stop is soon obeyed
AHEAD: Final = 2  # batches a process has waiting: the next is there when one is done, and memory stays bounded

Answers = list[tuple[Verdict, ...] | None]

_scanners: list[Scanner] = []


class Crowd:
    """Answers scans under one or more policies. Use it in a `with`; leaving ends its processes.

    processes: how many; all cores without it. With one nothing is started, and the scans run here.
    """

    def __init__(self, policies: Sequence[Policy], *, processes: int | None = None) -> None:
        self._policies = list(policies)
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._processes > 1:
            # Spawned: a copy of a process with threads and database connections may hang on a lock it inherited.
            self._pool = ProcessPoolExecutor(
                self._processes, multiprocessing.get_context("spawn"), _compile, (self._policies,)
            )
        else:
            self._here = [compile_policy(policy) for policy in self._policies]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def answer(self, scans: Iterable[Scan], *, size: int = SIZE) -> Iterator[Answers]:
        """Yield, batch by batch and in order, for each scan its verdicts; None where no policy has anything to say."""
        source = iter(scans)
        batches = iter(lambda: list(islice(source, size)), [])
        if self._pool is None:
            yield from (_answers(self._here, batch) for batch in batches)
            return
        running: deque[Future[Answers]] = deque()
        for batch in batches:
            running.append(self._pool.submit(_answer, batch))
            if len(running) > AHEAD * self._processes:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _compile(policies: list[Policy]) -> None:
    _scanners[:] = [compile_policy(policy) for policy in policies]


def _answer(batch: list[Scan]) -> Answers:
    return _answers(_scanners, batch)


def _answers(scanners: list[Scanner], batch: list[Scan]) -> Answers:
    return [_said(scanners, scan) for scan in batch]


def _said(scanners: list[Scanner], scan: Scan) -> tuple[Verdict, ...] | None:
    verdicts = tuple(scanner.answer(scan) for scanner in scanners)
    return verdicts if any(verdict.findings or verdict.shadowed for verdict in verdicts) else None
