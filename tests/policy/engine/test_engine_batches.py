"""Many texts on several processes give what one scanner gives, in the same order."""

from __future__ import annotations

import pytest

from corpblog.policy.engine import Field, Scan, compile_policy, load_policy
from corpblog.policy.engine.batches import Crowd
from tests.policy.engine.engine_policies import policy_text, rule

POLICY = load_policy(policy_text(rule(detect=[{"keywords": {"terms": ["Falcon"]}}])))
OTHER = load_policy(policy_text(rule(detect=[{"keywords": {"terms": ["Condor"]}}])))
TEXTS = [f"{word} number {number}" for number in range(40) for word in ("Falcon", "Condor", "sparrow")]


def scans():
    return (Scan((Field("text", text),), "external") for text in TEXTS)


@pytest.mark.parametrize("processes", [1, 2])
def test_every_text_is_answered_in_its_order(processes):
    with Crowd([POLICY, OTHER], processes=processes) as crowd:
        answers = [answer for batch in crowd.answer(scans(), size=7) for answer in batch]
    assert len(answers) == len(TEXTS)
    first, second = compile_policy(POLICY), compile_policy(OTHER)
    for scan, answer in zip(scans(), answers, strict=True):
        assert answer == (None if "sparrow" in scan.fields[0].text else (first.answer(scan), second.answer(scan)))


def test_texts_are_taken_as_they_are_needed():
    taken = 0

    def counted():
        nonlocal taken
        for scan in scans():
            taken += 1
            yield scan

    with Crowd([POLICY], processes=2) as crowd:
        answers = crowd.answer(counted(), size=5)
        next(answers)
        assert taken <= 5 * (2 * 2 + 1)


def test_leaving_early_ends_the_processes():
    with Crowd([POLICY], processes=2) as crowd:
        next(crowd.answer(scans(), size=5))
        processes = list(crowd._pool._processes.values())
    assert not any(process.is_alive() for process in processes)
