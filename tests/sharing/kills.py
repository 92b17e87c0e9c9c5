"""Kill workers while they send, as a child of the tests: `python -m tests.sharing.kills FOLDER KILLS`.

Each victim is a forked process with its own connection to a database file. It dies by SIGKILL at one of three points.
One remote is a real Bluesky server, the others are files: what they accepted before the kill stays accepted. The
survivors then get all the time they need.
The last line says, for each share, how it ended and how many copies of it there are.
"""

import json
import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

POINTS = ("after_seal", "before_call", "after_call")


class FileRemote:
    """A remote whose memory is a file, so that it outlives whoever called it."""

    def __init__(self, repeat, folder):
        from corpblog.sharing.connectors.base import NO_FILES, USUAL, Repeat, Trial

        self.repeat, self.patience, self.takes = Repeat(repeat), USUAL, NO_FILES
        self.trial = Trial.STAYS
        self.kind = f"remote-{repeat}"
        self.file = folder / f"{repeat}.jsonl"
        self.file.touch()

    def posts(self):
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def texts(self):
        return [json.loads(post["body"])["text"] for post in self.posts()]

    def open(self):
        """Put the remote into the program, and return the destination that leads to it."""
        from corpblog.sharing.connectors import CONNECTORS
        from corpblog.sharing.models import Destination

        CONNECTORS[self.kind] = self
        return Destination.objects.create(slug=self.kind, name=self.kind, kind=self.kind, remote_account="acme")

    def longest(self, config):
        return None

    def length(self, text):
        return len(text)

    def publish(self, payload, target, *, not_after):
        from corpblog.sharing.connectors.base import Arrived, Repeat

        posts = self.posts()
        if self.repeat is Repeat.KEY:
            for number, post in enumerate(posts):
                if post["key"] == payload.key:
                    return Arrived(str(number), "")
        with self.file.open("a") as out:
            out.write(json.dumps({"key": payload.key, "job": payload.job_id, "body": payload.body}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        return Arrived(str(len(posts)), "")

    def find(self, payload, target, *, since, known):
        from corpblog.sharing.connectors.base import Arrived, Repeat, Unclear

        if self.repeat is Repeat.BLIND:
            raise Unclear("timeline")
        for number, post in enumerate(self.posts()):
            if str(number) not in known and post["body"] == payload.body:
                return Arrived(str(number), "")
        return None


class RealBluesky:
    """A real server that outlives every worker, reached by the real connector."""

    kind = "bluesky"

    def __init__(self, server):
        from django.conf import settings

        settings.EGRESS_PRIVATE = [server.place]
        self.account = server.account("acmenews")
        self.texts = self.account.texts

    def open(self):
        from corpblog.people.models import Person, RoleGrant
        from corpblog.sharing import services

        kim = Person.objects.create(username="kim", display_name="Kim", directory_id="kim")
        RoleGrant.objects.create(person=kim, role="connector_admin")
        answers = {"server": self.account.server.base, "handle": self.account.handle}
        answers |= {"password": self.account.app_password}
        return services.connect(by=kim, slug=self.kind, name="Bluesky", kind=self.kind, answers=answers)


class RealMastodon:
    """A server with Mastodon's API that outlives every worker, reached by the real connector."""

    kind = "mastodon"

    def __init__(self, server):
        from django.conf import settings

        from corpblog.sharing.connectors import mastodon

        settings.EGRESS_PRIVATE = [*settings.EGRESS_PRIVATE, server.place]
        # The clock of this drill runs hours ahead of the server's.
        mastodon._CLOCKS_DIFFER = timedelta(days=7)
        self.texts = server.statuses
        self.answers = {"server": server.base, "token": "mock_token"}

    def open(self):
        from corpblog.people.models import Person
        from corpblog.sharing import services

        kim = Person.objects.get(username="kim")
        return services.connect(by=kim, slug=self.kind, name="Mastodon", kind=self.kind, answers=self.answers)


def main(folder, kills):
    folder = Path(folder)
    os.environ |= {"CORPBLOG_VAR": str(folder)}
    os.environ |= {"CORPBLOG_SHARE_DELAY": "0", "DJANGO_SETTINGS_MODULE": "corpblog.config.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.servers.bluesky import bluesky
    from tests.servers.mastodon import mastodon_server

    with bluesky() as sky, mastodon_server(folder) as field:
        remotes = {repeat: FileRemote(repeat, folder) for repeat in ("key", "readable", "blind")}
        play(remotes | {"bluesky": RealBluesky(sky), "mastodon": RealMastodon(field)}, kills)


def play(remotes, kills):
    shares = prepare(remotes, kills)
    clock = Clock()
    for number in range(kills):
        kill_one(POINTS[number % len(POINTS)])
        # The dead worker's lease and its claim run out.
        clock.forward(seconds=80)
    survive(clock)
    report(shares, remotes)


class Clock:
    """Both clocks of this process and of its children."""

    def __init__(self):
        from django.utils import timezone

        from corpblog.kernel import clock

        self.offset = timedelta(0)
        clock.now = clock.database_now = lambda: timezone.now() + self.offset

    def forward(self, **by):
        self.offset += timedelta(**by)


def prepare(remotes, kills):
    from django.utils import timezone

    from corpblog.kernel.models import LimitCounter
    from corpblog.people.models import Person
    from corpblog.posts.models import Post
    from corpblog.sharing import services
    from corpblog.teams.models import Channel, Membership
    from tests.sharing.conftest import POLICY, put_in_force

    ann = Person.objects.create(username="ann", display_name="Ann", directory_id="ann")
    channel = Channel.objects.create(slug="news", name="News")
    Membership.objects.create(person=ann, channel=channel)
    put_in_force(POLICY)
    shares = []
    destinations = {repeat: remote.open() for repeat, remote in remotes.items()}
    for number in range(kills + 3):
        LimitCounter.objects.all().delete()
        text = f"News number {number}"
        post = Post.objects.create(
            channel=channel, author=ann, number=number + 1, text=text, html=text, created_at=timezone.now()
        )
        # Not in step with the three points, so that each meets each kind of remote.
        repeat = sorted(remotes)[(number // len(POINTS)) % len(remotes)]
        shares.append((services.request_share(by=ann, post=post, destination=destinations[repeat]).pk, repeat))
    return shares


def kill_one(point):
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        die_at(point)
        os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the worker survived {point}: {status}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def die_at(point):
    from corpblog.sharing import worker
    from corpblog.sharing.services import sending

    def die(*_args, **_kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    attempt = sending.attempt
    if point == "after_seal":
        worker.send = die
    elif point == "before_call":
        sending.attempt = die
    else:
        sending.attempt = lambda call: die(attempt(call))
    worker.Worker(f"victim-{point}").round()


def survive(clock):
    from corpblog.sharing.models import Job
    from corpblog.sharing.worker import Worker

    for _round in range(30):
        Worker("survivor").round()
        if not Job.objects.exclude(state__in=Job.FINAL).exists():
            return
        clock.forward(seconds=80)


def report(shares, remotes):
    from corpblog.audit.selectors import verified
    from corpblog.sharing.models import Share

    copies = Counter(text for remote in remotes.values() for text in remote.texts())
    ended = [
        {"repeat": repeat, "state": share.state, "copies": copies[share.post.text]}
        for share, repeat in ((Share.objects.get(pk=pk), repeat) for pk, repeat in shares)
    ]
    sys.stdout.write(json.dumps({"shares": ended, "audit_holds": verified().holds}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
