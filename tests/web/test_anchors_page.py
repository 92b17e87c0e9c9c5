"""The page that shows who keeps the audit log: each place, what it has, and why it takes nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corpblog.audit import places, services
from corpblog.audit.settings import Keepers
from corpblog.kernel.egress import EgressError
from corpblog.kernel.syslog_egress import SyslogServer

pytestmark = pytest.mark.django_db
PAGE = "/desk/anchors/"


def page(browser_of, reader, **more):
    answer = browser_of(reader).get(PAGE, **more)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture(autouse=True)
def an_entry(settings):
    settings.ANCHOR_KEEPERS = Keepers()
    services.record(action="x", actor_id=None, subject="")


def test_where_no_place_is_outside_it_says_so(browser_of, victor):
    told = page(browser_of, victor)
    assert "No place outside keeps the log." in told
    assert "Nothing was signed yet" in told


def test_an_auditor_sees_which_places_have_which_end(browser_of, victor, settings, monkeypatch):
    settings.ANCHOR_KEEPERS = Keepers(syslog=SyslogServer("udp", "log.acme.example", 514))
    monkeypatch.setattr(places.syslog_egress, "deliver", lambda *_args, **_more: False)
    head = services.anchor()
    services.hand_out()
    told = page(browser_of, victor)
    assert head.digest[:16] in told
    assert "Sent, nobody confirms" in told
    assert "Takes nothing" not in told
    assert "No place outside" not in told


def test_a_place_in_trouble_says_why_and_how_much_it_misses(browser_of, irene, settings, monkeypatch):
    def fails(*_args, **_more):
        raise EgressError("the name cannot be resolved", reached=False)

    settings.ANCHOR_KEEPERS = Keepers(syslog=SyslogServer("tls", "log.acme.example", 6514))
    monkeypatch.setattr(places.syslog_egress, "deliver", fails)
    services.anchor()
    services.hand_out()
    told = page(browser_of, irene)
    assert "Takes nothing" in told
    assert "the name cannot be resolved" in told
    assert "tls://log.acme.example:6514" in told
    french = page(browser_of, irene, headers={"accept-language": "fr"})
    assert "Ne prend rien" in french


def test_it_costs_the_same_however_many_ends_there_are(browser_of, victor):
    browser = browser_of(victor)
    browser.get(PAGE)

    def queries(count):
        for _ in range(count):
            services.record(action="x", actor_id=None, subject="")
            services.anchor()
        with CaptureQueriesContext(connection) as asked:
            browser.get(PAGE)
        return len(asked)

    assert queries(2) == queries(12)
