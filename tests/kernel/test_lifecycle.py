"""A process that goes away says so once."""

from collections.abc import Iterator

import pytest

from corpblog.kernel import lifecycle


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    before = list(lifecycle._listeners)
    yield
    lifecycle._listeners[:] = before
    lifecycle.forget_drain()


def test_listeners_hear_once_over_how_long_to_close() -> None:
    lifecycle._listeners.clear()
    heard: list[float] = []
    lifecycle.on_drain(heard.append)
    assert not lifecycle.is_draining()
    lifecycle.begin_drain(10)
    lifecycle.begin_drain(3)
    assert lifecycle.is_draining()
    assert heard == [10]
