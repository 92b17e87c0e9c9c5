"""Web processes of the tests' own, as `manage.py web` starts them, on a database that the test may write to as well."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import dj_database_url
from django.conf import settings
from django.db import connections
from django.db.utils import ConnectionHandler

from tests.servers import migrated
from tests.servers.children import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Database:
    """A migrated database on its own, of the kind that the test run uses, which several processes may open."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Let the models of the test process read and write it, in this thread, instead of the test database."""
        ours = ConnectionHandler({"default": settings_of(self.url)})["default"]
        before = connections["default"]
        connections["default"] = ours
        try:
            yield
        finally:
            ours.close()
            connections["default"] = before


def settings_of(url: str) -> dict[str, object]:
    parsed = dj_database_url.parse(url)
    if parsed["ENGINE"] != "django.db.backends.sqlite3":
        return {**parsed, "CONN_MAX_AGE": 0}
    return {**parsed, "OPTIONS": settings.DATABASE["OPTIONS"]}


@contextlib.contextmanager
def database() -> Iterator[Database]:
    """A fresh one, migrated, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="corpblog-web-") as name, migrated.copied(Path(name)) as (url, is_ready):
        made = Database(url, Path(name))
        if not is_ready:
            _manage(made, "migrate")
        _static_files(made)
        yield made


def _manage(base: Database, *step: str) -> None:
    command = [sys.executable, "manage.py", *step, "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment_for(base), check=True, timeout=300)


def _static_files(base: Database) -> None:
    """Those that were collected before the tests ran, as `make test` does; compressing them anew takes long."""
    collected, ours = Path(settings.STATIC_ROOT), base.folder / "var" / "static"
    if not (collected / "staticfiles.json").exists():
        _manage(base, "collectstatic", "--noinput")
        return
    ours.parent.mkdir(exist_ok=True)
    ours.symlink_to(collected)


def environment_for(base: Database, **more: str) -> dict[str, str]:
    """What a process needs to work on this database, and nothing that the shell of the test run had set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CORPBLOG_")}
    ours = {
        "CORPBLOG_VAR": str(base.folder / "var"),
        "CORPBLOG_DATABASE_URL": base.url,
        "CORPBLOG_SECRET_KEY": settings.SECRET_KEY,
    }
    return {**kept, **ours, **{f"CORPBLOG_{name}": value for name, value in more.items()}}


class Daphne:
    """One web process."""

    def __init__(self, base: Database, environment: Mapping[str, str] | None = None, *, drain: float = 0.2) -> None:
        self.base = base
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.live = f"ws://127.0.0.1:{self.port}/live/"
        self.log = base.folder / f"web-{self.port}.log"
        self._drain = drain
        self._environment = {"ORIGINS": self.origin, **(environment or {})}
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "manage.py", "web", "--port", str(self.port), "--drain", str(self._drain)]
        environment = environment_for(self.base, VAR=str(self._folder()), **self._environment)
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        child = self.child
        wait_until(self._answers, seconds=60, alive=lambda: child.poll() is None, log=self.log)

    def _folder(self) -> Path:
        """A folder of its own, as SQLite's one web process locks its own; the static files are those of all."""
        folder = self.base.folder / f"var-{self.port}"
        folder.mkdir(exist_ok=True)
        if not (folder / "static").exists():
            (folder / "static").symlink_to(self.base.folder / "var" / "static")
        return folder

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/healthz", timeout=2):
                return True
        except OSError:
            return False

    def stop(self) -> int:
        """End it as a deployment does."""
        assert self.child
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        return self.child.wait(30)

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self.child
        self.child.kill()
        self.child.wait()

    def restart(self, environment: Mapping[str, str]) -> None:
        """The same address with other settings."""
        self.stop()
        self._environment |= environment
        self.start()

    def metric(self, name: str, label: str = "") -> float:
        """The sum of a Prometheus figure over its labels, or over those that contain `label`."""
        with urllib.request.urlopen(f"{self.origin}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        ours = [line for line in lines if line.startswith((f"{name} ", f"{name}{{")) and label in line]
        return sum(float(line.rsplit(" ", 1)[1]) for line in ours)

    def said(self) -> str:
        """Everything it logged."""
        return self.log.read_text(errors="replace")

    def memory(self) -> int:
        """Its resident memory in bytes, as ps tells it on every system."""
        assert self.child
        command = ["ps", "-o", "rss=", "-p", str(self.child.pid)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) * 1024


@contextlib.contextmanager
def daphne(base: Database, environment: Mapping[str, str] | None = None, *, drain: float = 0.2) -> Iterator[Daphne]:
    """A running web process until the end of the block."""
    process = Daphne(base, environment, drain=drain)
    try:
        process.start()
        yield process
    finally:
        if process.child and process.child.poll() is None:
            process.stop()
