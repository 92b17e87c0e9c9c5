"""Rule on several cases that say nearly the same, each with a decision of its own on its own bytes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from corpblog.kernel.errors import CorpblogError
from corpblog.sharing.models import Share


@dataclass
class Together:
    """What became of them: the shares that were ruled on, and how many were left as they are, and why."""

    ruled: list[Share] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def rule_together(rule: Callable[[int, str], Share], others: Iterable[tuple[int, str]]) -> Together:
    """Carry a ruling out on each of the others; one that changed meanwhile is left, and the rest goes on.

    rule: rules on one share, given its id and the digest that the officer saw; others: those pairs.
    """
    done = Together()
    for share_id, digest in others:
        try:
            done.ruled.append(rule(share_id, digest))
        except CorpblogError as error:
            done.left.append(error.message)
    return done
