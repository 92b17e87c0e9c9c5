"""`python -m tests.servers [postgres] [redis] -- COMMAND…` runs a command with servers of its own."""

import contextlib
import os
import subprocess
import sys

from tests.servers.postgres import postgres
from tests.servers.redis import redis

_SERVERS = {"postgres": ("CORPBLOG_DATABASE_URL", postgres), "redis": ("CORPBLOG_REDIS_URL", redis)}


def main(arguments: list[str]) -> int:
    split = arguments.index("--")
    with contextlib.ExitStack() as servers:
        addresses = {}
        for name in arguments[:split]:
            variable, start = _SERVERS[name]
            addresses[variable] = servers.enter_context(start())
        return subprocess.run(arguments[split + 1 :], env={**os.environ, **addresses}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
