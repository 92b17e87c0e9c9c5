"""A real rsyslogd as an unprivileged child on loopback: UDP and TCP on one free port, everything into one file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.children import find_program, free_port, is_listening, place_of_its_own, running, wait_until

_CONFIGURATION = """
module(load="imtcp")
module(load="imudp")
input(type="imtcp" port="{port}" address="127.0.0.1")
input(type="imudp" port="{port}" address="127.0.0.1")
template(name="whole" type="string" string="%rawmsg%\\n")
action(type="omfile" file="{folder}/received.log" template="whole")
"""


@dataclass(frozen=True)
class Rsyslog:
    """Where it listens, and what it wrote."""

    port: int
    file: Path

    def lines(self, count: int) -> list[str]:
        """Return what was written, as soon as that are `count` lines."""
        wait_until(lambda: len(self._written()) >= count, seconds=30)
        return self._written()

    def _written(self) -> list[str]:
        return self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []


@contextmanager
def rsyslog() -> Iterator[Rsyslog]:
    """Run it until the end of the block."""
    port = free_port()
    with place_of_its_own("rsyslog") as folder:
        configuration = folder / "rsyslog.conf"
        configuration.write_text(_CONFIGURATION.format(port=port, folder=folder))
        command = [find_program("rsyslogd"), "-n", "-f", configuration, "-i", folder / "rsyslog.pid"]
        with running(command, until=lambda: is_listening(port), log=folder / "log"):
            yield Rsyslog(port, folder / "received.log")
