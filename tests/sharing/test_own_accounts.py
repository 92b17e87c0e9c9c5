"""Employees connect their own accounts where admins allow it, and nobody else sees or uses them."""

import json
import urllib.parse

import pytest

from corpblog.sharing import connectors, credentials, exporting, services
from corpblog.sharing.connectors.linkedin import LinkedIn
from corpblog.sharing.connectors.x import X
from corpblog.sharing.models import Destination, OwnKind, SignInTrip
from tests.servers.mastodon import TOKEN, mastodon_server
from tests.servers.recorder import recorder
from tests.sharing.networks.linkedin import CLIENT as LI_CLIENT
from tests.sharing.networks.linkedin import SECRET as LI_SECRET
from tests.sharing.networks.linkedin import FakeLinkedIn
from tests.sharing.networks.mastodon import FakeMastodon, query_of
from tests.sharing.networks.x import CLIENT as X_CLIENT
from tests.sharing.networks.x import SECRET as X_SECRET
from tests.sharing.networks.x import FakeX

pytestmark = pytest.mark.django_db
NEW = "/advocates/accounts/new/mastodon/"


@pytest.fixture
def there(settings):
    network = FakeMastodon()
    with recorder(network) as place:
        settings.EGRESS_PRIVATE = [place.place]
        place.network = network
        yield place


@pytest.fixture
def opened(irene):
    """Mastodon is open for own accounts."""
    return services.let_own(by=irene, kind="mastodon", is_open=True)


def set_out(client, server):
    answer = client.post(NEW, {"answer_server": server, "answer_token": ""})
    assert answer.status_code == 200, answer.content
    return query_of(answer.context["page"])


def come_back(client, **query):
    return client.get(f"/advocates/accounts/back/?{urllib.parse.urlencode(query)}", follow=True).content.decode()


def test_an_employee_signs_in_there_and_the_token_is_sealed(there, opened, bruno, browser_of):
    browser = browser_of(bruno)
    query = set_out(browser, there.base)
    assert "Acme (Mastodon) is connected as 14715@" in come_back(
        browser, state=query["state"][0], code=there.network.say_yes(query)
    )
    made = Destination.objects.get(kind="mastodon")
    assert (made.owner, made.speaker, made.review, made.cap) == (bruno, "Acme", "flagged", "internal")
    kept = credentials.opened(made.credentials, of=credentials.destination_name(made.pk))
    assert kept["token"] in there.network.tokens
    rows = json.dumps([*Destination.objects.values(), *SignInTrip.objects.values()], default=str)
    assert not any(canary in rows for canary in there.network.tokens)


def test_the_way_back_is_only_for_who_set_out(there, opened, bruno, alice, irene, browser_of):
    query = set_out(browser_of(bruno), there.base)
    code = there.network.say_yes(query)
    for somebody in (alice, irene):
        assert "not yours, or too old" in come_back(browser_of(somebody), state=query["state"][0], code=code)
    assert not Destination.objects.filter(kind="mastodon").exists()


def test_a_network_that_admins_did_not_open_is_not_there(there, bruno, irene, browser_of):
    browser = browser_of(bruno)
    assert browser.get(NEW).status_code == 404
    services.let_own(by=irene, kind="mastodon", is_open=True)
    query = set_out(browser, there.base)
    services.let_own(by=irene, kind="mastodon", is_open=False)
    assert "switched off" in come_back(browser, state=query["state"][0], code=there.network.say_yes(query))
    assert not Destination.objects.filter(kind="mastodon").exists()


def test_admins_open_and_close_networks_on_the_page_of_destinations(bruno, irene, omar, browser_of):
    admin = browser_of(irene)
    assert "Open Mastodon for own accounts" in admin.get("/destinations/").content.decode()
    assert "for own accounts" not in browser_of(omar).get("/destinations/").content.decode()
    admin.post("/advocates/networks/", {"kind": "mastodon", "act": "open"})
    assert OwnKind.objects.get(kind="mastodon").is_open
    assert browser_of(bruno).post("/advocates/networks/", {"kind": "mastodon", "act": "close"}).status_code == 403
    assert "Mastodon" in browser_of(bruno).get("/advocates/accounts/").content.decode()


def test_a_token_that_is_wrong_is_told_and_loses_nothing(there, opened, bruno, browser_of):
    answer = browser_of(bruno).post(NEW, {"answer_server": there.base, "answer_token": "wrong"})
    page = answer.content.decode()
    assert answer.status_code >= 400
    assert there.base in page
    assert "wrong" not in page
    assert "no longer accepts our token" in page


def test_the_companys_account_is_nobodys_own(opened, bruno, irene, browser_of, settings, tmp_path):
    with mastodon_server(tmp_path) as server:
        settings.EGRESS_PRIVATE = [server.place]
        answers = {"server": server.base, "token": TOKEN}
        company = services.connect(by=irene, slug="m", name="M", kind="mastodon", answers=answers)
        told = {f"answer_{name}": value for name, value in answers.items()}
        page = browser_of(bruno).post(NEW, told)
        assert page.status_code == 409
        assert "the company’s account" in page.content.decode()
        Destination.objects.filter(pk=company.pk).update(remote_account="somebody else")
        page = browser_of(bruno).post(NEW, told, follow=True)
        assert "is connected as" in page.content.decode()
        # Connected twice it is one row, with the newer token.
        browser_of(bruno).post(NEW, told)
        assert Destination.objects.own(bruno).count() == 1


def test_disconnecting_is_the_owners_and_forgets_the_token(opened, bruno, alice, browser_of):
    mine = Destination.objects.create(
        slug="own-1", name="B", kind="mastodon", owner=bruno, remote_account="1@m", credentials="sealed"
    )
    assert browser_of(alice).post("/advocates/accounts/own-1/disconnect/").status_code == 404
    assert "own-1" not in browser_of(alice).get("/advocates/accounts/").content.decode()
    page = browser_of(bruno).post("/advocates/accounts/own-1/disconnect/", follow=True).content.decode()
    assert "its token forgotten" in page
    mine.refresh_from_db()
    assert (mine.credentials, mine.is_open) == ("", False)


def test_what_is_kept_of_an_own_account_is_in_its_owners_export(opened, bruno, alice):
    Destination.objects.create(slug="own-1", name="B", kind="mastodon", owner=bruno, remote_account="1@m")

    def accounts_of(somebody):
        (table,) = (table for table in exporting.gather(somebody) if table.name == "own_accounts")
        return [row["account"] for row in table.rows]

    assert (accounts_of(bruno), accounts_of(alice)) == (["1@m"], [])


# Networks where an employee signs in through the company's application -----------------------------------------------

COMPANYS = "https://blog.acme.example/destinations/back/"


@pytest.fixture(params=["x", "linkedin"])
def through_the_company(request, settings, monkeypatch, irene):
    """X or LinkedIn, open for own accounts, where the company has connected its own."""
    kind = request.param
    network = {"x": FakeX, "linkedin": FakeLinkedIn}[kind]()
    with recorder(network) as place:
        settings.EGRESS_PRIVATE = [place.place]
        made = {"x": X, "linkedin": LinkedIn}[kind](api=place.base, site=place.base)
        monkeypatch.setitem(connectors.CONNECTORS, kind, made)
        place.network, network.base, place.kind = network, place.base, kind
        services.let_own(by=irene, kind=kind, is_open=True)
        yield place


def connect_companys(place, irene):
    its = {"x": (X_CLIENT, X_SECRET), "linkedin": (LI_CLIENT, LI_SECRET)}[place.kind]
    answers = {"client_id": its[0], "client_secret": its[1]}
    answers |= {"organization": "5515715"} if place.kind == "linkedin" else {}
    wish = services.Wish(slug="company", name="Acme", kind=place.kind)
    page = services.begin_sign_in(by=irene, wish=wish, answers=answers, redirect=COMPANYS)
    code = place.network.say_yes(query_of(page))
    return services.complete_sign_in(by=irene, state=query_of(page)["state"][0], code=code)


def test_an_employee_signs_in_through_the_companys_application(through_the_company, bruno, irene, browser_of):
    place = through_the_company
    company = connect_companys(place, irene)
    # The next who signs in there is somebody else.
    if place.kind == "x":
        place.network.user = place.network.user | {"id": "77", "username": "bruno", "name": "Bruno"}
    browser = browser_of(bruno)
    new = f"/advocates/accounts/new/{place.kind}/"
    page = browser.get(new).text
    assert "Client" not in page
    assert "answer_" not in page
    answer = browser.post(new, {"answer_client_id": "evil", "answer_organization": "5515715"})
    query = query_of(answer.context["page"])
    assert query["client_id"] == [company.config["client_id"]]
    told = come_back(browser, state=query["state"][0], code=place.network.say_yes(query))
    assert "is connected as" in told
    made = Destination.objects.get(owner=bruno)
    assert made.remote_account == {"x": "77@x.com", "linkedin": "urn:li:person:abc123"}[place.kind]
    assert made.config.get("organization", "") == ""
    rows = json.dumps([*Destination.objects.values(), *SignInTrip.objects.values()], default=str) + told + page
    assert not any(secret in rows for secret in (X_SECRET, LI_SECRET))


def test_without_the_companys_own_account_there_is_no_application_to_sign_in_through(
    through_the_company, bruno, browser_of
):
    answer = browser_of(bruno).post(f"/advocates/accounts/new/{through_the_company.kind}/", {})
    assert answer.status_code == 422
    assert "The company has to connect its own account on this network first." in answer.text
    assert not SignInTrip.objects.exists()


def test_an_employees_account_lends_nobody_its_application(through_the_company, bruno, alice, browser_of):
    facts = {"kind": through_the_company.kind, "owner": bruno, "remote_account": "1", "config": {"client_id": "c"}}
    mine = Destination.objects.create(slug="own-1", name="B", **facts)
    mine.credentials = credentials.sealed({"client_secret": "s"}, of=credentials.destination_name(mine.pk))
    mine.save()
    answer = browser_of(alice).post(f"/advocates/accounts/new/{through_the_company.kind}/", {})
    assert "has to connect its own account" in answer.text
