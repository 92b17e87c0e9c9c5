"""Add to the chain, in the transaction that makes the news true."""

import secrets
from typing import Any

from django.db import transaction

from corpblog.audit.models import AuditEntry, AuditHead, AuditPayload
from corpblog.audit.verify import FORGOTTEN, GENESIS, canonical, commitment, link
from corpblog.kernel import clock


def record(*, action: str, actor_id: int | None, subject: str, **facts: Any) -> AuditEntry:
    """Append one entry; it stands or falls with the caller's transaction.

    Call it as late in the transaction as can be: it locks the chain's head until the commit.
    facts: JSON values; never what a person wrote, only ids, digests and states.
    """
    with transaction.atomic():
        head = _locked_head()
        entry = AuditEntry(number=head.number + 1, at=clock.now(), action=action, actor_id=actor_id, subject=subject)
        salt, body = secrets.token_hex(32), canonical(facts)
        entry.commitment = commitment(salt, body)
        entry.digest = digest_of(entry, head.digest)
        entry.save(force_insert=True)
        AuditPayload(entry=entry, salt=salt, body=body).save(force_insert=True)
        AuditHead.objects.filter(pk=1).update(number=entry.number, digest=entry.digest)
    return entry


def digest_of(entry: AuditEntry, previous: str) -> str:
    """Return what the entry's digest must be after `previous`."""
    return link(
        number=entry.number,
        at=entry.at_text,
        action=entry.action,
        actor_id=entry.actor_id,
        subject=entry.subject,
        commitment=entry.commitment,
        previous=previous,
    )


@transaction.atomic
def forget_payloads(subject: str, *, because: str) -> int:
    """Erase what the entries about something say, with the salts; the chain goes on holding. Returns how many.

    because: the subject of what takes them away. An entry names their numbers: the verification finds any other that
    is gone.
    """
    payloads = AuditPayload.objects.filter(entry__subject=subject)
    numbers = list(payloads.order_by("entry").values_list("entry", flat=True))
    if numbers:
        record(action=FORGOTTEN, actor_id=None, subject=because, entries=numbers)
        AuditPayload.objects.filter(entry__in=numbers).delete()
    return len(numbers)


def _locked_head() -> AuditHead:
    # Locked before it is read: eight writers that read first forked the chain at entry 2.
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head
