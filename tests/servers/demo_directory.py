"""The embedded demo directory as a child process, with a company that tests may change."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from corpblog.people.demo_directory.certificates import Certificates
from corpblog.people.demo_directory.company import Company


class DemoDirectory:
    """One running demo directory; StartTLS and LDAPS share its port."""

    def __init__(self, folder: Path, data: Mapping[str, Any], certificates: Certificates | None = None) -> None:
        self.folder = folder
        self.certificates = certificates or Certificates.in_directory(folder)
        self._own_certificates = certificates
        self._file = folder / "company.yaml"
        self.port = 0
        self.write(data)
        self._process: subprocess.Popen[str] | None = None

    @property
    def service_password(self) -> str:
        """What the directory made for Corpblog at its first start."""
        return (self.folder / "service-password").read_text(encoding="ascii").strip()

    def start(self) -> None:
        """Start it, on the port it had before if any, and wait until it says READY."""
        arguments = ["--port", str(self.port), "--dir", str(self.folder), "--data", str(self._file)]
        if self._own_certificates:
            arguments += ["--certificates", str(self._own_certificates.key.parent)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "corpblog.people.demo_directory", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("READY "), line
        self.port = int(line.split()[1])

    def stop(self) -> None:
        """End the server; its folder stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def write(self, data: Mapping[str, Any]) -> None:
        """Make the running directory hold this company."""
        beside = self._file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            YAML(typ="safe", pure=True).dump(dict(data), file)
        Company.read(beside).check()
        os.replace(beside, self._file)


@contextmanager
def running_demo_directory(
    folder: Path, data: Mapping[str, Any], certificates: Certificates | None = None
) -> Iterator[DemoDirectory]:
    """A demo directory for the time of a test."""
    server = DemoDirectory(folder, data, certificates)
    server.start()
    try:
        yield server
    finally:
        server.stop()
