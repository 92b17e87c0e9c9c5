"""ZIP archives: the names in them, and every file; no archive in an archive."""

from __future__ import annotations

from collections.abc import Callable

from corpblog.policy.extraction.containers import entries
from corpblog.policy.extraction.reading import Reading

Inner = Callable[[Reading, bytes, str], None]


def read_archive(reading: Reading, data: bytes, inner: Inner) -> None:
    """Read it entry by entry. inner: reads a file, its name first."""
    for entry in entries(reading, data):
        inner(reading, entry.data, entry.name)
