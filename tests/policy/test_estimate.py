"""What a sample says of the whole holds as often as it promises."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from corpblog.policy.estimate import bounds, rough


@pytest.mark.parametrize("matching", [2, 40, 400, 2_000])
def test_the_truth_is_between_the_bounds_nineteen_times_in_twenty(matching: int) -> None:
    """The population is drawn from for real, again and again; the interval may be too wide and never too narrow."""
    chance = random.Random(matching)
    everybody = [True] * matching + [False] * (4_000 - matching)
    held = 0
    for _turn in range(400):
        lowest, highest = bounds(sum(chance.sample(everybody, 500)), 500, 4_000)
        held += lowest <= matching <= highest
    assert held / 400 >= 0.93


def test_wilsons_example_comes_out_as_published() -> None:
    """Newcombe 1998, table I: 81 of 263 has the score interval 0.2553 to 0.3662, of a population without end."""
    lowest, highest = bounds(81, 263, 10**9)
    assert lowest / 10**9 == pytest.approx(0.2553, abs=5e-5)
    assert highest / 10**9 == pytest.approx(0.3662, abs=5e-5)


def test_who_found_none_does_not_say_that_there_are_none() -> None:
    lowest, highest = bounds(0, 1_000, 100_000)
    assert lowest == 0
    assert 300 < highest < 450


@given(population=some.integers(1, 10_000), data=some.data())
def test_bounds_never_contradict_what_was_seen(population: int, data: some.DataObject) -> None:
    looked_at = data.draw(some.integers(0, population))
    matched = data.draw(some.integers(0, looked_at))
    lowest, highest = bounds(matched, looked_at, population)
    assert matched <= lowest <= highest <= population - (looked_at - matched)
    if looked_at == population:
        assert lowest == highest == matched


@pytest.mark.parametrize(("number", "said"), [(0, 0), (7, 7), (99, 99), (104, 100), (105, 110), (2_349, 2_300)])
def test_an_estimate_has_two_digits(number: int, said: int) -> None:
    assert rough(number) == said
