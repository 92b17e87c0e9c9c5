"""A proxy in front of a real server that loses its answers: what was asked did happen, and who asked cannot know."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from tests.servers.children import serving

Loss = Literal["silence", "500", "garbage", "reset"]


class Front:
    """Passes everything on. `lose()` names what becomes of the next answers to a method and the start of a path."""

    def __init__(self, port: int, behind: int) -> None:
        self.place = f"127.0.0.1:{port}"
        self.base = f"http://{self.place}"
        self.behind = behind
        self.over = threading.Event()
        self.asked: list[tuple[str, str, bytes]] = []
        self._losses: list[tuple[str, str, Loss]] = []

    def lose(self, loss: Loss, *, path: str, method: str = "POST", times: int = 1) -> None:
        self._losses.extend([(method, path, loss)] * times)

    def loss_of(self, method: str, path: str) -> Loss | None:
        for number, (lost_method, start, loss) in enumerate(self._losses):
            if method == lost_method and path.startswith(start):
                del self._losses[number]
                return loss
        return None

    def pass_on(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, list[Any], bytes]:
        """The real server's answer, read to its end: by then it has done what it was asked."""
        self.asked.append((method, path, body))
        # Its own name for itself stays ours: servers put it into the addresses they give out.
        wire = http.client.HTTPConnection("127.0.0.1", self.behind, timeout=30)
        try:
            wire.request(method, path, body=body or None, headers=headers)
            answer = wire.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            wire.close()


@contextlib.contextmanager
def front(behind: int) -> Iterator[Front]:
    """Stand in front of the server on this port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = place.pass_on(self.command, self.path, body, dict(self.headers.items()))
            self.close_connection = True
            loss = place.loss_of(self.command, self.path)
            if loss == "silence":
                place.over.wait(60)
                return
            if loss == "reset":
                return
            if loss == "500":
                status, content = 500, b'{"error": "Something went wrong"}'
            if loss == "garbage":
                content = b"<html>not what you asked for"
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in {"content-length", "transfer-encoding", "connection", "date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 (http.server's names)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    place = Front(server.server_port, behind)
    with serving(server):
        try:
            yield place
        finally:
            place.over.set()
