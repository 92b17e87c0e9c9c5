"""Things that the child of the sandbox may be asked to do, and must not be able to."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path


def main(data: bytes, wish: str) -> bytes:
    return {
        "echo": lambda: data,
        "environment": lambda: "\n".join(os.environ).encode(),
        "memory": lambda: bytes(len(bytearray(2 * 1024**3))),
        "loop": _loop,
        "network": _connect,
        "program": lambda: subprocess.run(["/bin/echo", "out"], capture_output=True, check=True).stdout,
        "write": lambda: _write(data),
        "die": os.abort,
    }[wish]()


def _loop() -> bytes:
    while True:
        pass


def _connect() -> bytes:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
    return b"connected"


def _write(data: bytes) -> bytes:
    path = Path(tempfile.mkdtemp()) / "left"
    path.write_bytes(data)
    return b"written"
