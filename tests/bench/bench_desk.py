"""How fast the compliance desk is with ten thousand cases in its queue, against a bare query of the same rows.

    python tests/bench/bench_desk.py [--cases 10000] [--sqlite]

Each page is asked for through all of Django, signed in as an officer, and compared with the one query that fetches the
200 rows the queue shows (of a fiftieth of the cases there are fewer, so look at the ratios of the long queue). Target:
a page of the long queue takes at most 15 times that query. Ratios hold on any machine, milliseconds on this one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.bench_home import database, set_up

ROUNDS = 7
LIMIT = "the rows alone (the limit)"


def found() -> tuple[Any, Any]:
    """Make a company with a policy, ask for one share that is held, and return it with an officer."""
    from corpblog.people.models import Person, RoleGrant
    from corpblog.posts.services import publish
    from corpblog.sharing import services as gate
    from corpblog.teams.models import Channel, ChannelCounter, Membership
    from tests.sharing.conftest import POLICY, put_in_force

    alice, omar = (
        Person.objects.create(username=name, display_name=name.title(), directory_id=name) for name in ("alice", "omar")
    )
    RoleGrant.objects.create(person=omar, role="compliance")
    channel = Channel.objects.create(slug="news", name="News")
    ChannelCounter.objects.get_or_create(channel=channel)
    Membership.objects.create(person=alice, channel=channel)
    put_in_force(POLICY)
    text = "Falcon flies over the bay on Monday, and whoever has the time may come and see it"
    post = publish(by=alice, channel=channel, text=text)
    return gate.request_share(by=alice, post=post, destination=gate.ensure_press_page()), omar


def steps(officer: Any) -> dict[str, Callable[[], Any]]:
    """Return what is measured, by name."""
    from django.test import Client
    from django.utils import timezone

    from corpblog.desk.selectors.queue import LONGEST_QUEUE
    from corpblog.people.sessions import SIGNED_IN_AT
    from corpblog.sharing.models import Share
    from tests.desk.crowd import pages

    client = Client()
    client.force_login(officer, backend="corpblog.people.directory.backend.DirectoryBackend")
    session = client.session
    session[SIGNED_IN_AT] = timezone.now().isoformat()
    session.save()

    def seen(address: str) -> None:
        answer = client.get(address, secure=True)
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))

    def ruled() -> None:
        case = Share.objects.waiting_for_review().order_by("held_since")[0]
        form = {"decision": "reject", "note": "No.", "digest": case.digest}
        answer = client.post(f"/desk/{case.pk}/decide/", form, secure=True)
        assert answer.status_code == 302, answer.status_code

    rows = Share.objects.waiting_for_review().for_rows().order_by("held_since", "id")[:LONGEST_QUEUE]
    return {LIMIT: lambda: list(rows.all()), **dict(pages(officer, seen)), "rule, and go to the next case": ruled}


def measure(officer: Any) -> dict[str, float]:
    """Return the median milliseconds of each step; they take turns, so that other work disturbs all alike."""
    times: dict[str, list[float]] = {}
    for turn in range(ROUNDS + 1):
        for name, step in steps(officer).items():
            started = time.perf_counter()
            step()
            if turn:
                times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(taken) for name, taken in times.items()}


def told(cases: int, times: dict[str, float], before: dict[str, float]) -> None:
    print(f"\n{cases:,} cases wait\n  {'':<34}{'p50 ms':>9}{'times':>8}{'growth':>8}")
    for name, taken in times.items():
        growth = f"{taken / before[name]:8.2f}" if before else ""
        print(f"  {name:<34}{taken:>9.1f}{taken / times[LIMIT]:>8.1f}{growth}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--sqlite", action="store_true")
    arguments = parser.parse_args()
    with database(arguments.sqlite) as address:
        set_up(address)
        from django.conf import settings
        from django.db import connections

        from tests.desk.crowd import crowd

        # Hashed names of files need a build of the front end, which takes no part in this.
        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.ALLOWED_HOSTS = ["testserver"]
        share, officer = found()
        few = arguments.cases // 50
        crowd(share, few)
        small = measure(officer)
        told(few, small, {})
        crowd(share, arguments.cases - few)
        with connections["default"].cursor() as cursor:
            cursor.execute("ANALYZE")
        told(arguments.cases, measure(officer), small)
        connections.close_all()


if __name__ == "__main__":
    main()
