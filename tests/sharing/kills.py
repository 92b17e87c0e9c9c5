"""Kill workers while they send, as a child of the tests: `python -m tests.sharing.kills FOLDER KILLS`.

Each victim is a forked process with its own connection to a database file. It dies by SIGKILL at one of three points:
every other one at a part of a thread, the first, the second and the last in turn. One remote is a real Bluesky server,
one speaks Mastodon's API, the others are files: what they accepted before the kill stays accepted. The survivors then
get all the time they need.
The last line says, for each share, how it ended and how many copies there are of each of its parts.
"""

import itertools
import json
import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

POINTS = ("after_seal", "before_call", "after_call")
THREADED = ("key", "bluesky", "mastodon")
PARTS = 3  # of each thread: two of its words, and a comment
LONGEST = 300


class FileRemote:
    """A remote whose memory is a file, so that it outlives whoever called it."""

    def __init__(self, repeat, folder):
        from corpblog.sharing.connectors.base import NO_FILES, USUAL, Repeat, Trial
        from corpblog.sharing.marks import NONE

        self.repeat, self.patience, self.takes = Repeat(repeat), USUAL, NO_FILES
        self.trial, self.marks = Trial.STAYS, NONE
        self.kind = f"remote-{repeat}"
        if self.repeat is Repeat.KEY:
            self.threads = True
        self.file = folder / f"{repeat}.jsonl"
        self.file.touch()

    def posts(self):
        return [json.loads(line) for line in self.file.read_text().splitlines()]

    def texts(self):
        return [post["words"] for post in self.posts()]

    def open(self):
        """Put the remote into the program, and return the destination that leads to it."""
        from corpblog.sharing.connectors import CONNECTORS
        from corpblog.sharing.models import Destination

        CONNECTORS[self.kind] = self
        return Destination.objects.create(slug=self.kind, name=self.kind, kind=self.kind, remote_account="acme")

    def longest(self, config):
        return LONGEST

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
            told = {"key": payload.key, "job": payload.job_id, "body": payload.body, "words": payload.words}
            out.write(json.dumps(told) + "\n")
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
        made = services.connect(by=kim, slug=self.kind, name="Mastodon", kind=self.kind, answers=self.answers)
        # As if its administrator had set it: the same threads fit everywhere.
        made.config |= {"longest": LONGEST}
        made.save()
        return made


def main(folder, kills):
    folder = Path(folder)
    os.environ |= {"CORPBLOG_VAR": str(folder)}
    os.environ |= {"CORPBLOG_SHARE_DELAY": "0", "DJANGO_SETTINGS_MODULE": "corpblog.config.settings"}
    import django

    django.setup()
    from tests.servers.bluesky import bluesky
    from tests.servers.mastodon import mastodon_server

    with bluesky() as sky, mastodon_server(folder) as field:
        remotes = {repeat: FileRemote(repeat, folder) for repeat in ("key", "readable", "blind")}
        play(remotes | {"bluesky": RealBluesky(sky), "mastodon": RealMastodon(field)}, kills)


def play(remotes, kills):
    company = Company(remotes)
    of_threads = kills // 2
    shares = [company.ask(remote) for remote in company.in_turn(sorted(remotes), kills - of_threads + 3)]
    clock = Clock()
    for number in range(kills - of_threads):
        kill_one(POINTS[number % len(POINTS)])
        # The dead worker's lease and its claim run out.
        clock.forward(seconds=80)
    for number in range(of_threads):
        # Nine of them are every point at every part, 27 are those on every remote.
        part, remote = number // 3 % PARTS, THREADED[(number + number // 3 + number // 9) % 3]
        shares.append(company.ask(remote, is_thread=True))
        kill_one(POINTS[number % len(POINTS)], job=shares[-1].job.pk, part=part)
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


class Company:
    """One author, one channel, and a destination for each remote."""

    def __init__(self, remotes):
        from corpblog.people.models import Person
        from corpblog.teams.models import Channel, Membership
        from tests.sharing.conftest import POLICY, put_in_force

        self.ann = Person.objects.create(username="ann", display_name="Ann", directory_id="ann")
        self.channel = Channel.objects.create(slug="news", name="News")
        Membership.objects.create(person=self.ann, channel=self.channel)
        put_in_force(POLICY)
        self.destinations = {name: remote.open() for name, remote in remotes.items()}
        self.numbers = itertools.count(1)

    def in_turn(self, names, count):
        """Return so many names, not in step with the three points, so that each point meets each kind of remote."""
        return [names[(number // len(POINTS)) % len(names)] for number in range(count)]

    def ask(self, remote, *, is_thread=False):
        from django.utils import timezone

        from corpblog.kernel.models import LimitCounter
        from corpblog.posts.models import Post
        from corpblog.sharing import services
        from corpblog.sharing.wishes import Wish

        LimitCounter.objects.all().delete()
        number = next(self.numbers)
        text, wish = f"News number {number}", Wish()
        if is_thread:
            text = " ".join(f"Of news number {number} this is sentence {line}." for line in range(12))
            wish = Wish(as_thread=True, comment=f"More of news number {number}")
        facts = {"text": text, "html": text, "created_at": timezone.now()}
        post = Post.objects.create(channel=self.channel, author=self.ann, number=number, **facts)
        return services.request_share(by=self.ann, post=post, destination=self.destinations[remote], wish=wish)


def kill_one(point, job=None, part=0):
    """Have a worker die at the point of the first call that it makes, or of this part of this job."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        die_at(point, job, part)
        os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the worker survived {point} of part {part}: {status}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def die_at(point, job, part):
    from corpblog.sharing import worker
    from corpblog.sharing.models import ThreadPart
    from corpblog.sharing.services import sending

    def is_time(job_id):
        return job is None or (job_id == job and ThreadPart.objects.filter(job=job).count() == part)

    def or_die(real, job_of):
        def called(*args, **kwargs):
            doomed = is_time(job_of(*args, **kwargs))
            if doomed and point != "after_call":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = real(*args, **kwargs)
            if doomed:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        return called

    if point == "after_seal":
        worker.send = or_die(worker.send, lambda *, job_id, lease: job_id)
    else:
        sending.attempt = or_die(sending.attempt, lambda call: call.payload.job_id)
    victim = worker.Worker(f"victim-{point}")
    while victim.round():
        """It has other work to do before it comes to its last."""


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
    from corpblog.sharing import canonical
    from corpblog.sharing.models import Share

    copies = Counter(text for remote in remotes.values() for text in remote.texts())
    ended = []
    for share in Share.objects.filter(pk__in=[share.pk for share in shares]).select_related("destination", "revision"):
        parts = canonical.parts(canonical.read(share.revision.canonical))
        where = share.destination.kind.removeprefix("remote-")
        ended.append({"repeat": where, "state": share.state, "copies": [copies[part] for part in parts]})
    sys.stdout.write(json.dumps({"shares": ended, "audit_holds": verified().holds}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
