"""What every server of the tests needs: a free port, a place of its own, and an end."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from socketserver import BaseServer

UNPRIVILEGED = "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> str | None:
    """The user for servers that refuse to run as root; nobody else is needed when the tests are not root."""
    return UNPRIVILEGED if os.geteuid() == 0 else None


@contextlib.contextmanager
def place_of_its_own(name: str) -> Iterator[Path]:
    """A folder that belongs to the unprivileged user, outside pytest's own ones, which only root may enter."""
    folder = Path(tempfile.mkdtemp(prefix=f"corpblog-{name}-"))
    user = unprivileged()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    *,
    until: Callable[[], bool],
    log: Path,
    stop_signal: int = signal.SIGTERM,
    seconds: float = 30,
    as_root: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """The command as a child, from the moment that it answers until the end of the block."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            user=None if as_root else unprivileged(),
        )
    try:
        wait_until(until, seconds=seconds, alive=lambda: child.poll() is None, log=log)
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(stop_signal)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextlib.contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """The server answers in a thread of this process until the end of the block."""
    # It looks for its end that often: with the half second that is usual, a thousand tests wait for minutes.
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def wait_until(
    condition: Callable[[], bool], *, seconds: float, alive: Callable[[], bool] = lambda: True, log: Path | None = None
) -> None:
    """Return as soon as the condition holds; a server that died or says nothing fails with the end of its log."""
    deadline = time.monotonic() + seconds
    while not condition():
        if not alive() or time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
            raise TimeoutError(f"not ready after {seconds:g} s, or died. It said:\n{said}")
        time.sleep(0.05)


def is_listening(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def find_program(*names: str, folders: Sequence[str] = ()) -> str:
    """The path of the first program there is; a missing one is an error, never a skipped test."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", *folders])
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise FileNotFoundError(f"{' or '.join(names)} is not installed; `make test` installs it")
