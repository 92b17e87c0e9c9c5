"""A process beside the web process that posts when told to, and says when each post was committed.

Reads `CHANNEL AUTHOR…` first, then one line per post; answers each with the moment of the commit.
"""

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corpblog.config.settings")

import django

django.setup()

from corpblog.people.models import Person
from corpblog.posts.events import post_changed
from corpblog.posts.services import publish
from corpblog.posts.services.judging import POSTS
from corpblog.teams.models import Channel

_WORDS = "The build for the new press page is green again; thanks to everybody who looked at it over lunch. "
_commits: list[float] = []


def _note(_news: object) -> None:
    _commits.append(time.monotonic())


def main() -> None:
    # First of all listeners: before the wake-up leaves.
    post_changed._listeners.insert(0, _note)
    channel_id, *authors = (int(part) for part in sys.stdin.readline().split())
    channel = Channel.objects.get(pk=channel_id)
    people = list(Person.objects.get_queryset().filter(pk__in=authors))
    for number, _line in enumerate(sys.stdin):
        author = people[number % len(people)]
        # Nobody posts so fast; the limit is not what is measured.
        POSTS.forget(str(author.pk))
        publish(by=author, channel=channel, text=f"{_WORDS}{_WORDS}{number}")
        sys.stdout.write(f"{_commits[-1]!r}\n")
        sys.stdout.flush()


main()
