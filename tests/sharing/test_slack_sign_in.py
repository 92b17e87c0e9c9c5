"""Slack connected on Slack's own page: the admin chooses a channel there and comes back with a webhook."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from corpblog.kernel.errors import Invalid
from corpblog.sharing import connectors, credentials, services
from corpblog.sharing.connectors.slack import Slack
from corpblog.sharing.models import Destination, Share
from tests.servers.recorder import Reply, recorder
from tests.sharing.networks.slack import CLIENT, SECRET, FakeSlack

pytestmark = pytest.mark.django_db
BACK = "https://blog.acme.example/destinations/back/"
WISH = services.Wish(slug="slack", name="Press room", kind="slack")


@pytest.fixture
def there(settings, monkeypatch):
    network = FakeSlack()
    with recorder(network) as place:
        settings.EGRESS_PRIVATE = [place.place]
        monkeypatch.setitem(connectors.CONNECTORS, "slack", Slack(site=place.base))
        place.network, network.base = network, place.base
        yield place


def begun(by, secret=SECRET):
    answers = {"client_id": CLIENT, "client_secret": secret}
    return parse_qs(urlsplit(services.begin_sign_in(by=by, wish=WISH, answers=answers, redirect=BACK)).query)


def back(by, there, query):
    return services.complete_sign_in(by=by, state=query["state"][0], code=there.network.say_yes(query))


def test_the_chosen_channel_gets_what_is_shared(there, irene, sent_there):
    destination = back(irene, there, begun(irene))
    assert destination.remote_account.endswith("/T1/B2")
    assert sent_there(destination, "We open an office").state == "sent"
    assert [said["text"] for said in there.network.said] == ["We open an office"]


def test_what_slack_gives_beside_the_address_is_not_kept(there, irene):
    destination = back(irene, there, begun(irene))
    kept = credentials.opened(destination.credentials, of=credentials.destination_name(destination.pk))
    assert set(kept) == {"url", "client_secret"}
    assert "secret" not in json.dumps(list(Destination.objects.values("config", "remote_account")))
    (asked,) = there.received
    assert asked.form() | {"code": ""} == {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uri": BACK,
        "code": "",
    }


def test_a_code_is_good_once_and_a_wrong_secret_is_said(there, irene):
    query = begun(irene)
    code = there.network.say_yes(query)
    services.complete_sign_in(by=irene, state=query["state"][0], code=code)
    with pytest.raises(Invalid, match="not yours, or too old"):
        services.complete_sign_in(by=irene, state=query["state"][0], code=code)
    wrong = begun(irene, secret="wrong")
    with pytest.raises(Invalid, match="bad_client_secret"):
        back(irene, there, wrong)


@pytest.mark.parametrize("reply", [Reply(200, b"<html>"), Reply(200, {"ok": True}), Reply(500), Reply(200, [])])
def test_an_answer_that_says_nothing_connects_nothing(there, irene, reply):
    query = begun(irene)
    there.next(reply)
    with pytest.raises(Invalid):
        back(irene, there, query)
    assert not Destination.objects.filter(slug="slack").exists()


def test_nothing_filled_in_says_what_to_fill_in(there, irene):
    with pytest.raises(Invalid, match="address of a webhook, or the client ID"):
        services.begin_sign_in(by=irene, wish=WISH, answers={}, redirect=BACK)
    assert services.signs_in_there("slack", {"client_id": CLIENT})
    assert not services.signs_in_there("slack", {"url": "https://hooks.slack.com/services/T1/B1/x"})


def test_the_page_leads_there_and_back(there, policy, irene, browser_of):
    client = browser_of(irene)
    form = {"name": "Press room", "review": "flagged", "cap": "internal", "needs_alt": "on"}
    page = client.post("/destinations/new/slack/", form | {"answer_client_id": CLIENT, "answer_client_secret": SECRET})
    assert page.status_code == 200
    query = parse_qs(urlsplit(page.context["page"]).query)
    code = there.network.say_yes(query)
    answer = client.get("/destinations/back/", {"state": query["state"][0], "code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/destinations/press-room/")
    assert client.post("/destinations/press-room/test/").status_code == 302
    assert Share.objects.get().is_trial
