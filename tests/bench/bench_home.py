"""How fast the home page's query is, against one range scan of an index, at two sizes of the same company.

    python tests/bench/bench_home.py [--posts 1000000] [--people 5000] [--sqlite]

Targets: at most 2.5 times the range scan at both sizes, and at most 1.5 times slower at the large size than at the
small one. Ratios hold on any machine, milliseconds on this one. Starts a PostgreSQL, or uses a SQLite file.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

SMALL = 100_000
CHANNELS = 2_000
MEMBERSHIPS = 40
PAGE = 20
ASKED = 150
ROUNDS = 3
LIMIT = "range scan of one channel (the limit)"
TEXT = "The new returns portal is live for all customers. Median time to refund went from nine days to two. Thanks!"
_COLUMNS = (
    "id channel_id author_id number text html folded is_listed language version client_key reply_count reactions "
    "created_at"
)
COLUMNS = _COLUMNS.split()


@contextlib.contextmanager
def database(sqlite: bool) -> Iterator[str]:
    """Give the address of an empty database."""
    if sqlite:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bench.sqlite3"
        return
    from tests.servers.postgres import postgres

    with postgres() as address:
        yield address


def set_up(address: str) -> None:
    os.environ |= {"CORPBLOG_DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "corpblog.config.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def found(people: int, chance: random.Random) -> list[float]:
    """Make people, channels and memberships; return the channels' cumulative weights, which follow Zipf's law."""
    from corpblog.people.models import Person
    from corpblog.teams.models import Channel, ChannelCounter, Membership

    Person.objects.bulk_create(
        (Person(id=n, username=f"p{n}", display_name=f"Person {n}", source="local") for n in range(1, people + 1)),
        5_000,
    )
    Channel.objects.bulk_create(Channel(id=n, slug=f"c{n}", name=f"Channel {n}") for n in range(1, CHANNELS + 1))
    ChannelCounter.objects.bulk_create(ChannelCounter(channel_id=n) for n in range(1, CHANNELS + 1))
    weights = list(itertools.accumulate(1 / n for n in range(1, CHANNELS + 1)))
    everything, quiet = range(1, CHANNELS + 1), range(CHANNELS // 2, CHANNELS + 1)

    def choose(person: int) -> set[int]:
        # Every tenth person is in quiet channels only: the case in which a join reads the whole table.
        if person % 10 == 0:
            return set(chance.sample(quiet, MEMBERSHIPS))
        chosen: set[int] = set()
        while len(chosen) < MEMBERSHIPS:
            chosen.update(chance.choices(everything, cum_weights=weights, k=MEMBERSHIPS - len(chosen)))
        return chosen

    rows = (
        Membership(person_id=person, channel_id=channel)
        for person in range(1, people + 1)
        for channel in sorted(choose(person))
    )
    while batch := list(itertools.islice(rows, 20_000)):
        Membership.objects.bulk_create(batch)
    return weights


def fill(first: int, last: int, people: int, weights: list[float], chance: random.Random) -> None:
    """Write posts number `first` to `last`, each into a channel by its weight."""
    from django.db import connection

    channels = range(1, CHANNELS + 1)

    def rows() -> Iterator[tuple[Any, ...]]:
        chosen = itertools.chain.from_iterable(
            chance.choices(channels, cum_weights=weights, k=10_000) for _ in itertools.count()
        )
        for number, channel in zip(range(first, last + 1), chosen, strict=False):
            author = chance.randrange(1, people + 1)
            moment = "2026-01-01 00:00:00+00:00"
            yield number << 22, channel, author, number, TEXT, TEXT, "", True, "en", 1, "", 0, "{}", moment

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            with cursor.copy(f"COPY posts_post ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in rows():
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(COLUMNS))
            cursor.execute("BEGIN")
            cursor.executemany(f"INSERT INTO posts_post ({', '.join(COLUMNS)}) VALUES ({marks})", rows())
            cursor.execute("COMMIT")
        cursor.execute(
            "UPDATE teams_channelcounter SET last_seq = newest.posts, posts = newest.posts, last_number = newest.posts,"
            " last_post_id = newest.id"
            " FROM (SELECT channel_id, max(id) AS id, count(*) AS posts FROM posts_post GROUP BY channel_id) newest"
            " WHERE newest.channel_id = teams_channelcounter.channel_id"
        )
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


Execute = Callable[[str, Any], list[tuple[Any, ...]]]


def queries() -> dict[str, Callable[[int, Execute], Any]]:
    """Return what is compared: what asks for one person's page, all with what a card shows."""
    from django.db import connection

    from corpblog.people.models import Person
    from corpblog.posts.models import Post
    from corpblog.posts.timelines import home_ids
    from corpblog.teams.models import Membership

    cards = Post.objects.for_cards().newest_first()

    def mine(person: int) -> Any:
        return Membership.objects.filter(person=person).values("channel")

    def page(posts: Callable[[int], Any]) -> Callable[[int, Execute], Any]:
        return lambda person, execute: execute(*posts(person)[: PAGE + 1].query.sql_with_params())

    def home(cursor: int | None) -> Callable[[int, Execute], Any]:
        def ask(person: int, execute: Execute) -> Any:
            wanted = Post.objects.filter(pk__in=home_ids(Person(pk=person), cursor, PAGE + 1)).newest_first()
            ids = [pk for (pk,) in page(lambda _person: wanted.values_list("pk"))(person, execute)]
            return page(lambda _person: cards.filter(pk__in=ids))(person, execute)

        return ask

    middle = Post.objects.newest_first().values_list("pk", flat=True)[2_000]
    compared = {
        LIMIT: page(lambda person: cards.filter(channel=1 + person % 50, is_listed=True)),
        "plain: channels I am in": page(lambda person: cards.filter(channel__in=mine(person), is_listed=True)),
        "home, first page": home(None),
        "home, a later page": home(middle),
    }
    if connection.vendor == "sqlite":
        # It sorts all posts of all channels there: most of a second a page, and the bench would take an hour.
        del compared["plain: channels I am in"]
    return compared


def measure(people: list[int]) -> dict[str, list[float]]:
    """Return the milliseconds of each query: the database's work and the way there and back, without making objects.

    The queries take turns for each person, so that whatever else the machine does disturbs all of them alike.
    """
    from django.db import connection

    times: dict[str, list[float]] = {}
    compared = queries()
    taken = 0.0

    def execute(sql: str, params: Any) -> list[tuple[Any, ...]]:
        nonlocal taken
        with connection.cursor() as cursor:
            started = time.perf_counter()
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            taken += (time.perf_counter() - started) * 1000
        return rows

    for turn in range(ROUNDS + 1):
        for person in people:
            for name, ask in compared.items():
                taken = 0.0
                ask(person, execute)
                if turn:
                    times.setdefault(name, []).append(taken)
    return times


def bench(posts: int, people: int, chance: random.Random) -> dict[str, float]:
    """Print one table and return how many times the limit each query takes."""
    print(f"\n{posts:,} posts, {people:,} people, {CHANNELS:,} channels")
    print(f"  {'':<42}{'p50 ms':>9}{'p99 ms':>9}{'times':>8}")
    usual = [person for person in chance.sample(range(1, people + 1), ASKED) if person % 10]
    quiet = chance.sample(range(10, people + 1, 10), min(ASKED, people // 10))
    ratios: dict[str, float] = {}
    for who, crowd in (("usual", usual), ("quiet", quiet)):
        times = measure(crowd)
        limit = statistics.median(times[LIMIT])
        for name, taken in times.items():
            median, worst = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
            ratios[f"{name}, {who}"] = median / limit
            print(f"  {name + ', ' + who:<42}{median:>9.2f}{worst:>9.2f}{median / limit:>8.1f}")
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--sqlite", action="store_true")
    arguments = parser.parse_args()
    chance = random.Random(2026)
    with database(arguments.sqlite) as address:
        set_up(address)
        weights = found(arguments.people, chance)
        fill(1, SMALL, arguments.people, weights, chance)
        small = bench(SMALL, arguments.people, chance)
        fill(SMALL + 1, arguments.posts, arguments.people, weights, chance)
        large = bench(arguments.posts, arguments.people, chance)
        print("\ngrowth against the limit")
        for label, ratio in large.items():
            print(f"  {label:<42}{ratio / small[label]:>9.2f}")
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    main()
