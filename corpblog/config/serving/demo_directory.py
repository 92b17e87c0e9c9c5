"""The embedded demo directory as a child process."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from corpblog.config.serving.processes import Process

_PATIENCE = 20.0


class DirectoryDidNotStart(Exception):
    """The text says what the directory said last."""


class DemoDirectory:
    """On any free port: it writes its address beside its certificates, and who signs in reads it there each time."""

    def __init__(self, folder: Path, write_line: Callable[[str, str], None]) -> None:
        self._folder = folder
        self._ready = threading.Event()
        self._said: list[str] = []
        self._write_line = write_line
        arguments = ["corpblog.people.demo_directory", "--port", "0", "--dir", str(folder)]
        self.process = Process("directory", arguments, write_line, on_line=self._hear)

    def start(self) -> None:
        """Start it and wait until it answers; raises DirectoryDidNotStart."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.process.start()
        if not self._ready.wait(_PATIENCE):
            self.process.ask_to_end()
            self.process.wait(2)
            raise DirectoryDidNotStart(" ".join(self._said[-3:]) or "it said nothing")

    def _hear(self, line: str) -> None:
        if not line.startswith("READY "):
            self._said.append(line)
            self._write_line("directory", line)
            return
        self._ready.set()


@contextlib.contextmanager
def running_demo_directory(folder: Path, write_line: Callable[[str, str], None]) -> Iterator[None]:
    """The demo directory for the time of a command, when nothing serves it already."""
    if is_answering(folder):
        yield
        return
    directory = DemoDirectory(folder, write_line)
    directory.start()
    try:
        yield
    finally:
        directory.process.ask_to_end()
        directory.process.wait(5)


def is_answering(folder: Path) -> bool:
    """Whether something listens where the directory last said that it was."""
    try:
        _scheme, _slashes, place = (folder / "address").read_text(encoding="ascii").strip().partition("://")
        host, _colon, port = place.partition(":")
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except (OSError, ValueError):
        return False
