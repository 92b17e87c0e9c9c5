"""Processes of the tests that tell on their last line how it ended; each with a database of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.servers.daphne import database

ROOT = Path(__file__).resolve().parents[2]


def told_by(module: str, *arguments: object, seconds: float = 600) -> Any:
    """Run `python -m module` on a new database of the kind of this run, migrated; return what it tells."""
    with database() as base:
        outside = {name: value for name, value in os.environ.items() if not name.startswith("CORPBLOG_")}
        ran = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            env=outside | {"CORPBLOG_DATABASE_URL": base.url},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])
