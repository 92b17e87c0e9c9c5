"""The question that everything that leaves must pass fails closed."""

import pytest

from corpblog.policy import services
from corpblog.policy.engine import Outcome

pytestmark = pytest.mark.django_db


def test_without_a_policy_everything_is_held() -> None:
    assert services.scan(fields="hello", audience="external").outcome is Outcome.HOLD
    assert services.scan(fields={"text": "hello"}, audience="internal").outcome is Outcome.HOLD
