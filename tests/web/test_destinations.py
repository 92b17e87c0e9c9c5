"""The pages of destinations: forms keep what was typed but never a secret, and each button does what it says."""

import html
import re
import sys
from datetime import timedelta

import pytest

from corpblog.kernel import clock
from corpblog.people import services as people
from corpblog.people.models import RoleGrant
from corpblog.people.services.sign_in import SIGNED_IN_AT
from corpblog.sharing import connectors, services
from corpblog.sharing.connectors.base import Account
from corpblog.sharing.connectors.x import X
from corpblog.sharing.models import Destination, GateState, Share, SignInTrip
from corpblog.sharing.worker import Worker
from tests.servers.recorder import recorder
from tests.sharing.conftest import POLICY, put_in_force, travel  # noqa: F401
from tests.sharing.networks.x import CLIENT, SECRET, FakeX
from tests.sharing.remotes import RemoteConnector

pytestmark = pytest.mark.django_db
CANARY = "canary-6f1d-token"


@pytest.fixture
def network(monkeypatch):
    """A network whose account is named by the token that one comes with."""
    there = RemoteConnector("key")
    there.kind = "there"
    monkeypatch.setitem(connectors.CONNECTORS, "there", there)
    monkeypatch.setattr(
        there, "verify", lambda target: Account(target.secrets["token"].split("-")[0], "Acme", "", None)
    )
    return there


def filled(token=f"acme-{CANARY}", **more):
    told = {"name": "Over there", "review": "flagged", "cap": "internal"}
    return told | {"answer_server": "https://there.example", "answer_token": token} | more


@pytest.fixture
def admin(irene, browser_of):
    return browser_of(irene)


@pytest.fixture
def destination(network, irene):
    answers = {"server": "https://there.example", "token": "acme-1"}
    return services.connect(by=irene, slug="over-there", name="Over there", kind="there", answers=answers)


def page(answer):
    return html.unescape(answer.content.decode())


def test_an_account_is_connected_in_the_page_and_its_secret_is_shown_no_more(admin, network):
    answer = admin.post("/destinations/new/there/", filled(), follow=True)
    assert answer.redirect_chain == [("/destinations/over-there/", 302)]
    assert "Over there is connected as acme." in page(answer)
    for path in ("/destinations/over-there/", "/destinations/over-there/connect/", "/destinations/"):
        assert CANARY not in page(admin.get(path))


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays_but_for_secrets(admin, network):
    answer = admin.post("/destinations/new/there/", filled(answer_server=""))
    assert answer.status_code == 422
    assert 'value="Over there"' in page(answer)
    assert 'id="id_answer_server-error"' in page(answer)
    assert CANARY not in page(answer)
    assert not Destination.objects.filter(slug="over-there").exists()


def test_what_the_network_says_no_to_is_told_and_loses_nothing(admin, network, monkeypatch):
    def no(_target):
        raise connectors.base.Refused("token", for_good=True)

    monkeypatch.setattr(network, "verify", no)
    answer = admin.post("/destinations/new/there/", filled())
    assert "no longer accepts our token" in page(answer)
    assert 'value="https://there.example"' in page(answer)
    assert CANARY not in page(answer)


def test_two_of_the_same_name_get_short_names_of_their_own(admin, network):
    for name in ("Over there", "Over there", "Gate", "日本"):
        admin.post("/destinations/new/there/", filled(name=name))
    slugs = set(Destination.objects.filter(kind="there").values_list("slug", flat=True))
    assert slugs == {"over-there", "over-there-2", "gate-2", "there"}


def test_a_secret_left_empty_is_kept_only_while_the_target_stays(admin, destination):
    admin.post("/destinations/over-there/connect/", filled(token="", name="New name"))
    destination.refresh_from_db()
    assert (destination.name, destination.remote_account) == ("New name", "acme")
    answer = admin.post("/destinations/over-there/connect/", filled(token="", answer_server="https://evil.example"))
    assert "Fill in: Token" in page(answer)
    destination.refresh_from_db()
    assert destination.config["server"] == "https://there.example"


@pytest.mark.gate("G15")
def test_another_account_is_shown_to_the_second_person_before_it_is_there(admin, destination, omar, browser_of):
    answer = admin.post("/destinations/over-there/connect/", filled(token="other-1"), follow=True)
    assert "waits for a second person" in page(answer)
    assert "Confirm the change" not in page(answer)
    admin.post("/destinations/over-there/decide/", seen(destination, "confirm"))
    destination.refresh_from_db()
    assert destination.remote_account == "acme"
    officer = just_signed_in(browser_of(omar))
    shown = page(officer.get("/destinations/over-there/"))
    assert re.search(r"<strong>other</strong>", shown)
    officer.post("/destinations/over-there/decide/", seen(destination, "confirm"))
    destination.refresh_from_db()
    assert destination.remote_account == "other"


def just_signed_in(client):
    session = client.session
    session[SIGNED_IN_AT] = clock.now().isoformat()
    session.save()
    return client


def seen(destination, act):
    """What the form says of the change that is shown."""
    return {"act": act, "change": str(destination.changes.get(state="waiting").pk)}


def test_a_browser_left_open_confirms_nothing_without_the_password(
    admin,
    destination,
    omar,
    browser_of,
    monkeypatch,
    travel,  # noqa: F811
):
    admin.post("/destinations/over-there/connect/", filled(token="other-1"))
    officer = just_signed_in(browser_of(omar))
    travel(minutes=11)
    passwords = {"right": omar}
    signing_in = sys.modules[people.sign_in.__module__]
    monkeypatch.setattr(signing_in, "authenticate", lambda _request, **given: passwords.get(given["password"]))
    told = seen(destination, "confirm")
    answer = officer.post("/destinations/over-there/decide/", told)
    assert answer.status_code == 403
    assert "Confirm your password" in page(answer)
    assert f'name="change" value="{told["change"]}"' in page(answer)
    wrong = officer.post("/destinations/over-there/decide/", told | {"password": "wrong"})
    assert "This is not your password" in page(wrong)
    destination.refresh_from_db()
    assert destination.remote_account == "acme"
    officer.post("/destinations/over-there/decide/", told | {"password": "right"})
    destination.refresh_from_db()
    assert destination.remote_account == "other"


def test_a_confirmation_counts_for_the_change_that_was_shown(admin, destination, omar, browser_of):
    admin.post("/destinations/over-there/connect/", filled(token="other-1"))
    told = seen(destination, "confirm")
    admin.post("/destinations/over-there/decide/", seen(destination, "refuse"))
    admin.post("/destinations/over-there/connect/", filled(token="mallory-1"))
    answer = just_signed_in(browser_of(omar)).post("/destinations/over-there/decide/", told, follow=True)
    assert "This change was decided already." in page(answer)
    destination.refresh_from_db()
    assert destination.remote_account == "acme"


def test_who_asked_takes_it_back_in_the_page(admin, destination):
    admin.post("/destinations/over-there/connect/", filled(token="other-1"))
    assert "Take it back" in page(admin.get("/destinations/over-there/"))
    admin.post("/destinations/over-there/decide/", seen(destination, "refuse"))
    assert destination.changes.get().state == "refused"


def test_a_destination_is_closed_and_opened_by_connector_admins_only(admin, destination, omar, browser_of):
    admin.post("/destinations/over-there/switch/", {"act": "close"})
    destination.refresh_from_db()
    assert not destination.is_open
    answer = browser_of(omar).post("/destinations/over-there/switch/", {"act": "open"}, follow=True)
    assert "Only connector admins" in page(answer)
    destination.refresh_from_db()
    assert not destination.is_open


def test_the_switch_for_everything_asks_why_and_says_so_to_everybody_who_looks(admin, omar, victor, browser_of):
    answer = admin.post("/destinations/gate/", {"act": "close", "reason": " "})
    assert answer.status_code == 422
    assert not GateState.objects.filter(is_closed=True).exists()
    browser_of(omar).post("/destinations/gate/", {"act": "close", "reason": "A leak on Mastodon"})
    assert GateState.objects.get().is_closed
    assert "A leak on Mastodon" in page(browser_of(victor).get("/destinations/"))
    # An officer closes, and an admin opens.
    assert browser_of(omar).post("/destinations/gate/", {"act": "open", "reason": "fine"}).status_code == 403
    admin.post("/destinations/gate/", {"act": "open", "reason": "Mended"})
    assert not GateState.objects.get().is_closed


def test_a_test_goes_through_the_gate_to_its_own_page(admin, destination, network, irene):
    put_in_force(POLICY)
    Destination.objects.filter(pk=destination.pk).update(review="always")
    answer = admin.post("/destinations/over-there/test/", follow=True)
    share = Share.objects.get()
    assert answer.redirect_chain == [(f"/shares/{share.pk}/", 302)]
    assert (share.state, share.requester_id) == ("held", irene.pk)
    assert network.received == []


def test_a_test_is_taken_back_as_soon_as_it_arrived(admin, destination, network, settings):
    settings.SHARE_DELAY = timedelta(0)
    put_in_force(POLICY)
    assert "it is taken back by itself" in page(admin.get("/destinations/over-there/"))
    admin.post("/destinations/over-there/test/")
    Worker("test").round()
    assert len(network.received) == 1
    Worker("test").round()
    assert network.shown == {}
    share = Share.objects.get()
    assert (share.state, share.recall.state, share.recall.reason) == ("recalled", "done", "It was a test.")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("mastodon", "that nobody there but this account sees"), ("teams", "it stays until somebody takes it away there")],
)
def test_the_page_says_before_the_click_who_sees_a_test(admin, kind, words):
    Destination.objects.create(slug="d", name="D", kind=kind)
    assert words in page(admin.get("/destinations/d/"))


def test_a_dead_letter_is_listed_without_its_words_and_sent_again(
    admin, destination, network, alice, settings, browser_of, victor
):
    from corpblog.posts.services import publish
    from corpblog.teams.services import create_channel

    settings.SHARE_DELAY = timedelta(0)
    put_in_force(POLICY)
    post = publish(by=alice, channel=create_channel(by=alice, name="News"), text="Words that are nobody's business")
    share = services.request_share(by=alice, post=post, destination=destination)
    network.next("no")
    Worker("test").round()
    shown = page(admin.get("/destinations/over-there/"))
    assert "Send again" in shown
    assert "The server refused it." in shown
    assert "nobody's business" not in shown
    assert "Send again" not in page(browser_of(victor).get("/destinations/over-there/"))
    admin.post("/destinations/over-there/again/", {"share": share.pk})
    Worker("test").round()
    assert Share.objects.get(pk=share.pk).state == "sent"


def test_the_trip_to_the_networks_page_and_back(admin, settings, monkeypatch):
    with recorder(FakeX()) as place:
        settings.EGRESS_PRIVATE = [place.place]
        monkeypatch.setitem(connectors.CONNECTORS, "x", X(api=place.base, site=place.base))
        told = {"name": "X", "review": "always", "cap": "public", "answer_client_id": CLIENT}
        answer = admin.post("/destinations/new/x/", told | {"answer_client_secret": SECRET})
        # A link and no redirect: the security policy lets no form lead to another host.
        assert answer.status_code == 200
        (url,) = re.findall(rf'href="({place.base}/i/oauth2/authorize[^"]*)"', page(answer))
        from urllib.parse import parse_qs, urlsplit

        query = parse_qs(urlsplit(url).query)
        assert query["redirect_uri"] == ["http://testserver/destinations/back/"]
        code = place.behave.say_yes(query)
        answer = admin.get("/destinations/back/", {"state": query["state"][0], "code": code}, follow=True)
        assert "X is connected as 2244994945@x.com." in page(answer)
        again = admin.get("/destinations/back/", {"state": query["state"][0], "code": code}, follow=True)
        assert "Begin again" in page(again)
    assert not SignInTrip.objects.exists()


def test_an_error_page_shows_no_secret(admin, network, monkeypatch, settings, caplog):
    settings.DEBUG = False

    def broken(_target):
        raise ZeroDivisionError

    monkeypatch.setattr(network, "verify", broken)
    admin.raise_request_exception = False
    answer = admin.post("/destinations/new/there/", filled())
    assert answer.status_code == 500
    assert CANARY not in page(answer) + caplog.text


def test_no_destination_page_is_kept_by_a_browser_while_somebody_fills_it_in(admin, network):
    assert "no-store" in admin.get("/destinations/new/there/")["Cache-Control"]


def test_a_second_connector_admin_may_be_the_second_person(admin, destination, bruno, browser_of):
    RoleGrant.objects.create(person=bruno, role="connector_admin")
    admin.post("/destinations/over-there/connect/", filled(token="other-1"))
    just_signed_in(browser_of(bruno)).post("/destinations/over-there/decide/", seen(destination, "confirm"))
    destination.refresh_from_db()
    assert destination.remote_account == "other"
