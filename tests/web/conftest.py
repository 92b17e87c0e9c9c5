"""A small company that talks, seen through its pages."""

from collections.abc import Callable

import pytest
from django.test import Client

from corpblog.people.models import Person
from tests.posts.conftest import crowd, engineering, policy_says, say, secret

__all__ = ["crowd", "engineering", "policy_says", "say", "secret"]

Browser = Callable[[Person], Client]


@pytest.fixture
def script_of(browser_of: Browser) -> Browser:
    """Give a client that asks as the page's scripts do."""

    def sign_in(somebody: Person) -> Client:
        client = browser_of(somebody)
        client.defaults["HTTP_X_REQUESTED_WITH"] = "fetch"
        return client

    return sign_in
