"""A simulation of many posts on all cores, against one process that only scans: `make bench`.

Prints posts a second of both and their ratio. The target is 20,000 a second on two cores.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpblog.policy.engine import Field, Scan, compile_policy, load_policy
from tests.bench.bench_engine import RULES, invent, write_posts

TARGET = 20_000


def main() -> None:
    settings.configure(USE_TZ=True, TIME_ZONE="UTC")
    django.setup()
    from corpblog.policy.simulation import PastText, effect

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--terms", type=int, default=1_000)
    parser.add_argument("--length", type=int, default=140)
    chosen = parser.parse_args()
    terms = invent(chosen.terms, seed=1)
    policy = load_policy(RULES, {"words": terms})
    posts = write_posts(5_000, chosen.length, terms, seed=2)
    print(f"{chosen.posts:,} posts of {chosen.length} characters, {chosen.terms:,} terms, {os.cpu_count()} cores")

    scanner = compile_policy(policy)
    begun = time.perf_counter()
    for text in posts:
        scanner.answer(Scan((Field("text", text),), "external"))
    alone = len(posts) / (time.perf_counter() - begun)
    print(f"  one process, scans only    {alone:>10,.0f} posts/s")

    now = datetime.now(UTC)
    past = (PastText(now - timedelta(minutes=n), n % 500, posts[n % len(posts)]) for n in range(chosen.posts))
    begun = time.perf_counter()
    found = effect(policy, past, days=365, processes=None)
    speed = found.total / (time.perf_counter() - begun)
    print(f"  simulation, start included {speed:>10,.0f} posts/s   target {TARGET:,}; {found.matched:,} matched")
    print(f"  simulation / scans only    {speed / alone:>10.2f}")


if __name__ == "__main__":
    main()
