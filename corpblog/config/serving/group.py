"""The process group of an instance: started in order, tended, and ended in order."""

import signal
import sys
import threading
from collections.abc import Callable, Sequence

from corpblog.config.serving.processes import Process

_COLOURS = {"web": 36, "worker": 33, "directory": 35, "corpblog": 32}
_LOOK_EVERY = 0.2


class Output:
    """Lines of several processes in one stream, each whole and with its process's name before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_terminal = sys.stdout.isatty()

    def write(self, name: str, line: str) -> None:
        label = f"{name:<9}"
        if self._is_terminal:
            label = f"\033[{_COLOURS.get(name, 37)}m{label}\033[0m"
        with self._lock:
            print(f"{label} {line}", flush=True)  # noqa: T201 - the operator's screen


class Group:
    """Processes that live and end together."""

    def __init__(
        self, processes: Sequence[Process], write_line: Callable[[str, str], None], *, patience: float
    ) -> None:
        self._processes = processes
        self._write_line = write_line
        self._patience = patience
        self._stopping = threading.Event()

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Start all, start again those that crash, until SIGINT or SIGTERM; then end all.

        when_ready: called once, as soon as `is_ready()`.
        """
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        try:
            for process in self._processes:
                if not process.is_running:
                    process.start()
            greeted = False
            while not self._stopping.wait(_LOOK_EVERY):
                if not greeted and is_ready():
                    greeted = True
                    when_ready()
                for process in self._processes:
                    process.tend()
        finally:
            self._end_all()

    def _stop(self, _signal: int, _frame: object) -> None:
        self._stopping.set()

    def _end_all(self) -> None:
        """Last started, first ended: the web server before the worker, the directory when nobody asks it any more."""
        self._write_line("corpblog", "stopping")
        for process in reversed(self._processes):
            process.ask_to_end()
            if not process.wait(self._patience):
                self._write_line(process.name, "did not end in time and was killed")
