"""An instance as one group of processes."""

import os
import socket
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from corpblog.config.serving.demo_directory import DemoDirectory, DirectoryDidNotStart
from corpblog.config.serving.group import Group, Output
from corpblog.config.serving.processes import Process


class Command(BaseCommand):
    # The processes it starts check themselves; checking here too would load every page before the first one is served.
    requires_system_checks = []
    help = "Serve Corpblog until Ctrl-C: web server, worker and, in an embedded instance, the demo company's directory."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, host: str, port: int, **_options: Any) -> None:
        refuse_busy_port(host, port)
        output = Output()
        processes = []
        if settings.EMBEDDED and settings.DIRECTORY is not None and settings.DIRECTORY.demo:
            processes.append(started_directory(Path(settings.DIRECTORY.demo), output))
        environment = {} if "CORPBLOG_ORIGINS" in os.environ else {"CORPBLOG_ORIGINS": origins(port)}
        drain = "0" if settings.EMBEDDED else "10"
        web = ["manage", "web", "--host", host, "--port", str(port), "--drain", drain]
        processes += [
            Process("worker", ["manage", "worker"], output.write, environment),
            Process("web", web, output.write, environment),
        ]
        Group(processes, output.write, patience=10 if settings.EMBEDDED else 40).run(
            is_ready=lambda: is_listening(host, port), when_ready=lambda: greet(output, host, port)
        )


def refuse_busy_port(host: str, port: int) -> None:
    """Say so before anything is started; a child that cannot listen would be started again and again."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used: {error}. Stop what uses it, or choose another with --port."
            ) from error


def started_directory(folder: Path, output: Output) -> Process:
    directory = DemoDirectory(folder, output.write)
    try:
        directory.start()
    except DirectoryDidNotStart as error:
        raise CommandError(f"The demo directory did not start: {error}") from error
    return directory.process


def origins(port: int) -> str:
    """The origins that a browser on this machine may use."""
    return f"http://127.0.0.1:{port},http://localhost:{port}"


def is_listening(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def greet(output: Output, host: str, port: int) -> None:
    """Say where to go and who one may be."""
    output.write("corpblog", f"ready: http://{host}:{port}")
    if settings.EMBEDDED:
        output.write(
            "corpblog", "sign in as alice, bruno, chloe, irene, omar, lena, victor or helene; the password is corpblog"
        )
        output.write("corpblog", "Ctrl-C ends it; data stays under " + os.path.relpath(settings.VAR))
