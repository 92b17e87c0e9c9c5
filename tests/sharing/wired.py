"""Three remotes at the other end of a wire, reached by the real Mastodon connector through the real way out."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator

import pytest

from corpblog.kernel import clock
from corpblog.sharing.connectors import oauth
from corpblog.sharing.connectors.base import Repeat, Unclear
from corpblog.sharing.connectors.mastodon import Mastodon
from corpblog.sharing.models import Job
from tests.servers.faults import Network, house, network

# How long a call may take here; the moods that wait and drip use it up.
SECONDS = 0.15
# How many characters a post may have here: what is longer is asked for as a thread.
LONGEST = 60


class Wires:
    """The three networks, and the house that none of them may lead into."""

    def __init__(self, networks, visits):
        self.networks: dict[str, tuple[Network, int]] = networks
        self.visits = visits

    def forget(self):
        for made, _port in self.networks.values():
            made.forget()


@contextlib.contextmanager
def wires() -> Iterator[Wires]:
    with contextlib.ExitStack() as running:
        visits, inside = running.enter_context(house())
        made = {
            # Only the first recognises a key; the last cannot be read back either, as far as its connector knows.
            repeat: running.enter_context(
                network(knows_keys=repeat == "key", now=lambda: clock.now(), inside=inside)  # noqa: PLW0108
            )
            for repeat in ("key", "readable", "blind")
        }
        yield Wires(made, visits)


@pytest.fixture(scope="module")
def module_wires():
    """Give one set of networks to a whole module; a world begins with `forget`."""
    with wires() as made:
        yield made


class Wired(Mastodon):
    """The real connector, which lets the world judge each byte once it arrived."""

    def __init__(self, repeat, made, port, world):
        self.repeat = Repeat(repeat)
        self.kind = f"remote-{repeat}"
        self.network = made
        self.config = {"server": f"http://127.0.0.1:{port}", "seconds": SECONDS, "longest": LONGEST}
        self.world = world
        self.payloads = {}  # by key
        self.asked = defaultdict(set)  # by words: the shares that were called for them
        self.judged = 0  # how many of those that arrived were judged one by one, and how many for their copies
        self.counted = 0

    @property
    def received(self):
        """What arrived: the job and the request of each."""
        keyed = ((request.headers.get("idempotency-key", ""), request) for request in self.network.accepted)
        return [(self.payloads[key].job_id, request) for key, request in keyed]

    @property
    def shown(self):
        return self.network.posts

    @property
    def moods(self):
        return self.network.moods

    def next(self, *moods):
        self.network.moods += moods

    def look_late(self):
        """It does not show its own writes at once."""
        self.network.blind_looks = 1

    def publish(self, payload, target, *, not_after):
        self.payloads[payload.key] = payload
        self.asked[payload.words].add(Job.objects.get(pk=payload.job_id).share_id)
        expected = len(self.network.requests) + 1
        try:
            return super().publish(payload, target, not_after=not_after)
        except Unclear:
            # It gave up waiting; what is still on its way is judged, too.
            self.network.wait_for(expected)
            raise
        finally:
            self._judge()

    def upload(self, file, target, *, not_after):
        media = super().upload(file, target, not_after=not_after)
        self.world.while_uploading()
        return media

    def renewed(self, target):
        """These networks' tokens end, as those of X and LinkedIn do; Mastodon's last."""
        form = {"grant_type": "refresh_token", "refresh_token": target.secrets["refresh"]}
        return oauth.token(f"{target.config['server']}/oauth/token", form)

    def correct(self, payload, target, *, not_after):
        self.payloads[payload.key] = payload
        self.asked[payload.content["text"]].add(Job.objects.get(pk=payload.job_id).share_id)
        try:
            return super().correct(payload, target, not_after=not_after)
        except Unclear:
            # Without a word it was the edit that failed: the readings before it publish nothing.
            self.network.wait_for(len(self.network.requests))
            raise
        finally:
            self._judge()

    def _judge(self):
        accepted = self.network.accepted
        for request in accepted[self.judged :]:
            self.world.arrived(self.payloads[request.headers["idempotency-key"]], request, self.network.media)
        self.judged = len(accepted)
