"""The desk is tested with the gate's own fixtures."""

from tests.sharing.conftest import *  # noqa: F403
