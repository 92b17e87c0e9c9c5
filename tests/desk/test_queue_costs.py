"""The desk asks the database as often for a long queue as for a short one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from corpblog.people.models import Person
from corpblog.people.sessions import SIGNED_IN_AT
from corpblog.sharing import services as gate
from corpblog.sharing.models import Destination, Share
from tests.desk.crowd import crowd, pages

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 60
# Queries of one page, which looks at many tables and at each of them once: beside a case, and of a queue without one.
MOST, MOST_ALONE = 42, 16


def costs(officer: Person, client: Client) -> dict[str, int]:
    """How many queries each page takes."""
    found = {}
    for name, ask in pages(officer, client.get):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert ask().status_code == 200, name
        found[name] = len(asked)
    return found


def test_pages_of_the_desk_ask_as_often_for_many_cases_as_for_few(
    write: Callable[..., Any], press: Destination, alice: Person, omar: Person, browser_of: Callable[[Person], Client]
) -> None:
    share = gate.request_share(by=alice, post=write("Falcon flies over the bay on Monday"), destination=press)
    crowd(share, FEW)
    client = browser_of(omar)
    costs(omar, client)
    few = costs(omar, client)
    crowd(Share.objects.get(pk=share.pk), MANY)
    assert max(few.values()) <= MOST
    assert few["overdue, gravest first"] <= MOST_ALONE
    assert costs(omar, client) == few


def test_a_ruling_asks_as_often_in_a_long_queue_as_in_a_short_one(
    write: Callable[..., Any], press: Destination, alice: Person, omar: Person, browser_of: Callable[[Person], Client]
) -> None:
    share = gate.request_share(by=alice, post=write("Falcon flies over the bay on Monday"), destination=press)
    crowd(share, FEW)
    client = browser_of(omar)
    session = client.session
    session[SIGNED_IN_AT] = timezone.now().isoformat()
    session.save()

    def rule() -> int:
        case = Share.objects.waiting_for_review().order_by("held_since").first()
        with CaptureQueriesContext(connection) as asked:
            answer = client.post(
                f"/desk/{case.pk}/decide/", {"decision": "reject", "note": "No.", "digest": case.digest}
            )
        case.refresh_from_db()
        assert (answer.status_code, case.state) == (302, "rejected")
        return len(asked)

    rule()
    few = rule()
    crowd(Share.objects.get(pk=share.pk), MANY)
    assert rule() == few
