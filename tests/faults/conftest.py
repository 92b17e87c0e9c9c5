"""An instance that is there to be killed."""

from collections.abc import Iterator

import pytest

from tests.servers.instance import Instance, corpblog


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with corpblog() as running:
        yield running
