"""Corpblog itself as a stranger starts it: the script behind `make run`, with its own data, on a free port."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.servers.children import free_port, is_listening, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Instance:
    """One embedded instance with the demo company."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "instance.log"
        self._environment = dict(environment or {})
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What commands of this instance need."""
        base = {name: value for name, value in os.environ.items() if not name.startswith("CORPBLOG_")}
        return {**base, "CORPBLOG_VAR": str(self.folder / "var"), "PORT": str(self.port), **self._environment}

    def start(self, seconds: float = 300) -> None:
        """Start it and wait until it may serve."""
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                ["sh", "deploy/run.sh"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        child = self._child
        wait_until(lambda: is_listening(self.port), seconds=seconds, alive=lambda: child.poll() is None, log=self.log)

    def stop(self) -> int:
        """End it as Ctrl-C does."""
        assert self._child
        self._child.send_signal(signal.SIGINT)
        return self._child.wait(30)

    def kill(self) -> None:
        """End it as a power cut would; its children notice by themselves."""
        assert self._child
        self._child.kill()
        self._child.wait()
        wait_until(lambda: not is_listening(self.port), seconds=15)

    def child_pid(self, name: str) -> int:
        """The process that runs `manage.py NAME`, or the demo directory."""
        assert self._child
        found = subprocess.run(
            ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(self._child.pid)],
            capture_output=True,
            text=True,
            check=True,
        )
        for line in found.stdout.splitlines():
            pid, _space, arguments = line.strip().partition(" ")
            if f" {name} " in f"{arguments} ":
                return int(pid)
        raise LookupError(f"{name} does not run:\n{found.stdout}")

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """Run an operator's command on this instance."""
        done = subprocess.run(
            [str(ROOT / ".venv/bin/python"), "manage.py", *arguments],
            cwd=ROOT,
            env={name: value for name, value in self.environment.items() if name != "PORT"},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None


@contextlib.contextmanager
def corpblog(environment: Mapping[str, str] | None = None) -> Iterator[Instance]:
    """A fresh instance until the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="corpblog-instance-"))
    instance = Instance(folder, environment)
    try:
        instance.start()
        yield instance
    finally:
        if instance.is_running:
            instance.stop()
        shutil.rmtree(folder, ignore_errors=True)
