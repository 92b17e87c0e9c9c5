"""A worker process that is stopped and wakes up after its lease sends not one byte."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.gate("G16")
@pytest.mark.parametrize("point", ["after_seal", "before_call"])
def test_a_stopped_worker_that_wakes_up_late_sends_nothing(tmp_path, point):
    ran = subprocess.run(
        [sys.executable, "-m", "tests.sharing.stopped", str(tmp_path), point],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    told = json.loads(ran.stdout.splitlines()[-1])
    assert (told["woke"], told["state"], told["posts"], told["shown"]) == (0, "sent", 1, 1)
    # Somebody else did take over.
    assert told["lease"] >= 2
