"""The compiled policies of this process, found by digest; a few are kept so that a swap back costs nothing."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import structlog

from corpblog.policy.engine import Policy, PolicyError, Scanner, compile_policy, load_policy
from corpblog.policy.models import DictionaryText, PolicyVersion, digest_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Compiled:
    """A policy and the scanner made of it."""

    policy: Policy
    scanner: Scanner


class Broken(Exception):
    """A stored version that cannot be used: whoever asked must hold everything."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_KEPT = 4
_lock = threading.Lock()
_made: OrderedDict[str, Compiled | Broken] = OrderedDict()


def known(digest: str) -> Compiled | Broken | None:
    """Return what this process made of the version with that digest, if it did already."""
    with _lock:
        if digest in _made:
            _made.move_to_end(digest)
        return _made.get(digest)


def made_of(version: PolicyVersion) -> Compiled | Broken:
    """Return the version's scanner, made once per process, or why there is none.

    What the database fails to answer is raised and not kept: it says nothing about the policy.
    """
    found = known(version.digest)
    if found is None:
        # Compiled outside the lock: scans with other versions go on, and two threads at worst both do the work.
        found = _make(version)
        with _lock:
            _made[version.digest] = found
            while len(_made) > _KEPT:
                _made.popitem(last=False)
    return found


def forget() -> None:
    """Empty the cache, as a new process has it."""
    with _lock:
        _made.clear()


def _make(version: PolicyVersion) -> Compiled | Broken:
    # A row that was changed behind our back is not what two people agreed on.
    if digest_of(version.source, version.dictionaries, version.sources) != version.digest:
        return Broken("its text is not the one that was approved")
    try:
        policy = load_policy(version.source, word_lists(version.dictionaries))
        return Compiled(policy, compile_policy(policy))
    except Broken as broken:
        return broken
    except (PolicyError, ValueError, RuntimeError, MemoryError) as error:
        log.exception("policy_broken", version=version.number, digest=version.digest)
        return Broken(f"{type(error).__name__}: it cannot be compiled")


def word_lists(dictionaries: dict[str, str]) -> dict[str, list[str]]:
    """Return the terms of each list, by name; raise Broken where one is not what its digest says."""
    texts = DictionaryText.objects.in_bulk(set(dictionaries.values())) if dictionaries else {}
    return {name: _terms(name, digest, texts.get(digest)) for name, digest in dictionaries.items()}


def _terms(name: str, digest: str, text: DictionaryText | None) -> list[str]:
    if text is None or digest_of(text.terms, {}) != digest:
        raise Broken(f"its word list {name} is missing or was changed")
    return text.terms.split("\n")
