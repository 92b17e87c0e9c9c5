"""The trip to a Mastodon server's own page and back: state, PKCE, a no, an old code, a code that comes twice."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from corpblog.people.models import RoleGrant
from corpblog.sharing import credentials, services
from corpblog.sharing.models import Destination, SignInTrip
from tests.servers.mastodon import mastodon_server
from tests.servers.recorder import Reply, recorder
from tests.sharing.networks.mastodon import FakeMastodon, query_of

pytestmark = pytest.mark.django_db
BACK = "http://testserver/destinations/back/"


@pytest.fixture
def there(settings):
    network = FakeMastodon()
    with recorder(network) as place:
        settings.EGRESS_PRIVATE = [place.place]
        place.network = network
        yield place


@pytest.fixture
def admin(irene, browser_of):
    return browser_of(irene)


def set_out(client, server):
    """Fill in the form without a token, and follow the page's own link: what the server's page is asked for."""
    told = {"name": "M", "review": "flagged", "cap": "internal", "answer_server": server, "answer_token": ""}
    answer = client.post("/destinations/new/mastodon/", told)
    assert answer.status_code == 200, answer.content
    page = answer.context["page"]
    assert page.startswith(f"{server}/oauth/authorize?")
    return query_of(page)


def come_back(client, **query):
    return client.get(f"/destinations/back/?{urllib.parse.urlencode(query)}", follow=True).content.decode()


def is_connected():
    return Destination.objects.filter(kind="mastodon").exists()


def test_the_trip_registers_us_and_ends_with_a_sealed_token(there, admin):
    query = set_out(admin, there.base)
    (app,) = there.network.apps.values()
    assert app["redirect_uris"] == BACK
    assert "M is connected as 14715@" in come_back(admin, state=query["state"][0], code=there.network.say_yes(query))
    made = Destination.objects.get(kind="mastodon")
    assert (made.speaker, made.config["longest"]) == ("Acme", 600)
    kept = credentials.opened(made.credentials, of=credentials.destination_name(made.pk))
    assert kept["token"] in there.network.tokens
    rows = json.dumps([*Destination.objects.values(), *SignInTrip.objects.values()], default=str)
    for canary in (*there.network.tokens, app["secret"]):
        assert canary not in rows
    assert not SignInTrip.objects.exists()


def test_what_the_page_is_asked_for_gives_nothing_away(there, admin):
    """The verifier stays here, and each trip has words of its own."""
    one, two = set_out(admin, there.base), set_out(admin, there.base)
    assert one["state"] != two["state"]
    assert one["code_challenge"] != two["code_challenge"]
    assert set(one) == {
        "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"
    }  # fmt: skip
    assert "follow" not in one["scope"][0]
    sent = b"".join(request.raw for request in there.received)
    assert one["state"][0].encode() not in sent


def test_a_state_that_is_not_ours_connects_nothing(there, admin):
    query = set_out(admin, there.base)
    code = there.network.say_yes(query)
    for state in ("", "x", query["state"][0] + "x", query["state"][0][:-1]):
        assert "This way back is not yours, or too old." in come_back(admin, state=state, code=code)
    assert not is_connected()
    assert code in there.network.codes, "the code was not even tried"


def test_somebody_elses_trip_connects_nothing_even_for_an_admin(there, admin, person, browser_of):
    """An admin who is lured to the way back of an attacker's trip must not connect the attacker's account."""
    ivan = person("ivan")
    RoleGrant.objects.create(person=ivan, role="connector_admin")
    query = set_out(browser_of(ivan), there.base)
    assert "not yours" in come_back(admin, state=query["state"][0], code=there.network.say_yes(query))
    assert not is_connected()


def test_a_no_there_is_said_in_words_and_ends_the_trip(there, admin):
    query = set_out(admin, there.base)
    state = query["state"][0]
    told = come_back(admin, error="access_denied", error_description="The resource owner denied", state=state)
    assert "You did not say yes there, so nothing was connected." in told
    assert "not yours" in come_back(admin, state=state, code=there.network.say_yes(query))
    assert not is_connected()


def test_a_trip_of_yesterday_leads_nowhere(there, admin, travel):
    query = set_out(admin, there.base)
    travel(minutes=9)
    code = there.network.say_yes(query)
    travel(minutes=2)
    assert "too old" in come_back(admin, state=query["state"][0], code=code)
    assert not is_connected()


def test_a_code_that_is_over_there_is_refused_in_words(there, admin, travel):
    query = set_out(admin, there.base)
    code = there.network.say_yes(query)
    there.network.codes[code] = (*there.network.codes[code][:3], there.network.codes[code][3].replace(year=2020))
    told = come_back(admin, state=query["state"][0], code=code)
    assert "authorization grant is invalid, expired, revoked" in told
    assert not is_connected()


def test_a_code_that_comes_twice_connects_once(there, admin):
    query = set_out(admin, there.base)
    way_back = {"state": query["state"][0], "code": there.network.say_yes(query)}
    assert "is connected" in come_back(admin, **way_back)
    assert "not yours, or too old" in come_back(admin, **way_back)
    again = set_out(admin, there.base)
    assert "authorization grant is invalid" in come_back(admin, **way_back | {"state": again["state"][0]})
    assert Destination.objects.filter(kind="mastodon").count() == 1
    assert len(there.network.tokens) == 1


def test_a_stolen_code_opens_nothing_without_the_secret_of_its_trip(there, admin):
    """PKCE, also where client and redirect are the same."""
    mine, theirs = set_out(admin, there.base), set_out(admin, there.base)
    stolen = there.network.say_yes(theirs | {"client_id": mine["client_id"]})
    assert "authorization grant is invalid" in come_back(admin, state=mine["state"][0], code=stolen)
    assert not is_connected()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(200, b"<html>nothing"), "does not answer as a Mastodon server does"),
        (Reply(200, {"client_id": "x"}), "does not answer as a Mastodon server does"),
        (Reply(403, {"error": "This action is not allowed"}), "This action is not allowed"),
        (Reply(503), "The server cannot be reached."),
    ],
)
def test_a_server_that_does_not_register_us_is_named_beside_the_form(there, admin, answer, words):
    there.next(answer)
    told = {"name": "M", "review": "flagged", "cap": "internal", "answer_server": there.base, "answer_token": ""}
    page = admin.post("/destinations/new/mastodon/", told)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert f'value="{there.base}"' in page.content.decode()
    assert not SignInTrip.objects.exists()


def test_the_whole_trip_on_a_real_server(tmp_path, settings, admin, irene):
    """mastodon-mock has the pages too: its picker of accounts says yes, and redirects with the code."""
    with mastodon_server(tmp_path) as server:
        settings.EGRESS_PRIVATE = [server.place]
        query = set_out(admin, server.base)
        asked = {name: query[name][0] for name in ("redirect_uri", "client_id", "scope", "state")}
        name = server.reader.me().username
        way_back = said_yes(server, asked | {"username": name})
        told = come_back(admin, state=way_back["state"][0], code=way_back["code"][0])
        assert "M is connected as" in told
        made = Destination.objects.get(kind="mastodon")
        verified = services.connecting.connector_for("mastodon").verify(services.sending.target_of(made))
    assert verified.account == made.remote_account


def said_yes(server, form):
    """Press the button on the server's page; where it sends the browser."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_about):
            return None

    request = urllib.request.Request(f"{server.base}/oauth/authorize", urllib.parse.urlencode(form).encode())
    with pytest.raises(urllib.error.HTTPError, match="302") as sent_on:
        urllib.request.build_opener(Stay).open(request, timeout=20)
    where = sent_on.value.headers["Location"]
    assert where.startswith(BACK)
    return query_of(where)
