"""How fast the policy engine is, against the bare automaton over the same folded texts in the same run.

    python tests/bench/bench_engine.py [--quick]

Prints microseconds a post (median, p99), MB/s, build seconds, and the ratio of the engine to the bare pass: ratios
hold on any machine, microseconds on this one.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpblog.policy.engine import Scanner, Verdict, compile_policy, load_policy
from corpblog.policy.engine.folding import fold
from corpblog.policy.engine.verdict import FAIL_CLOSED_RULE

RULES = """
policy: 1
name: Bench
rules:
  - id: words
    detect: [{keywords: {dictionary: words}}]
    outcome: hold
  - id: cards
    detect: [{identifier: {kinds: [any]}}]
    outcome: block
  - id: secrets
    detect: [{secret: {kinds: [any]}}]
    outcome: block
  - id: links
    detect: [{links: {}}, {marking: {}}]
    outcome: hold
  - id: pattern
    detect: [{regex: {pattern: 'PRJ-\\d{4}'}}]
    outcome: hold
"""
SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "bu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "fa",
    "fe",
    "ga",
    "go",
    "ka",
    "ke",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "ta",
    "te",
    "to",
    "va",
    "vo",
    "za",
]
COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "for",
    "on",
    "with",
    "that",
    "this",
    "we",
    "our",
    "new",
    "team",
    "project",
    "meeting",
    "today",
    "tomorrow",
    "please",
    "thanks",
    "report",
    "customer",
    "release",
    "plan",
    "week",
    "month",
    "budget",
    "le",
    "la",
    "les",
    "des",
    "une",
    "pour",
    "dans",
    "avec",
    "sur",
    "équipe",
    "projet",
    "réunion",
    "demain",
    "merci",
    "rapport",
    "client",
    "semaine",
    "déjà",
    "été",
    "très",
    "bientôt",
    "résumé",
    "prévu",
    "question",
    "réponse",
    "voir",
    "lien",
    "page",
    "note",
    "point",
    "suite",
]


def invent(count: int, seed: int) -> list[str]:
    """Terms of one to three invented words, as code names and company names are."""
    chance = random.Random(seed)
    terms: set[str] = set()
    while len(terms) < count:
        words = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(chance.randint(1, 3)))
        terms.add(" ".join(words).title())
    return sorted(terms)


def write_posts(count: int, length: int, terms: list[str], seed: int) -> list[str]:
    """Posts in two languages; one in twenty names a term, one in ten has a number or an address."""
    chance = random.Random(seed)
    posts = []
    for _ in range(count):
        words: list[str] = []
        while sum(map(len, words)) + len(words) < length:
            words.append(chance.choice(COMMON))
        if chance.random() < 0.05:
            words[chance.randrange(len(words))] = chance.choice(terms)
        if chance.random() < 0.1:
            words[chance.randrange(len(words))] = chance.choice(
                [
                    "06 12 34 56 78",
                    "sales@example.com",
                    "2026-11-23 10:45",
                    "https://example.com/a/b?c=1",
                    "12 345 678,90 €",
                ]
            )
        posts.append(" ".join(words)[:length].capitalize() + chance.choice([".", "!", "?", " 🎉"]))
    return posts


def measure(work: Callable[[str], object], texts: list[str], rounds: int) -> list[float]:
    """Microseconds of each call, in order, the best of a few rounds for each text: other programs run here too."""
    best = [float("inf")] * len(texts)
    gc.disable()
    for _ in range(rounds):
        for index, text in enumerate(texts):
            before = time.perf_counter_ns()
            work(text)
            best[index] = min(best[index], (time.perf_counter_ns() - before) / 1000)
    gc.enable()
    return best


def scan(scanner: Scanner, text: str) -> Verdict:
    verdict = scanner.scan(text, audience="external", now=None)
    if FAIL_CLOSED_RULE in verdict.rules:
        sys.exit(f"not scanned: {verdict}")
    return verdict


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def row(name: str, times: list[float], characters: int) -> float:
    median = statistics.median(times)
    speed = characters / sum(times)
    print(f"  {name:<34}{median:>9.1f}{percentile(times, 0.99):>9.1f}{speed:>9.1f}")
    return median


def engine_with(terms: list[str]) -> tuple[Scanner, float]:
    policy = load_policy(RULES, {"words": terms})
    before = time.perf_counter()
    scanner = compile_policy(policy)
    return scanner, time.perf_counter() - before


def bench(count: int, length: int, posts: int, rounds: int) -> None:
    terms = invent(count, seed=1)
    scanner, seconds = engine_with(terms)
    bare = AhoCorasick([fold(term) for term in terms], matchkind=MatchKind.Standard, store_patterns=False)
    texts = write_posts(posts, length, terms, seed=2)
    characters = sum(map(len, texts))
    print(f"\n{count:,} terms, posts of {length} characters (compiled in {seconds:.2f} s)")
    print(f"  {'':<34}{'median µs':>9}{'p99 µs':>9}{'MB/s':>9}")
    folded = {text: fold(text) for text in texts}
    row(
        "bare automaton, text folded before",
        measure(lambda text: bare.find_matches_as_indexes(folded[text], True), texts, rounds),
        characters,
    )
    base = row(
        "fold and bare automaton",
        measure(lambda text: bare.find_matches_as_indexes(fold(text), True), texts, rounds),
        characters,
    )
    ours = row("engine, all detectors", measure(lambda text: scan(scanner, text), texts, rounds), characters)
    print(f"  engine / (fold and bare automaton): {ours / base:.1f} times the time")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer posts, no 100,000 terms")
    quick = parser.parse_args().quick
    posts, rounds = (300, 2) if quick else (2000, 3)
    for count in (100, 10_000) if quick else (100, 10_000, 100_000):
        for length in (200, 500):
            bench(count, length, posts, rounds)
    terms = invent(10_000, seed=1)
    scanner, _ = engine_with(terms)
    text = " ".join(write_posts(1000, 1000, terms, seed=3))
    print(f"\n{len(text):,} characters at once, 10,000 terms")
    print(f"  {'':<34}{'median µs':>9}{'p99 µs':>9}{'MB/s':>9}")
    row("engine, all detectors", measure(lambda text: scan(scanner, text), [text], 2), len(text))


if __name__ == "__main__":
    main()
