"""The policy engine beside what else finds words, in one run and on the same texts: `make bench`.

A bare `ahocorasick-rs` pass over folded text (the reference), hyperscan's literals, Presidio's deny list and one
alternation of Python's `re`, for 100, 10,000 and 100,000 terms. Only the engine has word edges in every script, offsets
in the original, disguises, and the other detectors; the others are given the folded text. Slow ones get fewer posts.
"""

from __future__ import annotations

import argparse
import gc
import logging
import re
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hyperscan
from ahocorasick_rs import AhoCorasick, MatchKind
from presidio_analyzer import PatternRecognizer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpblog.policy.engine import Scanner, compile_policy, load_policy
from corpblog.policy.engine.folding import fold
from tests.bench.bench_engine import RULES, invent, measure, percentile, scan, write_posts

WORDS_ONLY = RULES.split("  - id: cards")[0]
Matcher = Callable[[str], object]


@dataclass(frozen=True)
class Contender:
    """One way to find words. `most` bounds how many posts it gets: some would take hours."""

    name: str
    build: Callable[[list[str]], Matcher]
    most: int = 2_000


def bare(terms: list[str]) -> Matcher:
    automaton = AhoCorasick([fold(term) for term in terms], matchkind=MatchKind.Standard, store_patterns=False)
    return lambda text: automaton.find_matches_as_indexes(fold(text), overlapping=True)


def engine(rules: str) -> Callable[[list[str]], Matcher]:
    def build(terms: list[str]) -> Matcher:
        scanner: Scanner = compile_policy(load_policy(rules, {"words": terms}))
        return lambda text: scan(scanner, text)

    return build


def literals(terms: list[str]) -> Matcher:
    database = hyperscan.Database()
    folded = [fold(term).encode() for term in terms]
    # As regexes of plain letters and blanks; none of the invented terms has a sign that means something.
    database.compile(expressions=folded, ids=list(range(len(folded))), elements=len(folded), flags=0)
    found: list[tuple[int, int]] = []

    def note(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        found.append((number, end))

    def match(text: str) -> object:
        found.clear()
        database.scan(fold(text).encode(), match_event_handler=note)
        return found

    return match


def deny_list(terms: list[str]) -> Matcher:
    recognizer = PatternRecognizer(supported_entity="NAME", deny_list=terms)
    return lambda text: recognizer.analyze(text, ["NAME"])


def alternation(terms: list[str]) -> Matcher:
    longest_first = sorted(map(fold, terms), key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
    return lambda text: pattern.findall(fold(text))


CONTENDERS = (
    Contender("fold and bare automaton", bare),
    Contender("engine, words only", engine(WORDS_ONLY)),
    Contender("engine, all detectors", engine(RULES)),
    Contender("hyperscan, literals", literals),
    Contender("re, one alternation", alternation, most=40),
    Contender("Presidio, deny list", deny_list, most=20),
)


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6


def compare(count: int, posts: int, rounds: int) -> None:
    terms = invent(count, seed=1)
    texts = {length: write_posts(posts, length, terms, seed=2) for length in (200, 500)}
    long = " ".join(write_posts(1_000, 1_000, terms, seed=3))
    print(f"\n{count:,} terms")
    print(
        f"  {'':<26}{'build s':>8}{'MB':>7}"
        + "".join(f"{f'{n}: µs':>10}{'p99':>8}{'ratio':>7}" for n in texts)
        + "   1 MB: MB/s"
    )
    reference: dict[int, float] = {}
    for contender in CONTENDERS:
        gc.collect()
        before, begun = resident(), time.perf_counter()
        matcher = contender.build(terms)
        seconds, megabytes = time.perf_counter() - begun, resident() - before
        line = f"  {contender.name:<26}{seconds:>8.2f}{max(0.0, megabytes):>7.1f}"
        for length, written in texts.items():
            times = measure(matcher, written[: contender.most], rounds)
            median = statistics.median(times)
            reference.setdefault(length, median)
            line += f"{median:>10.1f}{percentile(times, 0.99):>8.0f}{median / reference[length]:>7.1f}"
        piece = long if contender.most > 100 else long[: 20_000 if count < 10_000 else 2_000]
        print(f"{line}{len(piece) / measure(matcher, [piece], 1)[0]:>12.2f}", flush=True)


def main() -> None:
    logging.disable()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer posts, no 100,000 terms")
    quick = parser.parse_args().quick
    for count in (100, 10_000) if quick else (100, 10_000, 100_000):
        compare(count, 200 if quick else 1_000, 2)


if __name__ == "__main__":
    main()
