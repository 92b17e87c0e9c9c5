"""Add to the chain, in the transaction that makes the news true; and sign its head for keeping outside."""

import json
import os
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction

from corpblog.audit.keys import signing_key
from corpblog.audit.models import AuditEntry, AuditHead, AuditPayload
from corpblog.audit.verify import GENESIS, anchor_text, canonical, commitment, link
from corpblog.kernel import clock

ANCHOR_EVERY = 1_000


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


def forget_payloads(subject: str) -> int:
    """Erase what the entries about something say, with the salts; the chain goes on holding. Returns how many."""
    return AuditPayload.objects.filter(entry__subject=subject).delete()[0]


def _locked_head() -> AuditHead:
    # Locked before it is read: eight writers that read first forked the chain at entry 2.
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1, defaults={"digest": GENESIS})
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def anchor() -> dict[str, Any] | None:
    """Sign the chain's head and append it to the anchor file; None where the chain is empty or already anchored there.

    The file belongs on other storage than the database: it finds a cut tail and a chain that was recomputed.
    """
    head = AuditHead.objects.filter(pk=1).first()
    if head is None or head.number == 0 or head.number == last_anchored():
        return None
    anchored = {"number": head.number, "digest": head.digest, "at": clock.now().isoformat(timespec="microseconds")}
    key = signing_key()
    anchored["key"] = public_key(key)
    anchored["signature"] = key.sign(anchor_text(anchored)).hex()
    _append(json.dumps(anchored) + "\n")
    return anchored


def anchor_when_long() -> dict[str, Any] | None:
    """Anchor before its time where many entries came since."""
    head = AuditHead.objects.filter(pk=1).first()
    return anchor() if head and head.number - last_anchored() >= ANCHOR_EVERY else None


def public_key(key: Ed25519PrivateKey | None = None) -> str:
    """Return the public half (hex) that auditors check anchors with."""
    return (key or signing_key()).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def last_anchored() -> int:
    """Return the number of the entry that the newest anchor names, 0 without any."""
    try:
        lines = settings.ANCHOR_FILE.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return 0
    return int(json.loads(lines[-1])["number"]) if lines else 0


def _append(line: str) -> None:
    settings.ANCHOR_FILE.parent.mkdir(parents=True, exist_ok=True)
    # O_APPEND and one write: two workers cannot tear each other's line; synced because a proof must outlive a crash.
    descriptor = os.open(settings.ANCHOR_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(descriptor, line.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
