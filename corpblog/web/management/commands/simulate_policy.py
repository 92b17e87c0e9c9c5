"""`manage.py simulate_policy VERSION --days N`: what a version would have done to the posts of the last days."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from corpblog.desk.services.simulating import past_posts
from corpblog.policy import reading, selectors
from corpblog.policy.engine import Policy
from corpblog.policy.simulation import Effect, effect


class Command(BaseCommand):
    """A door as the pages are: it counts, and shows nobody's words."""

    help = "Count what a policy version would have done to the posts of the last days, and which verdicts it changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", type=int, help="Number of the version.")
        parser.add_argument("--days", type=int, default=30, help="How far to look back (30).")
        parser.add_argument("--audience", choices=["external", "internal"], default="external")
        parser.add_argument("--json", action="store_true", help="Write one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= 3650:
            raise CommandError("--days is a number from 1 to 3650.")
        number, current = options["version"], selectors.number_in_force()
        policy = _policy(number)
        against = _policy(current) if current and current != number else None
        texts = past_posts(None, options["days"])
        found = effect(
            policy, texts, days=options["days"], audience=options["audience"], against=against, processes=None
        )
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(found, number, current)))
        else:
            self._report(found, number, current if against else None)

    def _report(self, found: Effect, number: int, current: int | None) -> None:
        self.stdout.write(f"Version {number}: {found.matched} of {found.total} posts, {found.people} people.")
        for outcome, count in sorted(found.outcomes.items(), reverse=True):
            self.stdout.write(f"  {outcome.value:8} {count:8}")
        for rule, outcomes in sorted(found.rules.items(), key=lambda item: -item[1].total()):
            self.stdout.write(f"  {rule:40} {outcomes.total():8}")
        if current is not None:
            self.stdout.write(f"Compared with version {current}: {found.stricter} stricter, {found.laxer} milder.")
        speed = round(1000 * found.total / max(found.milliseconds, 1))
        self.stdout.write(f"{found.milliseconds} ms, {speed} posts a second.")


def _policy(number: int) -> Policy:
    version = selectors.version_by_number(number)
    if version is None:
        raise CommandError(f"There is no version {number}.")
    found = reading.read(version.source, version.dictionaries)
    if found.policy is None:
        raise CommandError("\n".join(str(problem) for problem in found.problems))
    return found.policy


def _as_json(found: Effect, number: int, current: int | None) -> dict[str, Any]:
    return {
        "version": number,
        "compared_with": current,
        "total": found.total,
        "matched": found.matched,
        "people": found.people,
        "outcomes": {outcome.value: count for outcome, count in found.outcomes.items()},
        "rules": {rule: {o.value: n for o, n in outcomes.items()} for rule, outcomes in found.rules.items()},
        "changed": [{"from": a.value, "to": b.value, "count": n} for (a, b), n in found.changes.items()],
        "days": [{"day": day.day.isoformat(), "matched": day.matched, "total": day.total} for day in found.days],
        "milliseconds": found.milliseconds,
    }
