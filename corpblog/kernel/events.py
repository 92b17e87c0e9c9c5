"""How a package tells the layers above it that something happened, once that is committed.

A plain registry of functions instead of Django signals: the publisher names the event, the listener imports it, and the
arrows keep pointing down. A listener that fails is logged and harms neither the publisher nor the other listeners.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

import structlog
from django.db import transaction

Payload = TypeVar("Payload")
log = structlog.get_logger(__name__)
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def quietly() -> Iterator[None]:
    """Tell nobody of what is done inside: whoever imports what happened weeks ago wakes no page and sends no notice."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


class Event(Generic[Payload]):
    """One kind of news. Subscribe in `AppConfig.ready`; publish inside the transaction that makes it true."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._listeners: list[Callable[[Payload], None]] = []

    def subscribe(self, listener: Callable[[Payload], None]) -> Callable[[Payload], None]:
        if listener not in self._listeners:
            self._listeners.append(listener)
        return listener

    def publish(self, payload: Payload) -> None:
        """Tell every listener after the surrounding transaction commits; a rollback tells nobody."""
        if not _quiet.get():
            transaction.on_commit(lambda: self._tell(payload))

    def _tell(self, payload: Payload) -> None:
        for listener in self._listeners:
            try:
                listener(payload)
            except Exception:
                log.exception("listener_failed", event_name=self.name, listener=listener.__qualname__)
