"""What an officer rules at the desk. The gate itself checks every right again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from corpblog.desk import access
from corpblog.people.models import Person
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from corpblog.sharing.services import locks


def approve(*, by: Person, share_id: int, digest: str, note: str = "", authenticated_at: datetime | None) -> Share:
    """Release the bytes that the officer saw, or give one of the approvals that they need."""
    with _to_rule_on(share_id, by):
        return gate.decide(
            by=by,
            share_id=share_id,
            revision_digest=digest,
            ruling="approve",
            reason=note,
            authenticated_at=authenticated_at,
        )


def reject(*, by: Person, share_id: int, digest: str, reason: str, authenticated_at: datetime | None) -> Share:
    """Stop the bytes for good; the author reads the reason."""
    with _to_rule_on(share_id, by):
        return gate.decide(
            by=by,
            share_id=share_id,
            revision_digest=digest,
            ruling="reject",
            reason=reason,
            authenticated_at=authenticated_at,
        )


def ask_for_changes(*, by: Person, share_id: int, digest: str, reason: str, authenticated_at: datetime | None) -> Share:
    """Give the share back to its author, who reads the reason and edits."""
    with _to_rule_on(share_id, by):
        return gate.decide(
            by=by,
            share_id=share_id,
            revision_digest=digest,
            ruling="changes",
            reason=reason,
            authenticated_at=authenticated_at,
        )


def undo(*, by: Person, share_id: int) -> Share:
    """Take one's own last ruling back while nothing has left."""
    return gate.undo_decision(by=by, share_id=share_id)


@contextmanager
def _to_rule_on(share_id: int, by: Person) -> Iterator[None]:
    """One transaction that locks the case first: passing up in one tab and ruling in another never both succeed."""
    with transaction.atomic():
        access.check_may_act(by)
        locks.share(share_id)
        access.check_may_rule(by, share_id)
        yield
