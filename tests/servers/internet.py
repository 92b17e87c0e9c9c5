"""A made-up internet: a real name server and a real web server on loopback, which stand for everything outside.

Names get their answers from the name server, asked over UDP; what is connected to at a public address arrives, with
TLS and a certificate for the name, at the web server, which writes down every request. Loopback stays loopback.
"""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from dnslib import AAAA, CNAME, QTYPE, RCODE, RR, A, DNSRecord
from dnslib.server import BaseResolver, DNSServer

from corpblog.kernel import egress
from tests.servers.children import serving

PUBLIC = "93.184.216.34"


@dataclass
class Internet(BaseResolver):  # type: ignore[misc]
    """`names` says what each name answers: one list of addresses (or one `alias:` name) after the other.

    `sites` says what a host does with a request: a status with headers, or a function of the handler.
    """

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    sites: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # every name that the name server was asked for, by question
    connected: list[tuple[str, int]] = field(default_factory=list)  # every address that was connected to
    seen: list[str] = field(default_factory=list)  # every URL that arrived

    def site(self, host: str, behave: Callable[[BaseHTTPRequestHandler], None], address: str = PUBLIC) -> None:
        self.names[host], self.sites[host] = [[address]], behave

    def forget(self) -> None:
        """Begin anew, for the next test."""
        for memory in (self.names, self.sites, self.asked, self.connected, self.seen):
            memory.clear()

    def leads(self, url: str, target: str, status: int = 301) -> None:
        """Have a public address redirect to another one."""
        parts = urlsplit(url)
        here = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        host = parts.hostname or ""
        known = getattr(self.sites.get(host), "targets", {}) | {here: (status, target)}
        self.site(host, _redirecting(known))

    # What the name server asks of a resolver ----------------------------------------------------------------------

    def resolve(self, request: DNSRecord, handler: Any) -> DNSRecord:
        name, kind = str(request.q.qname).rstrip(".").lower(), QTYPE[request.q.qtype]
        answer = request.reply()
        if name not in self.names:
            answer.header.rcode = RCODE.NXDOMAIN
            return answer
        answers = self.names[name]
        self.asked.append(f"{name} {kind}")
        turn = answers[0]
        # The question for IPv6 addresses comes after the one for IPv4, and ends the turn.
        if kind == "AAAA" and len(answers) > 1:
            answers.pop(0)
        for text in turn:
            self._add(answer, name, kind, text)
        return answer

    def _add(self, answer: DNSRecord, name: str, kind: str, text: str) -> None:
        if text.startswith("alias:"):
            alias = text.removeprefix("alias:")
            answer.add_answer(RR(name, QTYPE.CNAME, rdata=CNAME(alias), ttl=0))
            for inner in self.names[alias][0]:
                self._add(answer, alias, kind, inner)
        elif (kind == "AAAA") == (":" in text):
            data = AAAA(text) if ":" in text else A(text)
            answer.add_answer(RR(name, getattr(QTYPE, kind), rdata=data, ttl=0))


def _redirecting(targets: dict[str, tuple[int, str]]) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        status, target = targets.get(handler.path, (404, ""))
        handler.send_response(status)
        if target:
            handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    behave.targets = targets  # type: ignore[attr-defined]
    return behave


def page(handler: BaseHTTPRequestHandler) -> None:
    """Answer with a small page."""
    body = b"<p>hello</p>"
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command != "HEAD":
        handler.wfile.write(body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def _answer(self) -> None:
        internet: Internet = self.server.internet  # type: ignore[attr-defined]
        host = self.headers.get("Host", "").partition(":")[0]
        internet.seen.append(f"{self.command} https://{host}{self.path}")
        internet.sites.get(host, page)(self)

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815

    def log_message(self, *_args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args: object) -> None:
        """A client that hangs up in the middle is what these tests are about."""


@contextlib.contextmanager
def internet(patch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """Put the made-up internet in the place of the real one, for this process."""
    world, authority = Internet(), trustme.CA()
    patch.setattr(egress, "trust", lambda: _trusting(authority))
    with _web(world, authority) as web_port, _name_server(world) as names_port:
        _reroute(patch, world, web_port=web_port, names_port=names_port)
        yield world


@pytest.fixture(scope="module")
def module_internet() -> Iterator[Internet]:
    """Give one made-up internet to a whole module; a test begins with `forget`."""
    with pytest.MonkeyPatch.context() as patch, internet(patch) as made:
        yield made


def _trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@contextlib.contextmanager
def _web(world: Internet, authority: trustme.CA) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def certificate_for(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _first: ssl.SSLContext) -> None:
        fitting = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name or PUBLIC).configure_cert(fitting)
        connection.context = fitting

    context.sni_callback = certificate_for  # type: ignore[assignment]
    authority.issue_cert(PUBLIC).configure_cert(context)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.internet = world  # type: ignore[attr-defined]
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with serving(server):
        yield server.server_address[1]


@contextlib.contextmanager
def _name_server(world: Internet) -> Iterator[int]:
    server = DNSServer(world, address="127.0.0.1", port=0, logger=_Quiet()).server
    with serving(server):
        yield server.server_address[1]


class _Quiet:
    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args: None


def _reroute(patch: pytest.MonkeyPatch, world: Internet, *, web_port: int, names_port: int) -> None:
    numeric, connect = socket.getaddrinfo, egress.httpcore.SyncBackend.connect_tcp

    def getaddrinfo(host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        # The system's own reading of an address in any spelling; only names are asked for.
        with contextlib.suppress(socket.gaierror):
            return numeric(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        found = [text for kind in ("A", "AAAA") for text in _ask(host, kind, names_port)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in found]

    def connect_tcp(self: Any, host: str, port: int, **more: Any) -> Any:
        world.connected.append((host, port))
        is_ours = host.startswith("127.") or host == "::1"
        return connect(self, host, port, **more) if is_ours else connect(self, "127.0.0.1", web_port, **more)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)
    patch.setattr(egress.httpcore.SyncBackend, "connect_tcp", connect_tcp)


def _ask(host: str, kind: str, port: int) -> list[str]:
    answer = DNSRecord.parse(DNSRecord.question(host, kind).send("127.0.0.1", port, timeout=10))
    return [str(record.rdata) for record in answer.rr if QTYPE[record.rtype] == kind]
