"""Prints recall by technique and false alarms on benign texts: `make eval`. Fails when a target of policy.md is missed.

Sets are generated from a seed. The engine was built while looking at seed 1; what is reported is another one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Final

from corpblog.policy.engine import Scanner, compile_policy, load_policy
from tests.eval import benign, identifiers
from tests.eval.techniques import NOT_PROMISED, PROMISED, Technique
from tests.eval.terms import POLICY, code_names

BUILDING_SEED, REPORTING_SEED = 1, 20_261_125
LEAST_RECALL: Final = 0.95
MOST_FALSE_ALARMS: Final = 1.0  # in a thousand benign posts
EACH: Final = 400  # disguised terms a technique
EACH_KIND: Final = 200  # numbers a kind and locale


def scanner_for(terms: Iterable[str]) -> Scanner:
    return compile_policy(load_policy(POLICY, {"names": list(terms)}))


def recall(
    scanner: Scanner, technique: Technique, terms: list[str], carriers: list[str], chance: Random, each: int = EACH
) -> float:
    """The share of disguised terms of which any part is found, each in a benign post at a place between two words."""
    seen = 0
    for number in range(each):
        term = chance.choice(terms)
        words = carriers[number % len(carriers)].split()
        place = chance.randint(0, len(words))
        disguised = technique(term, chance)
        before = " ".join(words[:place]) + " " * bool(place)
        text = f"{before}{disguised} {' '.join(words[place:])}"
        found = scanner.scan(text, audience="external").findings
        seen += any(f.start < len(before) + len(disguised) and f.end > len(before) and f.term == term for f in found)
    return seen / each


def splits(scanner: Scanner, terms: list[str], carriers: list[str], chance: Random, each: int = EACH) -> float:
    """The same for a term cut in two anywhere, over two posts or over a text and an alt text."""
    seen = 0
    for number in range(each):
        term, carrier = chance.choice(terms), carriers[number % len(carriers)]
        cut = chance.randint(1, len(term) - 1)
        first, second = f"{carrier} {term[:cut]}", f"{term[cut:]} {carrier}"
        if number % 2:
            verdict = scanner.scan(second, audience="external", earlier=(first,))
        else:
            verdict = scanner.scan({"attachments.0.alt": second, "text": first}, audience="external")
        seen += any(finding.term == term for finding in verdict.findings)
    return seen / each


def false_alarms(scanner: Scanner, posts: list[str]) -> Counter[str]:
    """What is found in benign posts although the term is not written there, by how it was seen."""
    alarms: Counter[str] = Counter()
    for post in posts:
        for finding in scanner.scan(post, audience="external").findings:
            if not re.search(rf"(?i)\b{re.escape(finding.term)}\b", post):
                alarms[finding.seen_as.value] += 1
                break
    return alarms


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=REPORTING_SEED)
    parser.add_argument("--posts", type=int, default=20_000)
    chosen = parser.parse_args()
    chance = Random(chosen.seed)
    terms = code_names(300, chosen.seed)
    posts = benign.posts(chosen.posts, chosen.seed)
    scanner = scanner_for(terms)
    print(f"Seed {chosen.seed}: {len(terms)} terms such as {', '.join(terms[:4])}; {EACH} disguises a technique.")
    print(f"\n{'technique':<24}{'seen':>8}")
    shares = {name: recall(scanner, way, terms, posts, chance) for name, way in PROMISED.items()}
    shares["split"] = splits(scanner, terms, posts, chance)
    for name, share in shares.items():
        print(f"{name.replace('_', ' '):<24}{share:>8.1%}")
    whole = sum(shares.values()) / len(shares)
    print(f"{'recall':<24}{whole:>8.1%}   target {LEAST_RECALL:.0%}")
    print("\nnot promised: other letters are another word")
    for name, way in NOT_PROMISED.items():
        print(f"{name.replace('_', ' '):<24}{recall(scanner, way, terms, posts, chance):>8.1%}")
    alarms = false_alarms(scanner, posts)
    rate = alarms.total() * 1000 / len(posts)
    kinds = ", ".join(f"{kind}: {count}" for kind, count in alarms.most_common()) or "none"
    print(f"\nfalse alarms in {len(posts):,} benign posts: {alarms.total()} ({kinds})")
    print(f"{'in a thousand':<24}{rate:>8.2f}   target {MOST_FALSE_ALARMS:g}")
    numbers = identifiers.recall(posts, chosen.seed, EACH_KIND)
    print(f"\nnumbers that faker made up{'':<10}seen")
    for name, share in numbers.items():
        print(f"{name:<24}{share:>16.1%}")
    found = sum(numbers.values()) / len(numbers)
    print(f"{'recall':<24}{found:>16.1%}   target {LEAST_RECALL:.0%}")
    everyday = identifiers.everyday_numbers(len(posts), chosen.seed)
    wrong = identifiers.false_alarms([*posts, *everyday])
    listed = ", ".join(f"{name}: {count}" for name, count in wrong.items())
    print(f"\nobjected to in {len(posts):,} benign posts and {len(everyday):,} with everyday numbers: {listed}")
    worst = max(wrong.values()) * 1000 / (len(posts) + len(everyday))
    missed = [
        name
        for name, failed in (
            ("recall", whole < LEAST_RECALL),
            ("false alarms", rate > MOST_FALSE_ALARMS),
            ("recall of numbers", found < LEAST_RECALL),
            ("false alarms of numbers, secrets and markings", worst > MOST_FALSE_ALARMS),
        )
        if failed
    ]
    sys.exit(f"Missed: {', '.join(missed)}" if missed else 0)


if __name__ == "__main__":
    main()
