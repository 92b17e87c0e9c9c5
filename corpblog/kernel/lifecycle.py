"""Whether this process is going away, and who must know when it does."""

import threading
from collections.abc import Callable

_draining = threading.Event()
_listeners: list[Callable[[float], None]] = []


def is_draining() -> bool:
    """Whether this process takes no new work; /readyz then answers 503."""
    return _draining.is_set()


def on_drain(listener: Callable[[float], None]) -> Callable[[float], None]:
    """Have `listener(seconds)` called once, on the server's event loop, when draining begins.

    seconds: over how long what is open should be closed, so that browsers do not all come back at once.
    """
    _listeners.append(listener)
    return listener


def begin_drain(seconds: float) -> None:
    """Say that this process is going away; saying it again changes nothing."""
    if _draining.is_set():
        return
    _draining.set()
    for listener in _listeners:
        listener(seconds)


def forget_drain() -> None:
    """Start afresh; for tests, where a process outlives many servers."""
    _draining.clear()
