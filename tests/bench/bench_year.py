"""How fast pages are in a company that wrote for a year, each against a bare query of the rows that it shows.

    python tests/bench/bench_year.py [--posts 200000] [--sqlite]

Home, a channel, search and what a policy would have done to thirty days of posts, through all of Django. Targets: at
most twice as long with the whole year as with its last tenth; an effect is bounded by its own clock and by its sample.
Ratios hold on any machine, milliseconds on this one.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_home import PAGE, database, found, set_up

PEOPLE = 500
ROUNDS = 7
MOST = 2_000  # rows of one insert
WORDS = ("returns", "portal", "live", "customers", "refund", "time", "went", "nine", "days", "thanks", "lunch")


def fill(since: datetime, until: datetime, posts: int, weights: list[float], chance: random.Random) -> None:
    """Write so many posts, evenly over the time, each into a channel by its weight; one in a hundred names Falcon."""
    from corpblog.kernel.folding import words
    from corpblog.kernel.ids import new_id
    from corpblog.posts import search
    from corpblog.posts.models import Post
    from corpblog.teams.models import ChannelCounter

    counters = ChannelCounter.objects.in_bulk()

    def rows() -> Iterator[Post]:
        for index in range(posts):
            at = since + (until - since) * index / posts
            channel = chance.choices(range(1, len(weights) + 1), cum_weights=weights)[0]
            counter = counters[channel]
            counter.posts += 1
            text = " ".join(
                [*chance.choices(WORDS, k=12), "Falcon" if index % 100 == 0 else "", f"word{index % 5_000}"]
            )
            counter.last_post_id = new_id(at)
            yield Post(
                pk=counter.last_post_id,
                channel_id=channel,
                author_id=chance.randrange(1, PEOPLE + 1),
                number=counter.posts,
                text=text,
                html=text,
                is_listed=True,
                language="en",
                folded=" ".join(words(text)),
                created_at=at,
            )

    made = rows()
    while batch := list(itertools.islice(made, MOST)):
        for post in Post.objects.bulk_create(batch):
            search.index(post)
    for counter in counters.values():
        counter.last_seq = counter.last_number = counter.posts
    ChannelCounter.objects.bulk_update(counters.values(), ["posts", "last_seq", "last_number", "last_post_id"], 500)


def steps(admin: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return by name what is measured, each with the bare query of the same rows."""
    from django.test import Client

    from corpblog.kernel import clock
    from corpblog.policy.models import PolicyVersion
    from corpblog.posts import past
    from corpblog.posts.models import Post

    client = Client()
    client.force_login(admin, backend="corpblog.people.directory.backend.DirectoryBackend")
    version = PolicyVersion.objects.in_force().get().number

    def seen(address: str) -> Callable[[], None]:
        def ask() -> None:
            answer = client.get(address, secure=True)
            assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))

        return ask

    cards = Post.objects.for_cards().newest_first()
    month = clock.now() - timedelta(days=30)
    newest = list(cards.filter(channel__memberships__person=admin).values_list("pk", flat=True)[:PAGE])
    return {
        "home": (seen("/"), lambda: list(cards.filter(pk__in=newest))),
        "a channel": (seen("/c/c1/"), lambda: list(cards.filter(channel=1)[:PAGE])),
        "search, a rare word": (seen("/search/?q=word77"), lambda: list(cards.filter(pk__in=newest))),
        "search, a common word": (seen("/search/?q=lunch"), lambda: list(cards.filter(pk__in=newest))),
        "effect of 30 days": (
            seen(f"/policies/{version}/effect/?days=30"),
            lambda: sum(1 for _post in past.texts_since(since=month)),
        ),
        "effect of 365 days": (
            seen(f"/policies/{version}/effect/?days=365"),
            lambda: sum(1 for _post in past.texts_since(since=clock.now() - timedelta(days=365))),
        ),
    }


def measure(admin: Any) -> dict[str, tuple[float, float]]:
    """Return the median milliseconds of each page and of its bare query; they take turns."""
    pages: dict[str, list[float]] = {}
    bare: dict[str, list[float]] = {}
    compared = steps(admin)
    for turn in range(ROUNDS + 1):
        for name, pair in compared.items():
            for times, ask in zip((pages, bare), pair, strict=True):
                started = time.perf_counter()
                ask()
                if turn:
                    times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    return {name: (statistics.median(pages[name]), statistics.median(bare[name])) for name in compared}


def told(posts: int, times: dict[str, tuple[float, float]], before: dict[str, tuple[float, float]]) -> None:
    print(f"\n{posts:,} posts\n  {'':<26}{'page ms':>9}{'query ms':>10}{'times':>8}{'growth':>8}")
    for name, (page, bare) in times.items():
        growth = f"{page / before[name][0]:8.2f}" if before else ""
        print(f"  {name:<26}{page:>9.1f}{bare:>10.2f}{page / bare:>8.1f}{growth}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--sqlite", action="store_true")
    arguments = parser.parse_args()
    chance = random.Random(2026)
    with database(arguments.sqlite) as address:
        set_up(address)
        from django.conf import settings
        from django.db import connections

        from corpblog.kernel import clock
        from corpblog.people.models import Person, RoleGrant
        from tests.sharing.conftest import POLICY, put_in_force

        # Hashed names of files need a build of the front end, which takes no part in this.
        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.ALLOWED_HOSTS = ["testserver"]
        weights = found(PEOPLE, chance)
        Person.objects.filter(pk=1).update(source="directory", directory_id="p1")
        admin = Person.objects.get(pk=1)
        # Their ids are above those that `found` chose, which the database knows nothing of.
        for pk, name in enumerate(("proposer", "approver"), PEOPLE + 1):
            Person.objects.create(pk=pk, username=name, source="local")
        RoleGrant.objects.create(person=admin, role="policy_admin")
        put_in_force(POLICY)
        now, few = clock.now(), arguments.posts // 10
        tenth = now - timedelta(days=365) / 10
        fill(tenth, now, few, weights, chance)
        small = measure(admin)
        told(few, small, {})
        fill(now - timedelta(days=365), tenth, arguments.posts - few, weights, chance)
        with connections["default"].cursor() as cursor:
            cursor.execute("ANALYZE")
        told(arguments.posts, measure(admin), small)
        connections.close_all()


if __name__ == "__main__":
    main()
