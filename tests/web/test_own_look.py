"""A person's own clock and density are those of every page they open, and of nobody else's."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.formats import date_format

from corpblog.people.models import Person
from tests.web.every_page import LOOKERS, Pages, every_page, shown_in
from tests.web.test_route_matrix import World, client_of, files, world  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# Fourteen hours before UTC: nothing there is at the same hour, and half of the day not on the same day.
FAR = "Pacific/Kiritimati"
TIME = re.compile(r'<time class="[^"]*" datetime="([^"]+)" data-ago title="([^"]+)">([^<]+)</time>')


@pytest.fixture
def pages(world: World, client_of: Callable[[str], Client]) -> Pages:  # noqa: F811
    """Give every page as alice sees it who lives far away and likes it compact; and as others see the rest."""
    clients = {looker: client_of(looker) for looker in LOOKERS}
    for client in clients.values():
        client.cookies["language"] = "fr"
    chosen = {"language": "fr", "theme": "system", "time_zone": FAR, "is_compact": "on"}
    assert clients["alice"].post("/settings/", chosen).status_code == 302
    return every_page(clients, world.values)


def looker_of(page: str) -> str:
    """Whose page it is, by what the shell says."""
    found = re.search(r'data-me="(\d+)"', page)
    return Person.objects.get_queryset().get(pk=found[1]).username if found else "nobody"


def test_every_time_on_ones_pages_is_by_ones_own_clock(pages: Pages) -> None:
    wrong, counted = [], {"alice": 0, "omar": 0}
    for path in shown_in(pages):
        page = pages[path][2].decode()
        if 'data-me="' not in page:
            continue
        looker = looker_of(page)
        zone = ZoneInfo(FAR) if looker == "alice" else ZoneInfo("UTC")
        for moment, title, words in TIME.findall(page):
            local = timezone.localtime(datetime.fromisoformat(moment), zone)
            with translation.override("fr"):
                same_day = local.date() == timezone.localdate(timezone=zone)
                # French: “28 oct.”
                expected = (date_format(local, "DATETIME_FORMAT"), date_format(local, "H:i" if same_day else "j N"))
            if (title, words) != expected:
                wrong.append((looker, path, moment, title, words))
            counted[looker] = counted.get(looker, 0) + 1
    assert wrong == []
    # The test of this test: there were times to look at.
    assert counted["alice"] > 20
    assert counted["omar"] > 5


def test_who_likes_it_compact_has_it_everywhere_and_nobody_else(pages: Pages) -> None:
    compact = {True: set(), False: set()}
    for path in shown_in(pages):
        page = pages[path][2].decode()
        if 'data-me="' in page:
            compact["<html" in page and " data-compact " in page.split(">", 2)[1]].add(looker_of(page))
    assert compact[True] == {"alice"}
    assert "alice" not in compact[False]
    assert "omar" in compact[False]
