"""A real time stamp authority: OpenSSL with a certificate authority of its own, behind HTTP on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.children import find_program
from tests.servers.recorder import Recorder, Reply, Request, recorder

_CONFIGURATION = """
[ tsa ]
default_tsa = here
[ here ]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True)
class Authority:
    """Its address, the certificate that its stamps lead to, and what it was asked."""

    remote: Recorder
    certificate: Path

    @property
    def address(self) -> str:
        return f"{self.remote.base}/tsr"


@contextmanager
def authority(folder: Path, name: str = "authority") -> Iterator[Authority]:
    """Run it until the end of the block; its keys are made in the folder."""
    folder = folder / name
    folder.mkdir()
    _make_keys(folder, name)

    def behave(request: Request) -> Reply:
        (folder / "query").write_bytes(request.body)
        _openssl(folder, "ts", "-reply", "-config", "tsa.conf", "-queryfile", "query", "-out", "reply")
        return Reply(200, (folder / "reply").read_bytes(), {"Content-Type": "application/timestamp-reply"})

    with recorder(behave) as remote:
        yield Authority(remote, folder / "ca.pem")


def _make_keys(folder: Path, name: str) -> None:
    (folder / "tsa.conf").write_text(_CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01\n")
    (folder / "use").write_text("extendedKeyUsage = critical, timeStamping\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]
    _openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", f"/CN=CA of {name}")
    _openssl(folder, "req", "-new", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
    _openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-extfile", "use", "-out", "tsa.pem",
    )  # fmt: skip


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run([find_program("openssl"), *arguments], cwd=folder, check=True, capture_output=True)
