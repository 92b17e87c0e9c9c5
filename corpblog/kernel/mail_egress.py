"""The only way out for mail: SMTP under the rules of `egress`, with every step told apart in what it may have done.

The name is resolved once and judged, the connection goes to an address that was judged, it is encrypted unless the
administrator named the server as one inside, and the whole takes a bounded time.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from corpblog.kernel import egress
from corpblog.kernel.egress import EgressError, Forbidden, Place

TLS_PORT: Final = 465
PORTS: Final = frozenset({TLS_PORT, 587})
STEP_SECONDS: Final = 15.0
# Less than a lease lasts, so that nobody else begins while we still talk.
TOTAL_SECONDS: Final = 40.0


class MailRefused(Exception):
    """The server said no before it had anything to send on. `for_good`: whether asking again could help."""

    def __init__(self, said: str, *, step: str, for_good: bool) -> None:
        super().__init__(said)
        self.said = said
        self.step = step
        self.for_good = for_good


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


def company_server() -> MailServer | None:
    """Return the company's mail server; None where there is none. Raises ValueError for what cannot be read."""
    if not settings.MAIL_SERVER:
        return None
    given = urlsplit(settings.MAIL_SERVER)
    if given.scheme != "smtp" or not given.hostname:
        raise ValueError("CORPBLOG_MAIL_SERVER is not like smtp://user:password@host:587")
    return MailServer(given.hostname, given.port or 587, unquote(given.username or ""), unquote(given.password or ""))


def check(server: MailServer) -> None:
    """Reach the server and sign in, and send nothing; raise EgressError or MailRefused."""
    with _Talk(server) as talk:
        talk.sign_in()


def deliver(
    server: MailServer, *, sender: str, recipients: Sequence[str], message: bytes, not_after: float | None = None
) -> None:
    """Hand one message over for all recipients or for none; raise EgressError or MailRefused.

    The server has it from the answer to its last byte on; before, a failure means that nobody gets it.
    """
    with _Talk(server) as talk:
        talk.sign_in()
        talk.address(sender, recipients)
        if not_after is not None and time.monotonic() > not_after:
            raise EgressError("the lease is over", reached=False)
        talk.hand_over(message)


def _place_of(server: MailServer) -> Place:
    host = server.host.strip().rstrip(".").lower()
    is_private = f"{host}:{server.port}" in settings.EGRESS_PRIVATE
    if not host or "/" in host or "@" in host:
        raise Forbidden("the name of the server cannot be read")
    if not is_private and server.port not in PORTS:
        raise Forbidden("only ports 465 and 587")
    return Place("smtp", host, server.port, is_private)


class _Pinned(smtplib.SMTP):
    """Connects to one judged address, whatever name it is called by."""

    def __init__(self, host: str, address: str, *, tls: ssl.SSLContext | None) -> None:
        self._address, self._tls = address, tls
        super().__init__(timeout=STEP_SECONDS, local_hostname="localhost")
        self._host = host  # what the certificate must say

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        raw = socket.create_connection((self._address, port), egress.CONNECT_SECONDS)
        raw.settimeout(timeout)
        return self._tls.wrap_socket(raw, server_hostname=host) if self._tls else raw


class _Talk:
    """One conversation with a mail server."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._place = _place_of(server)
        self._smtp: _Pinned | None = None
        self._until = time.monotonic() + TOTAL_SECONDS

    @property
    def _line(self) -> _Pinned:
        """The open connection, as long as the whole may still last."""
        assert self._smtp is not None
        left = self._until - time.monotonic()
        if left <= 0:
            raise EgressError("it took too long", reached=False)
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(min(left, STEP_SECONDS))
        return self._smtp

    def __enter__(self) -> "_Talk":
        place = self._place
        failure: Exception | None = None
        for address in egress.judged_addresses(place, egress.resolve(place.host, place.port, egress.RESOLVE_SECONDS)):
            try:
                self._open(address)
            except (OSError, smtplib.SMTPException) as error:
                failure = error
            else:
                return self
        raise EgressError(type(failure).__name__, reached=False) from failure

    def _open(self, address: str) -> None:
        place, context = self._place, egress.trust()
        smtp = _Pinned(place.host, address, tls=context if place.port == TLS_PORT else None)
        try:
            smtp.connect(place.host, place.port)
            smtp.ehlo()
            if place.port != TLS_PORT and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
                smtp.ehlo()
            elif place.port != TLS_PORT and not place.is_private:
                raise EgressError("the server offers no encryption", reached=False)
        except BaseException:
            smtp.close()
            raise
        self._smtp = smtp

    def __exit__(self, *_error: object) -> None:
        assert self._smtp is not None
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def sign_in(self) -> None:
        if not self._server.user:
            return
        try:
            self._line.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise MailRefused(_said(error.smtp_error), step="sign_in", for_good=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise EgressError(type(error).__name__, reached=False) from error

    def address(self, sender: str, recipients: Sequence[str]) -> None:
        """Name sender and recipients. One that is refused ends it for all: half a press list is no press list."""
        try:
            steps = [("sender", self._line.mail(sender))]
            steps += [("recipient", self._line.rcpt(recipient)) for recipient in recipients]
        except (OSError, smtplib.SMTPException) as error:
            raise EgressError(type(error).__name__, reached=False) from error
        for step, (code, said) in steps:
            if code not in {250, 251}:
                raise MailRefused(_said(said), step=step, for_good=code >= 500)

    def hand_over(self, message: bytes) -> None:
        line = self._line
        try:
            code, said = line.data(message)
        except smtplib.SMTPDataError as error:
            # It refused to be told, before a byte of the message.
            raise MailRefused(_said(error.smtp_error), step="message", for_good=error.smtp_code >= 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise EgressError(type(error).__name__, reached=True) from error
        if code != 250:
            raise MailRefused(_said(said), step="message", for_good=code >= 500)


def _said(words: bytes | str) -> str:
    return (words.decode("utf-8", "replace") if isinstance(words, bytes) else words)[:200]
