"""One web process as operators start it, without the rest of the group."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.children import free_port, is_listening, wait_until

ROOT = Path(__file__).resolve().parents[2]
StartWeb = Callable[..., tuple[subprocess.Popen[str], int]]


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of an embedded instance whose tables are made."""
    var = tmp_path_factory.mktemp("var")
    base = {name: value for name, value in os.environ.items() if not name.startswith("CORPBLOG_")}
    environment = {**base, "CORPBLOG_VAR": str(var), "PYTHONUNBUFFERED": "1"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return environment


@pytest.fixture
def start_web(settled: dict[str, str]) -> Iterator[StartWeb]:
    """Start `manage.py web`; give the process and its port."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, wait: bool = True) -> tuple[subprocess.Popen[str], int]:
        port = free_port()
        command = [sys.executable, "manage.py", "web", "--port", str(port), *arguments]
        pipe = subprocess.PIPE
        child = subprocess.Popen(command, cwd=ROOT, env=settled, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        started.append(child)
        if wait:
            wait_until(lambda: is_listening(port), seconds=120, alive=lambda: child.poll() is None)
        return child, port

    yield start
    for child in started:
        child.kill()
        child.wait()
        assert child.stdout
        child.stdout.close()
