"""Stop a worker in the middle, let another take over, wake it up: `python -m tests.sharing.stopped FOLDER POINT`.

The clocks are real; only the lease is short. The network keeps every byte. The last line says what arrived there.
"""

import json
import os
import signal
import sys
import time
from datetime import timedelta

LEASE = timedelta(seconds=5.5)
PATIENCE = 60


def main(folder, point):
    os.environ |= {"CORPBLOG_VAR": folder}
    os.environ |= {"CORPBLOG_SHARE_DELAY": "0", "DJANGO_SETTINGS_MODULE": "corpblog.config.settings"}
    import django

    django.setup()
    from django.conf import settings
    from django.utils import timezone

    from corpblog.sharing import worker
    from corpblog.sharing.services import sealing
    from tests.servers.faults import network

    sealing.LEASE, worker.UNSEEN = LEASE, timedelta(seconds=1)
    # It answers a repetition like a new post: whatever is sent twice is there twice.
    with network(knows_keys=False, now=timezone.now) as (there, port):
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        share = prepare(port)
        sleeper = begin_and_stop(point)
        take_over(share)
        os.kill(sleeper, signal.SIGCONT)
        _pid, status = os.waitpid(sleeper, 0)
        share.refresh_from_db()
        told = {"woke": os.waitstatus_to_exitcode(status), "state": share.state, "lease": share.job.lease}
        told |= {"posts": sum(request.method == "POST" for request in there.requests), "shown": len(there.posts)}
    sys.stdout.write(json.dumps(told) + "\n")


def prepare(port):
    from django.utils import timezone

    from corpblog.people.models import Person
    from corpblog.posts.models import Post
    from corpblog.sharing import credentials, services
    from corpblog.sharing.models import Destination
    from corpblog.teams.models import Channel, Membership
    from tests.servers.faults import TOKEN
    from tests.sharing.conftest import POLICY, put_in_force

    ann = Person.objects.create(username="ann", display_name="Ann", directory_id="ann")
    channel = Channel.objects.create(slug="news", name="News")
    Membership.objects.create(person=ann, channel=channel)
    put_in_force(POLICY)
    facts = {"channel": channel, "author": ann, "number": 1, "text": "Hello", "html": "Hello"}
    post = Post.objects.create(**facts, created_at=timezone.now())
    config = {"server": f"http://127.0.0.1:{port}"}
    there = Destination.objects.create(slug="m", name="M", kind="mastodon", remote_account="acme", config=config)
    there.credentials = credentials.sealed({"token": TOKEN}, of=credentials.destination_name(there.pk))
    there.save()
    return services.request_share(by=ann, post=post, destination=there)


def begin_and_stop(point):
    """Fork a worker that stops itself, as a laptop's lid would, and return once it stands still."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        stop_at(point)
        os._exit(0)
    _pid, status = os.waitpid(child, os.WUNTRACED)
    assert os.WIFSTOPPED(status), f"the worker did not stop {point}: {status}"
    return child


def stop_at(point):
    from corpblog.sharing import worker
    from corpblog.sharing.services import sending

    def then(act):
        def stopped(*args, **kwargs):
            os.kill(os.getpid(), signal.SIGSTOP)
            return act(*args, **kwargs)

        return stopped

    if point == "after_seal":
        worker.send = then(worker.send)
    else:
        sending.attempt = then(sending.attempt)
    worker.Worker("sleeper").round()


def take_over(share):
    from corpblog.sharing.worker import Worker

    until = time.monotonic() + PATIENCE
    while share.state != "sent":
        assert time.monotonic() < until, f"nobody took over: {share.state}"
        Worker("survivor").round()
        share.refresh_from_db()
        time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
