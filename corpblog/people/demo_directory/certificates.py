"""Certificates of the demo directory: an authority that forgets its key, and one server certificate."""

import contextlib
import datetime as dt
import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOCAL_HOSTS = ("localhost", "127.0.0.1")
_LIFE = dt.timedelta(days=397)
_RENEW_BEFORE = dt.timedelta(days=30)


@dataclass(frozen=True)
class Certificates:
    """Where the files are."""

    authority: Path
    certificate: Path
    key: Path

    @classmethod
    def in_directory(cls, directory: Path) -> "Certificates":
        """The three files of one directory."""
        return cls(directory / "ca.pem", directory / "server.pem", directory / "server.key")


def ensure_certificates(directory: Path) -> Certificates:
    """The certificates of this directory, made anew when they are missing or about to expire."""
    files = Certificates.in_directory(directory)
    if not _still_good(files):
        make_certificates(directory)
    return files


def _still_good(files: Certificates) -> bool:
    if not all(path.exists() for path in (files.authority, files.certificate, files.key)):
        return False
    try:
        end = x509.load_pem_x509_certificate(files.certificate.read_bytes()).not_valid_after_utc
    except ValueError:
        return False
    return end - dt.datetime.now(dt.UTC) > _RENEW_BEFORE


def make_certificates(
    directory: Path,
    *,
    hosts: Sequence[str] = LOCAL_HOSTS,
    start: dt.datetime | None = None,
    life: dt.timedelta = _LIFE,
) -> Certificates:
    """New authority and server certificate. The authority's key is dropped: nobody can sign another."""
    start = start or dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    span = (start, start + life)
    directory.mkdir(parents=True, exist_ok=True)
    files = Certificates.in_directory(directory)
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _authority(authority_key, span)
    server = _server(server_key, hosts, span, authority, authority_key)
    _write(files.key, server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), mode=0o600)
    _write(files.certificate, server.public_bytes(Encoding.PEM), mode=0o644)
    _write(files.authority, authority.public_bytes(Encoding.PEM), mode=0o644)
    return files


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, span: tuple[dt.datetime, dt.datetime]
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(_named(issuer), _named(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _authority(key: ec.EllipticCurvePrivateKey, span: tuple[dt.datetime, dt.datetime]) -> x509.Certificate:
    name = "Corpblog demo directory authority"
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _builder(name, name, key, span)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _server(
    key: ec.EllipticCurvePrivateKey,
    hosts: Sequence[str],
    span: tuple[dt.datetime, dt.datetime],
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    return (
        _builder("Corpblog demo directory", "Corpblog demo directory authority", key, span)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _host(text: str) -> x509.GeneralName:
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(text))
    return x509.DNSName(text)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    # Born with its final mode: a key that is readable for even an instant may have been read.
    temporary = path.with_suffix(path.suffix + ".new")
    temporary.unlink(missing_ok=True)
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    temporary.replace(path)
