"""The only way out: every request that Corpblog makes to another machine passes `send`.

A name is resolved once, every address it has is judged, and the connection goes to an address that was judged: a name
server that answers differently the second time (rebinding) is never asked a second time. Proxies in the environment are
ignored, redirects are judged like first requests, and size and time are bounded as a whole, not read by read.
"""

import ipaddress
import json
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpcore
from django.conf import settings

from corpblog.kernel.addresses import is_outside

RESOLVE_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 3.0
TOTAL_SECONDS: Final = 20.0
LARGEST_ANSWER: Final = 1024 * 1024
REDIRECTS: Final = 3
REDIRECTING: Final = frozenset({301, 302, 303, 307, 308})
USER_AGENT: Final = "Corpblog (+https://corpblog.example)"


class EgressError(Exception):
    """The request could not be made or its answer not be read.

    reached: whether bytes of the request may have arrived at the other side. False is a promise that they did not.
    """

    def __init__(self, reason: str, *, reached: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reached = reached


class Forbidden(EgressError):
    """The address is one that Corpblog must not reach."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, reached=False)


class TooLarge(EgressError):
    """The answer is longer than the asker wants to read."""

    def __init__(self) -> None:
        super().__init__("the answer is too large", reached=True)


@dataclass(frozen=True)
class Answer:
    """What the other side said."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """Return the body as JSON; raises ValueError where it is not."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Place:
    """Where a URL leads, after the rules on schemes and ports."""

    scheme: str
    host: str
    port: int
    is_private: bool


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = TOTAL_SECONDS,
    largest: int = LARGEST_ANSWER,
    not_after: float | None = None,
    follows: bool = True,
    public_only: bool = False,
    cuts: bool = False,
) -> Answer:
    """Make one request and return the answer, whatever its status; raise EgressError where there is none.

    not_after: `time.monotonic()` after which not one byte is sent; a worker that slept past its lease must stay silent.
    follows: whether redirects are followed. Only GET and HEAD ever are: a repeated POST elsewhere would hand content
    and credentials to a stranger.
    public_only: not even the administrator's own servers; for addresses that anybody may have written.
    cuts: whether an answer larger than `largest` bytes is cut there, for readers whom its beginning serves; else it is
    an error.
    """
    until = time.monotonic() + seconds
    for _hop in range(REDIRECTS + 1):
        sent = dict(headers or {})
        place = place_of(url, public_only=public_only)
        limits = _Limits(until, not_after, largest, cuts)
        answer = _once(method, url, place, headers=sent, body=body, limits=limits)
        if not follows or answer.status not in REDIRECTING or method not in {"GET", "HEAD"}:
            return answer
        try:
            target = urljoin(url, answer.headers.get("location", ""))
        except ValueError as error:
            raise Forbidden("the address cannot be read") from error
        if _origin(target) != _origin(url):
            # Credentials were meant for the first host only.
            headers = {name: value for name, value in (headers or {}).items() if name.lower() != "authorization"}
        # A stranger's answer does not get to name the administrator's own servers.
        url, public_only = target, public_only or not place.is_private
    raise Forbidden("more than three redirects")


def place_of(url: str, *, public_only: bool = False) -> Place:
    """Return where `url` leads; raise Forbidden for what connectors have no business with."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        host = host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError) as error:
        raise Forbidden("the address cannot be read") from error
    if not host or parts.scheme not in {"http", "https"}:
        raise Forbidden("only http and https addresses")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("no names or passwords in addresses")
    port = port or (443 if parts.scheme == "https" else 80)
    # The administrator's own servers are named one by one; they may be on any port and without TLS.
    is_private = not public_only and f"{host}:{port}" in settings.EGRESS_PRIVATE
    if not is_private and (parts.scheme != "https" or port != 443):
        raise Forbidden("only https on port 443")
    return Place(parts.scheme, host, port, is_private)


def judged_addresses(place: Place, answers: Iterable[str]) -> list[str]:
    """Return the addresses to connect to; raise Forbidden if even one of them is not out on the internet."""
    addresses = list(dict.fromkeys(answers))
    if not addresses:
        raise EgressError("the name has no address", reached=False)
    if not place.is_private:
        for text in addresses:
            if not is_outside(ipaddress.ip_address(text.split("%")[0])):
                # One bad address spoils the name: a mixed answer is how rebinding begins.
                raise Forbidden("the name leads to an address inside")
    return addresses


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Ask the resolver once for all addresses of a host."""
    answers: queue.SimpleQueue[list[Any] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # The system's resolver takes no limit of time, and a name server that is silent costs it many seconds.
    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answers.get(timeout=max(0.0, seconds))
    except queue.Empty as error:
        raise EgressError("the name server is silent", reached=False) from error
    if isinstance(found, Exception):
        raise EgressError("the name cannot be resolved", reached=False) from found
    return [str(answer[4][0]) for answer in found]


@cache
def trust() -> ssl.SSLContext:
    """Return the system's certificate authorities, read once: that takes longer than many a request."""
    return ssl.create_default_context()


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


@dataclass(frozen=True)
class _Limits:
    """How long one request may take and how much its answer may be; see `send`."""

    until: float
    not_after: float | None
    largest: int
    cuts: bool


def _once(method: str, url: str, place: Place, *, headers: dict[str, str], body: bytes, limits: _Limits) -> Answer:
    answers = resolve(place.host, place.port, min(RESOLVE_SECONDS, limits.until - time.monotonic()))
    backend = _Pinned(place, judged_addresses(place, answers), limits.until, limits.not_after)
    # No compression: a small answer must not unfold into a large one.
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"} | headers
    try:
        with (
            httpcore.ConnectionPool(network_backend=backend, ssl_context=trust()) as pool,
            pool.stream(method, url, headers=list(headers.items()), content=body) as response,
        ):
            read = bytearray()
            for chunk in response.iter_stream():
                read += chunk
                if len(read) > limits.largest:
                    if not limits.cuts:
                        raise TooLarge
                    break
            named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, named, bytes(read[: limits.largest]), url)
    except EgressError:
        raise
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError, ValueError) as error:
        raise EgressError(type(error).__name__, reached=backend.has_written) from error


class _Pinned(httpcore.NetworkBackend):
    """Connects to judged addresses only, and lets nothing last longer than the whole request may."""

    def __init__(self, place: Place, addresses: list[str], until: float, not_after: float | None) -> None:
        self._place = place
        self._addresses = addresses
        self._until = until
        self._not_after = not_after
        self._real = httpcore.SyncBackend()
        self.has_written = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = EgressError("no address answered", reached=False)
        for address in self._addresses:
            seconds = min(CONNECT_SECONDS, self.seconds_left())
            try:
                return _Bounded(self._real.connect_tcp(address, self._place.port, timeout=seconds), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def connect_unix_socket(self, *_args: Any, **_kwargs: Any) -> httpcore.NetworkStream:
        raise Forbidden("no local sockets")

    def seconds_left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise EgressError("it took too long", reached=self.has_written)
        return left

    def before_writing(self) -> None:
        # Checked at the last instant: a stopped process wakes up here, between two instructions.
        if self._not_after is not None and not self.has_written and time.monotonic() > self._not_after:
            raise EgressError("the lease is over", reached=False)
        self.has_written = True


class _Bounded(httpcore.NetworkStream):
    """A stream whose every wait ends when the whole request must be over, however slowly bytes drip."""

    def __init__(self, stream: httpcore.NetworkStream, backend: _Pinned) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._backend.seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._backend.before_writing()
        self._stream.write(buffer, self._backend.seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._backend.seconds_left())
        return _Bounded(secured, self._backend)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
