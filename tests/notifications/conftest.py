"""Where what people are told arrives."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers.smtp import Mailbox, smtp


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """Give the company's mail server, with everybody's mail in it."""
    with smtp() as (box, port):
        settings.MAIL_SERVER, settings.MAIL_FROM = f"smtp://127.0.0.1:{port}", "corpblog@acme.example"
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        yield box
