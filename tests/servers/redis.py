"""A Redis (or Valkey) of the tests' own."""

import contextlib
from collections.abc import Iterator

from tests.servers.children import find_program, free_port, is_listening, place_of_its_own, running


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Its address as CORPBLOG_REDIS_URL wants it."""
    with place_of_its_own("redis") as folder:
        port = free_port()
        command = [find_program("redis-server", "valkey-server"), "--port", str(port), "--bind", "127.0.0.1"]
        options = ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        with running([*command, *options], until=lambda: is_listening(port), log=folder / "log"):
            yield f"redis://127.0.0.1:{port}/0"
