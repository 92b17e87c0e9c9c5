"""What policies there are, and which one decides now."""

from dataclasses import dataclass

from corpblog.policy import scanners
from corpblog.policy.engine import Policy, Scanner
from corpblog.policy.models import PolicyVersion


@dataclass(frozen=True)
class InForce:
    """What decides now. Without a scanner nothing may leave: there is no policy, or `broken` says what is wrong."""

    version_number: int | None = None
    digest: str = ""
    scanner: Scanner | None = None
    policy: Policy | None = None
    broken: str = ""


def in_force() -> InForce:
    """Return the policy in force: one small query a call, so that a swap counts at once in every process."""
    row = PolicyVersion.objects.in_force().values_list("number", "digest").first()
    if row is None:
        return InForce()
    made = scanners.known(row[1])
    return _described(*row, made) if made is not None else _loaded()


def _loaded() -> InForce:
    # Asked for again as a whole: it may have been swapped since the small query.
    version = PolicyVersion.objects.in_force().first()
    return _described(version.number, version.digest, scanners.made_of(version)) if version else InForce()


def _described(number: int, digest: str, made: scanners.Compiled | scanners.Broken) -> InForce:
    if isinstance(made, scanners.Broken):
        return InForce(number, digest, broken=made.reason)
    return InForce(number, digest, made.scanner, made.policy)
