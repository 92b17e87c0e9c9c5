"""From a random sample to the whole: how many would match in all, and how sure that is."""

import math
from typing import Final

CONFIDENCE: Final = 95
# Two-sided, of the normal distribution.
_Z: Final = 1.959964


def bounds(matched: int, looked_at: int, population: int) -> tuple[int, int]:
    """Return between how many of the population match, with 95 % confidence.

    Wilson's score interval (1927), which holds for rare matches and for none, where the usual one has no width; with
    the sample taken larger by the finite population correction, so that who looked at all knows exactly.
    """
    if looked_at >= population:
        return matched, matched
    if not looked_at:
        return 0, population
    share = matched / looked_at
    size = looked_at * (population - 1) / (population - looked_at)
    middle = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    wide = _Z / (1 + _Z**2 / size) * math.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    # What was seen is there, and what was seen not to match does not.
    lowest = max(matched, math.floor(population * (middle - wide)))
    highest = min(population - (looked_at - matched), math.ceil(population * (middle + wide)))
    return lowest, highest


def rough(number: int) -> int:
    """Return the number with two digits that say something: an estimate does not know more."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return (number + step // 2) // step * step
