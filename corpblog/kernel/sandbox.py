"""Look at bytes that strangers made in a child process: little memory, little time, no network, nothing to lose.

The child is `kernel.confined`; it has none of our environment, so no secret. The ADR 0014 says why a process.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final, Literal

SECONDS: Final = 25.0
# Two cores are busy with two; who comes next waits here and not with a process that holds its bytes.
AT_ONCE: Final = 2
OUT_OF_MEMORY: Final = 77  # the child's exit code, see `kernel.confined`
_ROOT: Final = Path(__file__).resolve().parents[2]
_places = threading.BoundedSemaphore(AT_ONCE)

Code = Literal["time", "memory", "crashed", "busy"]


class Failed(Exception):
    """The child did not come to an answer; `code` says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def run(module: str, data: bytes, *arguments: str, seconds: float = SECONDS) -> bytes:
    """Return what `module.main(data, *arguments)` returns in a confined process; raise Failed.

    seconds: of wall-clock time, for waiting and working each.
    """
    if not _places.acquire(timeout=seconds):
        raise Failed("busy")
    try:
        code, answer = _ran(module, data, arguments, seconds)
    finally:
        _places.release()
    if code == 0:
        return answer
    if code == OUT_OF_MEMORY:
        raise Failed("memory")
    # The kernel ends what used up its processor time by SIGXCPU, and by SIGKILL a second later.
    raise Failed("time" if code in {-signal.SIGXCPU, -signal.SIGKILL} else "crashed")


def _ran(module: str, data: bytes, arguments: tuple[str, ...], seconds: float) -> tuple[int, bytes]:
    command = [sys.executable, "-P", "-B", "-m", "corpblog.kernel.confined", module, *arguments]
    # A group of its own, so that what the child started ends with it.
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module; a file's name is data to it
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
    )
    try:
        answer, _nothing = child.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise Failed("time") from late
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    return child.returncode, answer


def _environment() -> dict[str, str]:
    told = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"}
    # Tesseract would start a thread for every core.
    return told | {"OMP_THREAD_LIMIT": "1", "PYTHONUTF8": "1"}
