"""A Redis (or Valkey) of the tests' own, which tests may kill, stop and start again."""

import contextlib
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.servers.children import find_program, free_port, is_listening, place_of_its_own, running


class Redis:
    """One server on one port for its whole life; what it held is gone when it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._life: contextlib.AbstractContextManager[subprocess.Popen[bytes]] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._child
        return self._child.pid

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if self._child and self._child.poll() is None:
            return
        command = [find_program("redis-server", "valkey-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        options = ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._life = running([*command, *options], until=lambda: is_listening(self.port), log=self._folder / "log")
        self._child = self._life.__enter__()

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._child
        self._child.send_signal(signal.SIGKILL)
        self._child.wait()

    def stop(self) -> None:
        if self._life:
            self._life.__exit__(None, None, None)

    def say(self, command: str) -> bytes:
        """Send one command and return the answer as Redis wrote it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(command.encode() + b"\r\n")
            return line.recv(65_536)


@contextlib.contextmanager
def redis_server() -> Iterator[Redis]:
    """A running server until the end of the block."""
    with place_of_its_own("redis") as folder:
        server = Redis(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Its address as CORPBLOG_REDIS_URL wants it."""
    with redis_server() as server:
        yield server.url
