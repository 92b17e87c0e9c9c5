"""Processes live and end together."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from corpblog.config.serving.processes import Process
from tests.servers.children import wait_until

ROOT = Path(__file__).resolve().parents[2]


def is_alive(pid: int) -> bool:
    try:
        return (
            "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if Path("/proc").exists()
            else not os.kill(pid, 0)
        )
    except (OSError, IndexError):
        return False


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n")
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-m', 'corpblog.config.serving.child', 'sleeper'])\n"
        "time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    started = subprocess.Popen([sys.executable, str(parent)], stdout=subprocess.PIPE, text=True, env=environment)
    assert started.stdout
    child = int(started.stdout.readline())
    assert is_alive(child)
    started.kill()
    started.wait()
    wait_until(lambda: not is_alive(child), seconds=15)


def test_what_crashes_is_started_again_after_a_pause() -> None:
    said: list[str] = []
    process = Process("web", ["this_module_is_not_there"], lambda _name, line: said.append(line))
    process.start()
    wait_until(lambda: process.exit_code is not None, seconds=15)
    process.tend()
    assert said[-1] == "ended unexpectedly (exit code 1); starting again in 0.2 s"
    wait_until(lambda: (process.tend(), process.is_running)[1], seconds=15)
    process.wait(10)
    process.tend()
    assert said[-1].endswith("starting again in 1 s")


def test_a_killed_process_is_named_as_killed() -> None:
    said: list[str] = []
    process = Process("web", ["http.server", "0", "--bind", "127.0.0.1"], lambda _name, line: said.append(line))
    process.start()
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    process.tend()
    assert "killed by SIGKILL" in said[-1]
    process.wait(1)
