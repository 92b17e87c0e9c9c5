"""News travels after the commit, to everybody, or not at all."""

import pytest
from django.db import transaction

from corpblog.kernel.events import Event, quietly


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_tells_nobody(heard: list[str]) -> None:
    news: Event[str] = Event("news")
    news.subscribe(heard.append)
    with transaction.atomic():
        news.publish("never")
        transaction.set_rollback(True)
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_after_the_commit_and_a_broken_one_harms_nobody(heard: list[str]) -> None:
    news: Event[str] = Event("news")

    def broken(_payload: str) -> None:
        raise ValueError

    news.subscribe(broken)
    news.subscribe(heard.append)
    with transaction.atomic():
        news.publish("yes")
        assert heard == []
    assert heard == ["yes"]


@pytest.mark.django_db(transaction=True)
def test_what_is_done_quietly_tells_nobody(heard: list[str]) -> None:
    news: Event[str] = Event("news")
    news.subscribe(heard.append)
    with transaction.atomic(), quietly():
        news.publish("weeks ago")
    news.publish("now")
    assert heard == ["now"]
