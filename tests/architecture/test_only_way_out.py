"""Nothing in the product reaches another machine but the egress client: no module, no call, no program.

Import-linter watches whole packages of others; what stands here are the parts of the standard library and of Django
that it cannot name. Each exception says why it is one, and goes when its file does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "corpblog"

# What opens a connection when it is used, and who may import it.
MODULES: dict[str, set[str]] = {
    "socket": {
        "kernel/egress.py",  # the one door
        "kernel/mail_egress.py",  # and the one for mail, under its rules
        "kernel/syslog_egress.py",  # and the one for the log: signed heads, no words
        "config/management/commands/serve.py",  # tries whether the port is free
        "config/serving/web.py",  # tells systemd that it is ready
        "config/serving/demo_directory.py",  # asks whether its child on loopback answers
        "people/demo_directory/__main__.py",  # a server: it calls nobody
        "people/demo_directory/session.py",
    },
    "smtplib": {"kernel/mail_egress.py"},
    "ssl": {
        "kernel/egress.py",
        "kernel/mail_egress.py",
        "kernel/syslog_egress.py",
        "people/demo_directory/__main__.py",
        "people/demo_directory/session.py",
    },
    "socketserver": {"people/demo_directory/__main__.py"},
    "httpcore": {"kernel/egress.py"},
    # The directory is inside, and its address is the administrator's.
    "ldap": {
        "people/demo_directory/entries.py",
        "people/directory/backend.py",
        "people/directory/connection.py",
        "people/directory/entries.py",
        "people/directory/gate.py",
        "people/directory/sync.py",
        "people/management/commands/sync_directory.py",
        "web/views/admin_console.py",
    },
    # Programs of our own and the database's own tools; see PROGRAMS.
    "subprocess": {
        "config/backup.py",
        "config/serving/processes.py",
        "kernel/sandbox.py",  # starts our own module, which cannot open a socket
        "policy/extraction/image.py",  # in that child: Tesseract, and nothing else is let through
    },
    "multiprocessing": {"policy/engine/batches.py"},
    "twisted": {"config/serving/web.py", "realtime/outlets.py"},
}
NOBODY = (
    "aiohttp", "anyio", "asyncore", "django.core.mail", "dns", "ftplib", "grpc", "h11", "http.client", "httpx",
    "imaplib", "logging.handlers", "multiprocessing.connection", "nntplib", "paramiko", "poplib", "pty",
    "pycurl", "requests", "telnetlib", "trio", "urllib.request", "urllib3", "webbrowser",
    "websockets", "wsgiref.simple_server", "xmlrpc.client",
)  # fmt: skip
MODULES |= {module: set() for module in NOBODY}
# Ways out of modules that are used for other things.
CALLS = {
    "create_connection", "create_datagram_endpoint", "create_unix_connection", "open_connection",
    "open_unix_connection", "sock_connect", "create_subprocess_exec", "create_subprocess_shell", "connectTCP",
    "connectSSL", "getPage", "mail_admins", "mail_managers", "send_mail", "send_mass_mail", "email_user", "popen",
    "posix_spawn", "posix_spawnp", "execv", "execve", "execvp", "execvpe", "spawnv", "spawnvp", "system",
}  # fmt: skip
MAY_CALL = {
    ("config/management/commands/serve.py", "create_connection"),
    ("config/serving/demo_directory.py", "create_connection"),
    ("kernel/mail_egress.py", "create_connection"),
    ("kernel/syslog_egress.py", "create_connection"),
}
PROGRAMS = {"curl", "wget", "nc", "ncat", "netcat", "ssh", "scp", "sftp", "rsync", "ftp", "telnet", "socat", "sendmail",
            "mail", "openssl", "dig", "nslookup", "host", "aria2c"}  # fmt: skip


def ways_out(source: str, name: str) -> list[str]:
    """Name what in this source could reach another machine, and is none of the file's exceptions."""
    tree = ast.parse(source)
    found = [module for module in imported(tree) if name not in MODULES.get(module, {name})]
    for node in ast.walk(tree):
        called = called_by(node)
        if called in CALLS and (name, called) not in MAY_CALL:
            found.append(f"{called}()")
        # Only a file that may start programs can start one of these.
        if name in MODULES["subprocess"] and isinstance(node, ast.Constant) and program_of(node.value) in PROGRAMS:
            found.append(f"program {node.value}")
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Every imported name with each of its beginnings: `a.b.c` is an import of `a.b` and of `a`, too."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and called_by(node) in {"import_module", "__import__", "import_string"}:
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def called_by(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def program_of(value: object) -> str:
    words = value.split() if isinstance(value, str) else []
    return Path(words[0]).name if words else ""


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_the_egress_client_reaches_outside(path: Path) -> None:
    assert ways_out(path.read_text(encoding="utf-8"), path.relative_to(PACKAGE).as_posix()) == []


def test_every_exception_is_still_one() -> None:
    used = {
        (module, path.relative_to(PACKAGE).as_posix())
        for path in files()
        for module in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert {(module, file) for module, those in MODULES.items() for file in those} - used == set()


@pytest.mark.parametrize(
    "source",
    [
        "import smtplib",
        "import http.client as web",
        "from http import client",
        "from urllib.request import urlopen",
        "from urllib import request",
        "def f():\n    import ftplib",
        "from django.core.mail import EmailMessage",
        "from django.core import mail",
        "import ssl",
        "from socket import create_connection",
        "import importlib\nimportlib.import_module('httpx')",
        "import asyncio\nasync def f():\n    await asyncio.open_connection('h', 1)",
        "async def f(loop):\n    await loop.create_connection(print, 'h', 1)",
        "import asyncio\nasync def f():\n    await asyncio.create_subprocess_exec('curl')",
        "import os\nos.system('curl h')",
        "import subprocess",
        "from logging.handlers import HTTPHandler",
        "def f(reactor):\n    reactor.connectTCP('h', 1, None)",
        "def f(person):\n    person.email_user('a', 'b')",
    ],
)
def test_a_way_of_its_own_is_noticed(source: str) -> None:
    assert ways_out(source, "sharing/connectors/new.py")


@pytest.mark.parametrize("program", ["curl", "/usr/bin/wget", "curl -d @- https://h"])
def test_a_program_that_reaches_outside_is_noticed_where_programs_may_start(program: str) -> None:
    assert ways_out(f"import subprocess\nsubprocess.run([{program!r}])", "config/backup.py")


@pytest.mark.parametrize(
    "source", ["import urllib.parse", "from http import HTTPStatus", "import asyncio", "import json"]
)
def test_harmless_parts_of_the_same_packages_are_not(source: str) -> None:
    assert ways_out(source, "sharing/connectors/new.py") == []
