"""One supervised process: started again with growing pauses when it crashes, ended in order when told."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_PAUSES = (0.2, 1.0, 2.0, 5.0)
_STEADY_AFTER = 10.0


@dataclass
class Process:
    """A child of this process.

    arguments: what follows the Python interpreter; a module and its arguments.
    write_line: where its output goes, line by line, and what happens to it.
    """

    name: str
    arguments: Sequence[str]
    write_line: Callable[[str, str], None]
    environment: dict[str, str] = field(default_factory=dict)
    on_line: Callable[[str], None] | None = None
    _child: subprocess.Popen[str] | None = None
    _crashes: int = 0
    _started: float = 0.0
    _due: float = 0.0

    def start(self) -> None:
        """Start it in a group of its own, so that Ctrl-C reaches the supervisor only and everything ends in order."""
        self._started = time.monotonic()
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            [sys.executable, "-m", "corpblog.config.serving.child", *self.arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
            cwd=_ROOT,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=[self._child], name=f"{self.name} output", daemon=True).start()

    def tend(self) -> None:
        """Start it again if it crashed and its pause is over."""
        if self._child is not None and self._child.poll() is not None:
            self._note_crash(self._child.returncode)
        if self._child is None and time.monotonic() >= self._due:
            self.start()

    def _note_crash(self, code: int) -> None:
        if time.monotonic() - self._started > _STEADY_AFTER:
            self._crashes = 0
        pause = _PAUSES[min(self._crashes, len(_PAUSES) - 1)]
        self._crashes += 1
        self._due = time.monotonic() + pause
        self._child = None
        self.write_line(self.name, f"ended unexpectedly ({how_it_ended(code)}); starting again in {pause:g} s")

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._child.poll() if self._child else None

    def ask_to_end(self) -> None:
        if self.is_running and self._child:
            self._child.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within `seconds`; if not, it was killed."""
        if self._child is None:
            return True
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            return False
        return True

    def _read(self, child: subprocess.Popen[str]) -> None:
        for line in child.stdout or ():
            if self.on_line:
                self.on_line(line.rstrip("\n"))
            else:
                self.write_line(self.name, line.rstrip("\n"))


def how_it_ended(code: int) -> str:
    """Say in words what an exit code means."""
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
