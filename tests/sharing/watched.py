"""An account on a network that others can reach as well, and something of ours that is out there."""

import html

import pytest

from corpblog.kernel import clock
from corpblog.sharing import credentials, services
from corpblog.sharing.models import Destination, Incident, Share
from corpblog.sharing.wishes import AS_POSTED, Wish
from tests.servers.faults import TOKEN, network


@pytest.fixture(scope="module")
def server():
    with network(knows_keys=True, now=lambda: clock.now()) as (made, port):  # noqa: PLW0108
        yield made, port


@pytest.fixture
def there(server, settings):
    """A network with Mastodon's API."""
    made, port = server
    made.forget()
    settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
    return made


@pytest.fixture
def account(there, server):
    config = {"server": f"http://127.0.0.1:{server[1]}", "seconds": 3}
    facts = {"name": "Mastodon", "kind": "mastodon", "remote_account": "1@there", "config": config}
    destination = Destination.objects.create(slug="mastodon", **facts)
    destination.credentials = credentials.sealed({"token": TOKEN}, of=credentials.destination_name(destination.pk))
    destination.save()
    return destination


@pytest.fixture
def out(write, alice, account, work, travel):
    """A share that is out, long enough for the server to show it."""

    def make(text="Hello world", wish=AS_POSTED):
        share = services.request_share(by=alice, post=write(text), destination=account, wish=wish)
        work()
        travel(minutes=3)
        return Share.objects.for_rows().get(pk=share.pk)

    return make


@pytest.fixture
def thread_out(account, out):
    """A thread of two parts and a comment that is out."""
    account.config |= {"longest": 60}
    account.save()
    text = "We open an office in Lyon on Monday morning. Everybody is welcome there."
    return out(text, Wish(as_thread=True, comment="More on Monday"))


def posted_there(there, text):
    """Somebody with the account's password posts by hand."""
    name = f"foreign{len(there.posts)}"
    made = {"id": name, "url": f"https://there.example/{name}", "created_at": clock.now().isoformat()}
    there.posts[name] = made | {"text": text, "content": f"<p>{html.escape(text)}</p>"}


def only(kind):
    (incident,) = Incident.objects.all()
    assert incident.kind == kind
    return incident
