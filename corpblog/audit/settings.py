"""Who keeps signed heads besides the file. Read by the settings file, so it imports no model."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from corpblog.kernel.syslog_egress import SyslogServer, read_server


@dataclass(frozen=True)
class Keepers:
    """Keepers outside; empty is none.

    mail_every: how often a mail goes at most. tsa: address of a time stamp authority, whose stamps must lead to one of
    `tsa_roots`.
    """

    syslog: SyslogServer | None = None
    mail: tuple[str, ...] = ()
    mail_every: timedelta = timedelta(hours=1)
    tsa: str = ""
    tsa_roots: tuple[x509.Certificate, ...] = ()

    @property
    def syslog_address(self) -> str:
        to = self.syslog
        return f"{to.transport}://{to.host}:{to.port}" if to else ""


def read_keepers(env: Mapping[str, Any]) -> Keepers:
    """Return what the environment names; raise ValueError with what is wrong and how it would be right."""
    try:
        syslog = read_server(env["ANCHOR_SYSLOG"]) if env["ANCHOR_SYSLOG"] else None
    except ValueError as error:
        raise ValueError("ANCHOR_SYSLOG is not like tls://host:6514, tcp://host:601 or udp://host:514") from error
    if env["ANCHOR_MAIL"] and not env["MAIL_SERVER"]:
        raise ValueError("ANCHOR_MAIL needs MAIL_SERVER: nothing would be sent")
    if any("@" not in address for address in env["ANCHOR_MAIL"]):
        raise ValueError("ANCHOR_MAIL is a list of mail addresses")
    if env["ANCHOR_MAIL_EVERY"] < 1:
        raise ValueError("ANCHOR_MAIL_EVERY is one minute at least")
    return Keepers(
        syslog=syslog,
        mail=tuple(env["ANCHOR_MAIL"]),
        mail_every=timedelta(minutes=env["ANCHOR_MAIL_EVERY"]),
        tsa=env["ANCHOR_TSA"],
        tsa_roots=_roots(env["ANCHOR_TSA"], env["ANCHOR_TSA_CA"]),
    )


def _roots(tsa: str, file: str) -> tuple[x509.Certificate, ...]:
    if not tsa:
        return ()
    if urlsplit(tsa).scheme not in {"http", "https"}:
        raise ValueError("ANCHOR_TSA is not like https://tsa.example/tsr")
    if not file:
        raise ValueError("ANCHOR_TSA needs ANCHOR_TSA_CA: a stamp that nobody checks proves nothing")
    try:
        return tuple(x509.load_pem_x509_certificates(Path(file).read_bytes()))
    except (OSError, ValueError) as error:
        raise ValueError(f"ANCHOR_TSA_CA: {file} cannot be read as PEM certificates: {error}") from error
