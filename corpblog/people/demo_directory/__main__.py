"""`python -m corpblog.people.demo_directory --port 3890 --dir var/directory` serves the demo company until SIGTERM."""

import argparse
import getpass
import logging
import os
import secrets
import signal
import socket
import socketserver
import ssl
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Final

from .certificates import Certificates, ensure_certificates
from .company import DATA_FILE, BadCompanyError
from .directory import Directory
from .passwords import hash_password
from .session import Session

# Never anything else: a demo with a published password has no business on a network.
_HOST: Final = "127.0.0.1"
_MAX_CONNECTIONS: Final = 64
_PARENT_CHECK_SECONDS: Final = 1.0

logger = logging.getLogger("corpblog.demo_directory")


class Server(socketserver.ThreadingTCPServer):
    """One thread a connection: blocking reads make StartTLS a plain wrap of the socket."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, directory: Directory, tls: ssl.SSLContext) -> None:
        super().__init__((_HOST, port), socketserver.BaseRequestHandler)
        self._directory = directory
        self._tls = tls
        self._places = threading.BoundedSemaphore(_MAX_CONNECTIONS)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serves one connection, in its own thread."""
        assert isinstance(request, socket.socket)
        if not self._places.acquire(blocking=False):
            request.close()
            return
        try:
            Session(request, self._directory, self._tls).serve()
        except Exception:
            logger.exception("A request failed; the directory goes on.")
        finally:
            request.close()
            self._places.release()


def main() -> int:
    """Parses the command line and serves."""
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="demo directory: %(message)s", stream=sys.stderr)
    if options.hash:
        print(hash_password(getpass.getpass()))  # noqa: T201
        return 0
    try:
        server = _server(options)
    except (BadCompanyError, OSError) as error:
        print(f"demo directory: {error}", file=sys.stderr)  # noqa: T201
        return 1
    _stop_when_told(server)
    # Corpblog finds the directory by this file, whichever port it was given.
    address = options.dir / "address"
    beside = address.with_suffix(".new")
    beside.write_text(f"ldap://{_HOST}:{server.server_address[1]}\n", encoding="ascii")
    beside.replace(address)
    print(f"READY {server.server_address[1]}", flush=True)  # noqa: T201
    server.serve_forever(poll_interval=0.1)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="corpblog.people.demo_directory", description=__doc__)
    parser.add_argument("--port", type=int, default=3890, help="0: any free one")
    parser.add_argument("--dir", type=Path, default=Path("var/directory"), help="certificates and the service password")
    parser.add_argument("--data", type=Path, default=DATA_FILE, help="the company, read again whenever it changes")
    parser.add_argument(
        "--certificates", type=Path, help="a directory with ca.pem, server.pem and server.key to use as is"
    )
    parser.add_argument("--hash", action="store_true", help="print the hash of a password and end")
    return parser.parse_args()


def _server(options: argparse.Namespace) -> Server:
    options.dir.mkdir(parents=True, exist_ok=True)
    kept = options.certificates
    files = Certificates.in_directory(kept) if kept else ensure_certificates(options.dir)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.load_cert_chain(files.certificate, files.key)
    return Server(options.port, Directory(options.data, _service_password(options.dir)), tls)


def _service_password(directory: Path) -> str:
    """Made at the first start, readable by the owner only; Corpblog reads the same file."""
    path = directory / "service-password"
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii").strip()


def _stop_when_told(server: Server) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread: ask from another one.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(_PARENT_CHECK_SECONDS)
        server.shutdown()

    threading.Thread(target=watch, name="parent watch", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
