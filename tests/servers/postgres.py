"""A PostgreSQL of the tests' own."""

import contextlib
import glob
import secrets
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.servers.children import find_program, free_port, place_of_its_own, running, unprivileged

_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=100")
_SAFE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=100")


def program(name: str) -> str:
    newest_first = sorted(glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin"), reverse=True)
    return find_program(name, folders=newest_first)


@contextlib.contextmanager
def postgres(*, safe: bool = False) -> Iterator[str]:
    """Its address as CORPBLOG_DATABASE_URL wants it.

    safe: keep what was committed through a crash, as tests of crashes need; slower.
    """
    with place_of_its_own("postgres") as folder:
        password = secrets.token_hex(16)
        data = folder / "data"
        make_cluster(data, password)
        port = free_port()
        log = folder / "log"
        options = [part for option in (_SAFE if safe else _FAST) for part in ("-c", option)]
        command = [program("postgres"), "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, *options]
        address = f"postgres://corpblog:{password}@127.0.0.1:{port}/postgres"
        # SIGINT: end the sessions that tests left open, then end.
        with running(command, until=lambda: answers(address), log=log, stop_signal=signal.SIGINT):
            yield address


def make_cluster(data: Path, password: str) -> None:
    secret = data.parent / "password"
    secret.write_text(password)
    secret.chmod(0o644)
    command = [program("initdb"), "-D", data, "-U", "corpblog", "-A", "scram-sha-256", f"--pwfile={secret}"]
    subprocess.run(
        [str(part) for part in [*command, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]],
        check=True,
        capture_output=True,
        cwd=data.parent,
        user=unprivileged(),
    )
    secret.unlink()


def answers(address: str) -> bool:
    import psycopg

    try:
        psycopg.connect(address.replace("postgres://", "postgresql://"), connect_timeout=1).close()
    except psycopg.OperationalError:
        return False
    return True
