"""A remote that runs here only as what its documentation says of it, and that keeps every byte it was sent."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers.children import serving


@dataclass(frozen=True)
class Request:
    """One request: what it says, and the bytes that it said it with."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    raw: bytes = field(repr=False)

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query)

    @property
    def route(self) -> str:
        return urlsplit(self.path).path

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass
class Reply:
    """What is answered; `silence` keeps the asker waiting until it gives up."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    silence: bool = False

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Recorder:
    """Answers as `behave` says. `next()` names what the following requests meet instead, before or after it acted."""

    def __init__(self, port: int, behave: Callable[[Request], Reply]) -> None:
        self.port = port
        self.place = f"127.0.0.1:{port}"
        self.base = f"http://{self.place}"
        self.behave = behave
        self.received: list[Request] = []
        self.over = threading.Event()
        self._instead: list[tuple[Reply | None, bool]] = []

    def next(self, *replies: Reply | None, after_acting: bool = False) -> None:
        """Answer the next requests so, one each; None stands for what it would have said."""
        self._instead += [(reply, after_acting or reply is None) for reply in replies]

    def answer(self, request: Request) -> Reply:
        self.received.append(request)
        instead, acts = self._instead.pop(0) if self._instead else (None, True)
        usual = self.behave(request) if acts else None
        reply = instead or usual
        assert reply is not None
        return reply


class _Tee:
    def __init__(self, file: Any) -> None:
        self._file, self.seen = file, b""

    def readline(self, *arguments: Any) -> bytes:
        return self._keep(self._file.readline(*arguments))

    def read(self, *arguments: Any) -> bytes:
        return self._keep(self._file.read(*arguments))

    def _keep(self, data: bytes) -> bytes:
        self.seen += data
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextlib.contextmanager
def recorder(behave: Callable[[Request], Reply]) -> Iterator[Recorder]:
    """Run the remote on loopback until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            super().setup()
            self.rfile = _Tee(self.rfile)  # type: ignore[assignment]

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.close_connection = True
            raw = self.rfile.seen  # type: ignore[attr-defined]
            reply = place.answer(Request(self.command, self.path, dict(self.headers.items()), body, raw))
            if reply.silence:
                place.over.wait(60)
                return
            content = reply.content()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 (http.server's names)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place = Recorder(server.server_port, behave)
    with serving(server):
        try:
            yield place
        finally:
            place.over.set()
