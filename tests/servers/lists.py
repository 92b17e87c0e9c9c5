"""A real server on loopback that word lists follow: it serves what the test says."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers.children import serving


class Lists(ThreadingHTTPServer):
    """Serves `text`, or `raw`, with `status`, as `kind`, at every address; `asked` counts how often."""

    text = "Falcon\nProjet Mistral\n"
    raw = b""
    kind = ""
    status = 200
    asked = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/names"


class _Handler(BaseHTTPRequestHandler):
    server: Lists

    def do_GET(self) -> None:
        self.server.asked += 1
        body = self.server.raw or self.server.text.encode()
        self.send_response(self.server.status)
        if self.server.kind:
            self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        # Who only wants to see the beginning hangs up.
        with suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def serving_lists(settings: Any) -> Iterator[Lists]:
    """Serve lists at an address that the egress guard lets through."""
    server = Lists(("127.0.0.1", 0), _Handler)
    settings.EGRESS_PRIVATE = [f"127.0.0.1:{server.server_address[1]}"]
    with serving(server):
        yield server
