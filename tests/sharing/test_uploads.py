"""Pictures are handed over before the post that names them. Whoever throws the switch meanwhile stops the post."""

import time

import pytest

from corpblog.kernel import clock
from corpblog.posts.files import Wish
from corpblog.posts.services import attach, delete, publish
from corpblog.sharing import connectors, credentials, services
from corpblog.sharing.connectors.base import Refused
from corpblog.sharing.connectors.mastodon import MOST_LOOKS, Mastodon
from corpblog.sharing.models import Destination, Job, Share
from tests.policy.extraction.files import picture
from tests.servers import faults

pytestmark = pytest.mark.django_db


class Watched(Mastodon):
    """The real connector, with something that happens after so many pictures were handed over."""

    after, happens = 0, staticmethod(lambda: None)

    def upload(self, file, target, *, not_after):
        media = super().upload(file, target, not_after=not_after)
        self.after -= 1
        if not self.after:
            self.happens()
        return media


@pytest.fixture
def there(settings):
    with faults.network(knows_keys=True, now=clock.now) as (network, port):
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        network.port = port
        yield network


@pytest.fixture
def connector(monkeypatch):
    made = Watched()
    monkeypatch.setitem(connectors.CONNECTORS, "mastodon", made)
    return made


@pytest.fixture
def destination(there, connector):
    facts = {"kind": "mastodon", "remote_account": "1@there", "config": {"server": f"http://127.0.0.1:{there.port}"}}
    made = Destination.objects.create(slug="there", name="There", **facts)
    made.credentials = credentials.sealed({"token": faults.TOKEN}, of=credentials.destination_name(made.pk))
    made.save()
    return made


@pytest.fixture
def share(policy, channel, alice, destination):
    """Three pictures that may go."""
    files = [
        Wish(attach(by=alice, place="new", name=f"{name}.png", data=picture(name)).pk, name) for name in ("a", "b", "c")
    ]
    post = publish(by=alice, channel=channel, text="Look", files=files)
    return services.request_share(by=alice, post=post, destination=destination)


def asked(there):
    return [(request.method, request.path.split("?")[0]) for request in there.requests]


def again(share):
    return Share.objects.select_related("job").get(pk=share.pk)


def close_gate(share, irene):
    services.close_gate(by=irene, reason="A leak")


def close_destination(share, irene):
    services.close_destination(by=irene, destination=share.destination)


def delete_post(share, irene):
    delete(by=share.author, post_id=share.post_id)


STOPS = {"switch": close_gate, "destination": close_destination, "post": delete_post}


@pytest.mark.gate("G2", "G14")
@pytest.mark.parametrize("handed_over", [1, 2, 3])
@pytest.mark.parametrize("stop", STOPS)
def test_what_is_stopped_between_two_pictures_is_not_posted(stop, handed_over, share, there, connector, irene, work):
    connector.after, connector.happens = handed_over, lambda: STOPS[stop](share, irene)
    work()
    uploads, drops = [("POST", "/api/v2/media")] * handed_over, [("DELETE", f"/api/v1/media/{n + 1}") for n in range(3)]
    assert asked(there) == uploads + drops[:handed_over]
    assert (there.posts, there.media) == ({}, {})
    work()
    assert again(share).state == ("withdrawn" if stop == "post" else "cleared")
    assert again(share).job.state in {"waiting", "stopped"}


def test_what_was_stopped_goes_when_it_may_and_has_lost_no_try(share, there, connector, irene, work, travel):
    connector.after, connector.happens = 2, lambda: close_gate(share, irene)
    work()
    assert Job.objects.get().tries == 0
    services.open_gate(by=irene, reason="All is well")
    travel(minutes=1)
    work()
    assert again(share).state == "sent"
    (post,) = there.posts.values()
    assert len(post["media_attachments"]) == len(there.media) == 3


def test_a_switch_that_is_thrown_while_a_lost_answer_is_looked_into_leaves_the_doubt(
    share, there, connector, irene, work, travel
):
    there.moods = ["accepted_then_silence"]
    work()
    assert again(share).job.state == "doubtful"
    connector.after, connector.happens = 1, lambda: close_gate(share, irene)
    travel(seconds=30)
    work()
    assert (again(share).job.state, len(there.posts)) == ("doubtful", 1)
    services.open_gate(by=irene, reason="All is well")
    travel(minutes=5)
    work()
    assert (again(share).state, len(there.posts)) == ("sent", 1)


def test_a_picture_that_is_refused_takes_the_others_back(share, there, connector, work):
    def refuse():
        raise Refused("file_refused", for_good=True)

    connector.after, connector.happens = 2, refuse
    work()
    assert (again(share).state, again(share).note, there.posts) == ("failed", "file_refused", {})
    # The second arrived, and we never learned what it is called there.
    assert list(there.media) == ["2"]


@pytest.mark.parametrize("looks", [1, 3])
def test_a_picture_that_the_server_works_on_is_waited_for(looks, share, there, connector, work):
    waited = []
    connector.pause, there.working = waited.append, looks
    work()
    assert again(share).state == "sent"
    assert asked(there)[: looks + 1] == [("POST", "/api/v2/media"), *[("GET", "/api/v1/media/1")] * looks]
    assert waited == [1.0] * looks


def test_it_is_not_waited_for_for_ever(share, there, connector, work):
    waited = []
    connector.pause, there.working = waited.append, MOST_LOOKS + 1
    work()
    assert (again(share).state, again(share).note, there.posts, there.media) == ("cleared", "file_slow", {}, {})
    assert len(waited) == MOST_LOOKS


def test_nobody_waits_longer_than_the_lease_lasts(share, there, connector, work, monkeypatch):
    late = time.monotonic() + 100
    there.working = 3
    connector.pause = lambda seconds: monkeypatch.setattr("corpblog.kernel.egress.time.monotonic", lambda: late)
    work()
    assert (again(share).note, there.posts) == ("unreachable", {})
    assert not [path for _method, path in asked(there) if path.startswith("/api/v1/media")]


@pytest.mark.gate("G16")
def test_a_lease_that_ends_while_pictures_are_handed_over_posts_nothing(share, there, connector, work, travel):
    connector.after, connector.happens = 2, lambda: travel(seconds=61)
    work()
    media, post = ("POST", "/api/v2/media"), ("POST", "/api/v1/statuses")
    taken_back = [("DELETE", "/api/v1/media/1"), ("DELETE", "/api/v1/media/2")]
    # What the old lease handed over is gone, and the next one begins anew.
    assert asked(there) == [media, media, *taken_back, media, media, media, post]
    assert again(share).job.lease == 2
