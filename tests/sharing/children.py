"""Processes of the tests that tell on their last line how it ended; each with a database of its own, of both kinds."""

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tests.servers.postgres import postgres

ROOT = Path(__file__).resolve().parents[2]


def told_by(module: str, *arguments: object, database: str, seconds: float = 600) -> Any:
    """Run `python -m module`, on a new database of this kind, `sqlite` or `postgresql`; return what it tells."""
    with postgres() if database == "postgresql" else nullcontext() as address:
        base = {name: value for name, value in os.environ.items() if not name.startswith("CORPBLOG_")}
        ran = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env=base | ({"CORPBLOG_DATABASE_URL": address} if address else {}),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])
