"""The only way out for the log: one syslog message (RFC 5424) over UDP, TCP or TLS, under the rules of `egress`.

Syslog says nothing back. Over TCP and TLS the other side has the message when it closes the line after our end of it:
a write alone ends in a buffer of this machine. Over UDP nobody ever knows, and the caller is told so.
"""

import platform
import re
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from corpblog.kernel import egress
from corpblog.kernel.egress import EgressError, Forbidden, Place

# RFC 5426, RFC 6587 with the port that IANA gave to rsyslog's kind of TCP, RFC 5425.
PORTS: Final = {"udp": 514, "tcp": 601, "tls": 6514}
STEP_SECONDS: Final = 10.0
# A closed UDP port says so at once, if at all.
ECHO_SECONDS: Final = 0.3
LOG_AUDIT_NOTICE: Final = 13 * 8 + 5


@dataclass(frozen=True)
class SyslogServer:
    """Where messages go, and over what: udp, tcp or tls."""

    transport: str
    host: str
    port: int


def read_server(address: str) -> SyslogServer:
    """Return the server of an address like tls://host:6514; raise ValueError for what is none."""
    given = urlsplit(address)
    if given.scheme not in PORTS or not given.hostname or given.path.strip("/") or given.username is not None:
        raise ValueError(address)
    return SyslogServer(given.scheme, given.hostname.rstrip("."), given.port or PORTS[given.scheme])


def deliver(server: SyslogServer, text: str, *, kind: str, at: datetime) -> bool:
    """Send one message; return whether the other side showed that it came to its end. Raise EgressError.

    text: ASCII. kind: the MSGID, by which receivers filter.
    """
    place = _place_of(server)
    message = _spelled(text, kind, at)
    failure: Exception | None = None
    for address in egress.judged_addresses(place, egress.resolve(place.host, place.port, egress.RESOLVE_SECONDS)):
        try:
            if server.transport == "udp":
                return _throw(address, place.port, message)
            return _hand_over(address, place, message, tls=server.transport == "tls")
        except OSError as error:
            failure = error
    raise EgressError(_words(failure), reached=False) from failure


def _place_of(server: SyslogServer) -> Place:
    is_private = f"{server.host}:{server.port}" in settings.EGRESS_PRIVATE
    if not is_private and server.transport != "tls":
        raise Forbidden("outside the house only tls")
    return Place("syslog", server.host, server.port, is_private)


def _spelled(text: str, kind: str, at: datetime) -> bytes:
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    # RFC 5424, 6: a header is printable ASCII without spaces, and `-` is nothing.
    host = re.sub(r"[^!-~]", "", platform.node())[:255] or "-"
    return f"<{LOG_AUDIT_NOTICE}>1 {moment} {host} corpblog - {kind} - {text}".encode("ascii")


def _throw(address: str, port: int, message: bytes) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.connect((address, port))
        line.send(message)
        line.settimeout(ECHO_SECONDS)
        try:
            line.recv(1)
        except TimeoutError:
            return False
    return False


def _hand_over(address: str, place: Place, message: bytes, *, tls: bool) -> bool:
    raw = socket.create_connection((address, place.port), egress.CONNECT_SECONDS)
    raw.settimeout(STEP_SECONDS)
    with raw:
        # RFC 5425, 4.3: the length comes first, so that a message may hold a line's end.
        frame = b"%d %s" % (len(message), message)
        if not tls:
            raw.sendall(frame)
            raw.shutdown(socket.SHUT_WR)
            return _is_closed(raw)
        with egress.trust().wrap_socket(raw, server_hostname=place.host) as line:
            line.sendall(frame)
            try:
                line.unwrap()
            except ssl.SSLError:
                # Closed without the farewell that TLS wants; its end was reached all the same.
                return True
            return True


def _is_closed(line: socket.socket) -> bool:
    while line.recv(1024):
        pass
    return True


def _words(failure: Exception | None) -> str:
    return f"{type(failure).__name__} {failure}"[:200]
