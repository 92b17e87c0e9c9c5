"""The few threads that read the database for this process's sockets.

`database_sync_to_async` would put every read of every socket on one thread: a query of 4 s stopped all sockets and all
handshakes for 3.7 s, measured. These threads are bounded and apart from those that serve pages.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connection

from corpblog.realtime.limits import READERS

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Readers:
    """A bounded pool; each call gives its database connection back, where others wait for one.

    On SQLite nobody does, and opening the file again costs more than the read.
    """

    def __init__(self, size: int = READERS) -> None:
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="live-reader")

    async def run(
        self, function: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> Result:
        """Run a synchronous read and await its result."""

        def call() -> Result:
            try:
                return function(*arguments, **named)
            except Exception:
                connection.close()
                raise
            finally:
                if connection.vendor != "sqlite":
                    close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
