"""A server with Mastodon's API as a process of its own: mastodon-mock, on loopback, in memory."""

import contextlib
import json
import sys
import urllib.request
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from mastodon import Mastodon as MastodonClient

from tests.servers.children import free_port, is_listening, running

TOKEN = "mock_token"


class Server:
    """The server as a person with its password sees it."""

    def __init__(self, port: int) -> None:
        self.place = f"127.0.0.1:{port}"
        self.base = f"http://{self.place}"

    @cached_property
    def reader(self) -> Any:
        return MastodonClient(api_base_url=self.base, access_token=TOKEN, version_check_mode="none")

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def fault(
        self, kind: str, *, times: int = 1, method: str = "POST", path: str = "/api/v1/statuses", **more: Any
    ) -> None:
        effect = {"type": kind, **more}
        fault = {"match": {"methods": [method], "path": path}, "effect": effect, "count": times}
        self.ask("POST", "/api/v1/_mock/faults", fault)

    def statuses(self) -> list[str]:
        """What is published there, newest first, read by the client library that people's tools are written with."""
        shown: list[Any] = []
        # Forty at a time: a long drill leaves more.
        while page := self.reader.account_statuses(self.reader.me(), limit=40, max_id=shown[-1].id if shown else None):
            shown += page
        return [self.reader.status_source(status).text for status in shown]


@contextlib.contextmanager
def mastodon_server(folder: Path) -> Iterator[Server]:
    """Run a server whose log is in the folder."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "mastodon_mock",
        "serve",
        "--in-memory",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with running(
        [*command, "--port", str(port)],
        until=lambda: is_listening(port),
        log=folder / "mastodon.log",
        seconds=120,
        as_root=True,
    ):
        yield Server(port)
