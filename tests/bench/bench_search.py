"""How fast a search is, against the bare query of the index, at two sizes of the same company.

    python tests/bench/bench_search.py [--posts 1000000] [--people 5000] [--sqlite]

The bare query asks the index for the same words and reads the same cards, without asking who may see what. Target: at
most 5 times that for a word that 20 posts have which the reader may see. Ratios hold on any machine, milliseconds on
this one. Starts a PostgreSQL, or uses a SQLite file.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_home import CHANNELS, PAGE, SMALL, database, found, set_up

ASKED = 20
ROUNDS = 2
WORDS = 20_000  # different ones, by Zipf's law: of the first every second post has one, of the last a few have
LENGTH = 25  # words of a post
RARE = "zephyr"  # 20 posts of an open channel have it
ENDINGS = ("", "s", "ed", "ing")
COLUMNS = "id channel_id author_id number text html folded stems is_listed language version client_key reply_count"
COLUMNS += " reactions quote_count is_repost files kind part deleted_by created_at"


def vocabulary(chance: random.Random) -> list[str]:
    """Return made-up words that look like words: syllables, so that beginnings are shared."""
    syllables = [c + v for c in "bcdfglmnprstv" for v in "aeiou"]
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = None
    return list(made)


class Forms(dict[str, set[str]]):
    """The stems of words, each made once: a million posts have few different ones."""

    def __missing__(self, word: str) -> set[str]:
        from corpblog.posts import word_forms

        self[word] = set(word_forms.findable([word])[1].split())
        return self[word]


def fill(first: int, last: int, people: int, weights: list[float], chance: random.Random) -> None:
    """Write posts number `first` to `last`, each into a channel by its weight; every LAST/20th has the rare word."""
    from django.db import connection

    known = vocabulary(random.Random(1))
    rank = list(itertools.accumulate(1 / (place + 3) for place in range(len(known))))
    forms = Forms()
    rare = set(range(first + 7, last + 1, max(1, (last - first) // 20)))

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(first, last + 1):
            [channel] = chance.choices(range(1, CHANNELS + 1), cum_weights=weights)
            said = [word + chance.choice(ENDINGS) for word in chance.choices(known, cum_weights=rank, k=LENGTH)]
            if number in rare:
                said[3] = RARE
            text = " ".join(said)
            stems = " ".join(sorted(set().union(*(forms[word] for word in said)) - set(said)))
            moment = "2026-01-01 00:00:00+00:00"
            yield (
                number << 22, channel, 1 + number % people, number, text, text, text, stems, True, "en", 1,
                "", 0, "{}", 0, False, "[]", "", "{}", "", moment,
            )  # fmt: skip

    names = ", ".join(COLUMNS.split())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            with cursor.copy(f"COPY posts_post ({names}) FROM STDIN") as copy:
                for row in rows():
                    copy.write_row(row)
            cursor.execute("VACUUM ANALYZE")
            return
        cursor.execute("BEGIN")
        marks = ", ".join(["%s"] * len(COLUMNS.split()))
        cursor.executemany(f"INSERT INTO posts_post ({names}) VALUES ({marks})", rows())
        cursor.execute("INSERT INTO posts_words (posts_words) VALUES ('rebuild')")
        cursor.execute("COMMIT")
        cursor.execute("ANALYZE")


def timed(queryset: Any) -> tuple[float, int]:
    from django.db import connection

    sql, params = queryset[: PAGE + 1].query.sql_with_params()
    with connection.cursor() as cursor:
        started = time.perf_counter()
        cursor.execute(sql, params)
        rows = cursor.fetchall()
        return (time.perf_counter() - started) * 1000, len(rows)


def bench(posts: int, people: list[int]) -> None:
    """Print one table: words by how many posts have them, and how many times the bare query a search takes."""
    from corpblog.people.models import Person
    from corpblog.posts.models import Post
    from corpblog.posts.search import narrow, read

    known = vocabulary(random.Random(1))
    asked = {
        f"20 posts have it ({RARE})": RARE,
        "rare word": known[-50],
        "usual word": known[2_000],
        "common word": known[20],
        "two usual words": f"{known[300]} {known[700]}",
        "words in quotes": f'"{known[40]} {known[60]}"',
        "beginning of many": known[300][:3],
        "usual word, in a channel": f"{known[2_000]} in:c5",
    }
    print(f"\n{posts:,} posts, {len(people)} readers, {CHANNELS:,} channels")
    print(f"  {'':<34}{'rows':>6}{'bare p50':>10}{'search p50':>12}{'p99 ms':>9}{'times':>8}")
    for label, query in asked.items():
        question = read(query)
        question.named.channels = []
        bare: list[float] = []
        taken: list[float] = []
        rows = 0
        for turn in range(ROUNDS + 1):
            for pk in people:
                person = Person.objects.get(pk=pk)
                least, _rows = timed(narrow(Post.objects.all(), question).for_cards().newest_first())
                visible = Post.objects.visible_to(person).alive()
                whole, rows = timed(narrow(visible, read(query), person).for_cards().newest_first())
                if turn:
                    bare.append(least)
                    taken.append(whole)
        middle, limit = statistics.median(taken), statistics.median(bare)
        worst = statistics.quantiles(taken, n=100)[98]
        print(f"  {label:<34}{rows:>6}{limit:>10.2f}{middle:>12.2f}{worst:>9.2f}{middle / limit:>8.1f}", flush=True)


def size() -> None:
    """Print how large the index of words is beside the table."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_relation_size('posts_post_words') / 1048576, pg_table_size('posts_post') / 1048576"
            )
            index, table = cursor.fetchone()
            print(f"\nindex of words {index} MB, table {table} MB")
        else:
            cursor.execute("SELECT sum(length(block)) / 1048576 FROM posts_words_data")
            print(f"\nindex of words {cursor.fetchone()[0]} MB")


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
        readers = chance.sample(range(1, arguments.people + 1), ASKED)
        small = min(SMALL, arguments.posts)
        fill(1, small, arguments.people, weights, chance)
        bench(small, readers)
        if arguments.posts > small:
            fill(small + 1, arguments.posts, arguments.people, weights, chance)
            bench(arguments.posts, readers)
        size()
        from django.db import connections

        connections.close_all()


if __name__ == "__main__":
    main()
