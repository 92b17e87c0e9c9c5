"""A restore drill, as a child of the tests: `python -m tests.sharing.drill FOLDER`, on the database of the environment.

A backup is made while shares wait, are sealed, are being called and are held. The rest goes out, the database is lost,
and hours later the backup is brought back with the operator's own command. The last line says how each share ended.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.servers.bluesky import bluesky
from tests.sharing.kills import Clock, FileRemote, RealBluesky, kill_one, survive

KINDS = ("key", "readable", "blind")
DEATHS = ("after_seal", "before_call", "after_call", "after_call")


def main(folder):
    folder = Path(folder)
    os.environ |= {"CORPBLOG_VAR": str(folder), "CORPBLOG_SHARE_DELAY": "0"}
    os.environ |= {"DJANGO_SETTINGS_MODULE": "corpblog.config.settings"}
    import django

    django.setup()
    with bluesky() as server:
        remotes = {repeat: FileRemote(repeat, folder) for repeat in KINDS} | {"bluesky": RealBluesky(server)}
        play(remotes, folder)


def play(remotes, folder):
    from django.core.management import call_command

    shares = prepare(remotes)
    clock = Clock()
    begin_some(remotes)
    call_command("backup", str(folder / "backup"))
    in_clear = found_in(folder / "backup", secret=remotes["bluesky"].account.app_password, words="Waiting 2")
    approve_held()
    clock.forward(seconds=80)
    survive(clock)
    before = copies(remotes)
    lose_the_database()
    clock.forward(hours=3)
    call_command("restore", str(folder / "backup"), verbosity=0)
    approve_held()
    survive(clock)
    report(shares, before, copies(remotes), in_clear)


def prepare(remotes):
    """Three shares to each remote: two clean ones and one that is held."""
    from django.utils import timezone

    from corpblog.kernel.models import LimitCounter
    from corpblog.people.models import Person, RoleGrant
    from corpblog.posts.models import Post
    from corpblog.sharing import services
    from corpblog.teams.models import Channel, Membership
    from tests.sharing.conftest import POLICY, put_in_force

    ann = Person.objects.create(username="ann", display_name="Ann", directory_id="ann")
    omar = Person.objects.create(username="omar", display_name="Omar", directory_id="omar")
    RoleGrant.objects.create(person=omar, role="compliance")
    channel = Channel.objects.create(slug="news", name="News")
    Membership.objects.create(person=ann, channel=channel)
    put_in_force(POLICY)
    shares, number = [], 0
    for repeat, remote in remotes.items():
        destination = remote.open()
        for words in ("Begun", "Waiting", "Falcon"):
            LimitCounter.objects.all().delete()
            number += 1
            text = f"{words} {number}"
            post = Post.objects.create(
                channel=channel, author=ann, number=number, text=text, html=text, created_at=timezone.now()
            )
            share = services.request_share(by=ann, post=post, destination=destination)
            shares.append((share.pk, repeat, words))
    return shares


def begin_some(remotes):
    """Workers die: after the seal, before the call, and with the call answered and not written down."""
    from corpblog.sharing.models import Job

    waiting = list(Job.objects.order_by("pk"))
    first = [next(job for job in waiting if job.share.destination.kind == remote.kind) for remote in remotes.values()]
    for point, job in zip(DEATHS, first, strict=True):
        Job.objects.exclude(pk=job.pk).filter(state="waiting").update(due_at=job.due_at.replace(year=2100))
        kill_one(point)
        Job.objects.filter(state="waiting").update(due_at=job.due_at)


def approve_held():
    from corpblog.kernel import clock
    from corpblog.people.models import Person
    from corpblog.sharing import services
    from corpblog.sharing.models import Share

    for share in Share.objects.filter(state="held"):
        services.decide(
            by=Person.objects.get(username="omar"),
            share_id=share.pk,
            revision_digest=share.digest,
            ruling="approve",
            authenticated_at=clock.now(),
        )


def lose_the_database():
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "sqlite":
        connection.close()
        Path(settings.DATABASE["NAME"]).unlink()
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def copies(remotes):
    return Counter(text for remote in remotes.values() for text in remote.texts())


def found_in(backup, **canaries):
    """Which of these stand in the backup's files; a dump of PostgreSQL is unpacked first."""
    files = [file for file in backup.rglob("*") if file.is_file()]
    read = ["pg_restore", "--file", "-"]
    plain = [
        subprocess.run([*read, file], capture_output=True, check=True).stdout
        if file.suffix == ".dump"
        else file.read_bytes()
        for file in files
    ]
    return {name: sum(canary.encode() in file for file in plain) for name, canary in canaries.items()}


def report(shares, before, after, in_clear):
    from corpblog.audit.selectors import verified
    from corpblog.sharing.models import Share

    ended = []
    for pk, repeat, words in shares:
        share = Share.objects.select_related("post").get(pk=pk)
        counted = {"before": before[share.post.text], "after": after[share.post.text]}
        ended.append({"repeat": repeat, "words": words, "state": share.state, **counted})
    sys.stdout.write(json.dumps({"shares": ended, "audit_holds": verified().holds, "in_clear": in_clear}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
