"""How fast pages are in a company that wrote for a year, each against a bare query of the rows that it shows.

    python tests/bench/bench_year.py [--posts 200000] [--sqlite]

Home, a channel, search and what a policy would have done to thirty days of posts, and what officers and admins open:
rule cards, Health, the desk's reports, decided cases and the search of all posts, through all of Django. One post in
ten has a verdict, one in twenty was shared, and officers ruled on two thirds of the shares that a rule held. Targets:
at most twice as long with the whole year as with its last tenth, where a page is not about the whole year; an effect is
bounded by its own clock and by its sample. Ratios hold on any machine, milliseconds on this one.
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


def judge(since: datetime, until: datetime, held: Any, clear: Any, officer: Any) -> None:
    """Give the posts of a time their versions, every tenth with a verdict; share every twentieth, and rule on most.

    held, clear: shares that the gate made, whose forms and verdicts the others get: one in four is held.
    """
    from corpblog.kernel.ids import new_id
    from corpblog.posts.models import Post, PostRevision
    from corpblog.sharing.models import Decision, Hand, Share, ShareRevision
    from tests.desk.crowd import like

    shadowed = {"findings": [], "shadowed": [{"rule": "careful", "outcome": "warn"}]}
    posts = Post.objects.filter(created_at__gte=since, created_at__lt=until, revisions=None).order_by("pk")
    rows = posts.values_list("pk", "text", "author_id", "created_at").iterator(MOST)
    made = enumerate(rows)
    while batch := list(itertools.islice(made, MOST)):
        PostRevision.objects.bulk_create(
            PostRevision(
                post_id=pk,
                version=1,
                text=text,
                html=text,
                editor_id=author,
                verdict=shadowed if index % 10 == 0 else {},
                created_at=at,
            )
            for index, (pk, text, author, at) in batch
        )
        shared = [
            (new_id(post[3]), held if index % 80 == 0 else clear, index, post)
            for index, post in batch
            if index % 20 == 0
        ]
        states = {True: ("rejected", "withdrawn", "held"), False: ("withdrawn",)}
        Share.objects.bulk_create(
            like(
                model,
                pk=pk,
                post_id=post[0],
                author_id=post[2],
                requester_id=post[2],
                revision_id=None,
                state=states[model is held][index // 80 % len(states[model is held])],
                digest=f"{index:064x}",
                held_since=post[3] if model is held else None,
            )
            for pk, model, index, post in shared
        )
        Hand.objects.bulk_create(Hand(share_id=pk, person_id=post[2], part="author") for pk, _m, _i, post in shared)
        revisions = ShareRevision.objects.bulk_create(
            like(model.revision, pk=None, share_id=pk, digest=f"{index:064x}", created_at=post[3])
            for pk, model, index, post in shared
        )
        found = Share.objects.in_bulk([pk for pk, *_rest in shared])
        for revision in revisions:
            found[revision.share_id].revision = revision
            found[revision.share_id].created_at = revision.created_at
        Share.objects.bulk_update(found.values(), ["revision", "created_at"])
        Decision.objects.bulk_create(
            Decision(
                revision=revision,
                digest=revision.digest,
                reviewer=officer,
                ruling="reject" if found[revision.share_id].state == "rejected" else "approve",
                decided_at=revision.created_at + timedelta(hours=2),
            )
            for (_pk, model, _index, _post), revision in zip(shared, revisions, strict=True)
            if model is held and found[revision.share_id].state != "held"
        )


def steps(admin: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return by name what is measured, each with the bare query of the same rows."""
    from django.test import Client

    from corpblog.kernel import clock
    from corpblog.policy.models import PolicyVersion
    from corpblog.posts import past
    from corpblog.posts.models import Post, PostRevision
    from corpblog.sharing.models import Decision, ShareRevision

    client = Client()
    client.force_login(admin, backend="corpblog.people.directory.backend.DirectoryBackend")
    version = PolicyVersion.objects.in_force().get().number

    def seen(address: str) -> Callable[[], None]:
        def ask() -> None:
            answer = client.get(address, secure=True)
            assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))

        return ask

    def searched() -> None:
        form = {"purpose": "A measurement", "query": "word77"}
        assert client.post("/desk/search/", form, secure=True).status_code == 200

    def of_month(model: Any) -> Any:
        return model.objects.filter(created_at__gte=month)

    def verdicts() -> None:
        for _row in of_month(ShareRevision).values_list("verdict").iterator(1_000):
            pass
        for _row in of_month(PostRevision).exclude(verdict={}).values_list("verdict").iterator(1_000):
            pass

    today = clock.now().date()
    year = f"?first={today - timedelta(days=364)}&last={today}"
    decided = Decision.objects.filter(undone_at__isnull=True).select_related("revision")
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
        "rule cards": (seen("/policies/"), verdicts),
        "health": (seen("/policies/health/"), verdicts),
        "reports of 30 days": (seen("/desk/reports/"), lambda: list(decided.filter(decided_at__gte=month))),
        "reports of 365 days": (seen(f"/desk/reports/{year}"), lambda: list(decided.all())),
        "decided cases": (seen("/desk/?view=done"), lambda: list(decided.order_by("-id")[:200])),
        "search of all posts": (searched, lambda: list(cards.filter(text__contains="word77 ")[:50])),
    }


def asked() -> tuple[Any, Any]:
    """Ask for two shares as people do: one that a rule holds, and one that none objects to."""
    from corpblog.people.models import Person
    from corpblog.posts.services import publish
    from corpblog.sharing import services as gate
    from corpblog.sharing.models import Share
    from corpblog.teams.models import Channel, Membership

    writer, channel = Person.objects.get(pk=2), Channel.objects.get(pk=1)
    Membership.objects.get_or_create(person=writer, channel=channel)
    press = gate.ensure_press_page()
    posts = (publish(by=writer, channel=channel, text=text) for text in ("Falcon flies", "Lunch is at noon"))
    made = [gate.request_share(by=writer, post=post, destination=press).pk for post in posts]
    held, clear = (Share.objects.select_related("revision").get(pk=pk) for pk in made)
    assert (held.state, clear.state) == ("held", "cleared")
    return held, clear


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
        RoleGrant.objects.bulk_create(RoleGrant(person=admin, role=role) for role in ("policy_admin", "compliance"))
        put_in_force(POLICY)
        held, clear = asked()
        # Somebody who wrote nothing, so that they may rule on everything.
        officer = Person.objects.get(username="approver")
        now, few = clock.now(), arguments.posts // 10
        tenth = now - timedelta(days=365) / 10
        fill(tenth, now, few, weights, chance)
        judge(tenth, now, held, clear, officer)
        small = measure(admin)
        told(few, small, {})
        fill(now - timedelta(days=365), tenth, arguments.posts - few, weights, chance)
        judge(now - timedelta(days=365), tenth, held, clear, officer)
        with connections["default"].cursor() as cursor:
            cursor.execute("ANALYZE")
        told(arguments.posts, measure(admin), small)
        connections.close_all()


if __name__ == "__main__":
    main()
