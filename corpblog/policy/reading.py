"""What a version's text means, or everything that is wrong with it."""

from dataclasses import dataclass, field
from functools import lru_cache

from corpblog.policy.engine import Policy, PolicyError, Problem, check_examples, load_policy
from corpblog.policy.errors import BadPolicy
from corpblog.policy.models import PolicyVersion
from corpblog.policy.scanners import Broken, word_lists


@dataclass(frozen=True)
class Reading:
    """A policy, unless the text is none; and its problems. An example that does not hold leaves the policy readable."""

    policy: Policy | None
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return self.policy is not None and not self.problems


def read(source: str, dictionaries: dict[str, str]) -> Reading:
    """Return what the text means together with the word lists it refers to."""
    try:
        policy, problems = _read(source, tuple(sorted(dictionaries.items())))
    except Broken as broken:
        return Reading(None, [Problem(1, 1, "", str(broken), str(broken))])
    return Reading(policy, list(problems))


@lru_cache(maxsize=6)
def _read(source: str, lists: tuple[tuple[str, str], ...]) -> tuple[Policy | None, tuple[Problem, ...]]:
    """Lists are named by the digests of what is in them, so the same arguments always mean the same.

    While somebody types, one answer of the page asks for the same few texts again and again.
    """
    try:
        policy = load_policy(source, word_lists(dict(lists)))
    except PolicyError as error:
        return None, tuple(error.problems)
    return policy, tuple(check_examples(policy))


def sound_policy(version: PolicyVersion) -> Policy:
    """Return the version's policy; raise BadPolicy where it has a problem of any kind."""
    reading = read(version.source, version.dictionaries)
    if reading.policy is None or reading.problems:
        raise BadPolicy(reading.problems)
    return reading.policy
