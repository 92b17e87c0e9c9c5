"""The files of signed heads, which belong on other storage than the database: one head a line, only ever added to."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings


def stamp_file() -> Path:
    """Where heads lie with the time stamps over them, beside the anchors."""
    path: Path = settings.ANCHOR_FILE.with_name("timestamps.jsonl")
    return path


def append(path: Path, facts: dict[str, Any]) -> None:
    """Add one line, and return when it would outlive a crash; raise OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_APPEND and one write: two workers cannot tear each other's line.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, (json.dumps(facts) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
