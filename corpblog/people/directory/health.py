"""Asking the directory how it is, for the people who have to repair it."""

import time
from dataclasses import dataclass

from django.conf import settings

from corpblog.people.directory.connection import connected
from corpblog.people.directory.errors import DirectoryUnavailable
from corpblog.people.directory.gate import gate
from corpblog.people.directory.settings import DirectorySettings, current_directory


@dataclass(frozen=True)
class DirectoryHealth:
    """What one round trip said. `problem` is the library's own words, for administrators only."""

    is_set: bool
    answers: bool = False
    address: str = ""
    transport: str = ""
    is_demo: bool = False
    milliseconds: int = 0
    problem: str = ""


def ask_directory() -> DirectoryHealth:
    """Connect with TLS, bind as ourselves, ask who we are; through the gate, like every sign-in."""
    directory: DirectorySettings | None = settings.DIRECTORY
    if directory is None:
        return DirectoryHealth(is_set=False)
    began = time.monotonic()
    try:
        address, transport = gate.ask(_round_trip)
    except DirectoryUnavailable as error:
        problem = str(error.facts.get("reason", ""))
        return DirectoryHealth(is_set=True, address=directory.uri, is_demo=bool(directory.demo), problem=problem)
    spent = round((time.monotonic() - began) * 1000)
    return DirectoryHealth(True, True, address, transport, bool(directory.demo), spent)


def _round_trip() -> tuple[str, str]:
    directory = current_directory()
    with connected(directory) as connection:
        connection.whoami_s()
    return directory.uri, "LDAPS" if directory.speaks_tls_first else "StartTLS"
