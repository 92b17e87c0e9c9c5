"""Add to the chain, in the transaction that makes the news true."""

import hashlib
import json
import secrets
from typing import Any

from django.db import transaction

from corpblog.audit.models import AuditEntry, AuditHead, AuditPayload
from corpblog.kernel import clock

GENESIS = hashlib.sha256(b"corpblog audit chain").hexdigest()


def record(*, action: str, actor_id: int | None, subject: str, **facts: Any) -> AuditEntry:
    """Append one entry; it stands or falls with the caller's transaction.

    facts: JSON values; never what a person wrote, only ids, digests and states.
    """
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
        # Locked before it is read: eight writers that read first forked the chain at entry 2.
        head = AuditHead.objects.select_for_update().get(pk=1)
        entry = AuditEntry(number=head.number + 1, at=clock.now(), action=action, actor_id=actor_id, subject=subject)
        salt = secrets.token_hex(32)
        entry.commitment = commitment(salt, facts)
        entry.digest = link(entry, head.digest)
        entry.save(force_insert=True)
        AuditPayload.objects.create(entry=entry, salt=salt, body=facts)
        AuditHead.objects.filter(pk=1).update(number=entry.number, digest=entry.digest)
    return entry


def commitment(salt: str, facts: dict[str, Any]) -> str:
    """Return what binds an entry to its payload; without the salt, short personal data could be guessed from it."""
    return hashlib.sha256(salt.encode() + canonical(facts)).hexdigest()


def link(entry: AuditEntry, previous: str) -> str:
    """Return the entry's digest, which takes in the digest before it."""
    meta = canonical([entry.number, entry.at.isoformat(), entry.action, entry.actor_id, entry.subject])
    return hashlib.sha256(meta + entry.commitment.encode() + previous.encode()).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the one spelling of a JSON value that digests are made of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
