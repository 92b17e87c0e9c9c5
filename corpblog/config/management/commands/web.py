"""One web process."""

from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from corpblog.policy.readiness import kept_ready


class Command(BaseCommand):
    help = "Serve pages and sockets from one process, until SIGTERM. A company runs several behind its proxy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--drain", type=float, default=10, help="seconds for closing sockets when told to end")

    def handle(self, *_args: Any, host: str, port: int, drain: float, **_options: Any) -> None:
        # Here and not above: importing Daphne's server chooses Twisted's reactor for the whole process.
        from corpblog.config.asgi import application
        from corpblog.config.serving.web import AlreadyServed, Server, sole_web_process

        is_sqlite = settings.DATABASE["ENGINE"] == "django.db.backends.sqlite3"
        lock = sole_web_process(Path(settings.VAR) / "run" / "web.lock") if is_sqlite else nullcontext()
        try:
            with lock, kept_ready("web"):
                server = Server(application, host=host, port=port, drain=drain, trust_proxy=settings.TRUST_PROXY)
                server.run()
        except AlreadyServed as error:
            raise CommandError(
                "This instance keeps its data in SQLite and is served by another process already. Stop that one, or "
                "move to PostgreSQL and Redis (docs/admin/install.md), which any number of web processes may share."
            ) from error
        if not server.listening_addresses:
            raise CommandError(f"Port {port} of {host} is taken. Choose another with --port.")
