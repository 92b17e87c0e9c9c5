"""A real SMTP server (aiosmtpd) in the tests' own process, with and without TLS, that keeps what it was handed."""

import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.children import free_port


class Mailbox:
    """What was handed over, and how the server answers the next time."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answers: list[str] = []
        self.refused: set[str] = set()
        self.passwords: list[tuple[bytes, bytes]] = []

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(envelope.content, policy=default) for envelope in self.envelopes]  # type: ignore[misc, arg-type]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's names)
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2") or answer == "cut":
            self.envelopes.append(envelope)
        if answer == "cut":
            server.transport.abort()
        return answer

    def authenticate(self, _server: Any, _session: Any, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        self.passwords.append((data.login, data.password))
        return AuthResult(success=data.password == b"right", handled=data.password == b"right")


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """Return what a message says to programs that show text, or, `html`, to those that show pages."""
    part = message.get_body((kind,))
    assert part is not None, f"{message['Subject']} has no such part"
    return str(part.get_content())


@contextlib.contextmanager
def smtp(*, tls: ssl.SSLContext | None = None, implicit: bool = False) -> Iterator[tuple[Mailbox, int]]:
    """Run the server on loopback; with a context it offers STARTTLS, or speaks TLS from the first byte on."""
    mailbox, port = Mailbox(), free_port()
    more: dict[str, Any] = {"authenticator": mailbox.authenticate, "auth_require_tls": False}
    if tls and implicit:
        more["ssl_context"] = tls
    elif tls:
        more |= {"tls_context": tls}
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


def certificate(folder: Path, name: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's context for that name, and the file with the authority that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("::1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, file
