"""One web process as operators start it, without the rest of the group."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.children import free_port, is_listening, wait_until
from tests.servers.daphne import database

ROOT = Path(__file__).resolve().parents[2]
StartWeb = Callable[..., tuple[subprocess.Popen[str], int]]


@pytest.fixture(scope="session")
def settled(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of an instance whose tables are made."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("CORPBLOG_")}
    with database() as base:
        ours = {"CORPBLOG_VAR": str(tmp_path_factory.mktemp("var")), "CORPBLOG_DATABASE_URL": base.url}
        yield {**outside, **ours, "PYTHONUNBUFFERED": "1"}


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
