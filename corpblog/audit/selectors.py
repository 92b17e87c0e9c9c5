"""Read the chain: one subject's history, and the whole of it for proof."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Min

from corpblog.audit.models import AuditEntry, AuditHead
from corpblog.audit.verify import GENESIS, Report, read_lines, verify


def trail(subject: str) -> list[AuditEntry]:
    """Return what happened to one thing, oldest first, with payloads that were not erased."""
    return list(AuditEntry.objects.filter(subject=subject).select_related("payload").order_by("number"))


@dataclass(frozen=True)
class Told:
    """One entry with what it said; nothing where its payload was erased."""

    at: datetime
    facts: dict[str, Any]


def entries_since(action: str, since: datetime) -> Iterator[Told]:
    """Give the entries of one kind since then, oldest first, for counting."""
    entries = AuditEntry.objects.filter(action=action, at__gte=since).select_related("payload").order_by("number")
    for entry in entries.iterator(chunk_size=1000):
        payload = getattr(entry, "payload", None)
        yield Told(entry.at, json.loads(payload.body) if payload else {})


def export() -> Iterator[dict[str, Any]]:
    """Give every entry in order, as the stand-alone verification reads it."""
    for entry in AuditEntry.objects.select_related("payload").order_by("number").iterator(chunk_size=1000):
        yield _spelled(entry)


def span(subject: str) -> tuple[int, int]:
    """Return the numbers of the first and the last entry about something; 0 and 0 without any."""
    found = AuditEntry.objects.filter(subject=subject).aggregate(first=Min("number"), last=Max("number"))
    return found["first"] or 0, found["last"] or 0


def excerpt(first: int, last: int, subject: str) -> Iterator[dict[str, Any]]:
    """Give a stretch of the chain without holes; what entries say only where they are about `subject`."""
    entries = AuditEntry.objects.filter(number__range=(first, last)).select_related("payload").order_by("number")
    for entry in entries.iterator(chunk_size=1000):
        spelled = _spelled(entry)
        yield spelled if entry.subject == subject else spelled | {"salt": None, "body": None}


def digest_before(number: int) -> str:
    """Return what the entry of that number is linked to."""
    found = AuditEntry.objects.filter(number=number - 1).values_list("digest", flat=True).first()
    return found or GENESIS


def _spelled(entry: AuditEntry) -> dict[str, Any]:
    payload = getattr(entry, "payload", None)
    return {
        "number": entry.number,
        "at": entry.at_text,
        "action": entry.action,
        "actor_id": entry.actor_id,
        "subject": entry.subject,
        "commitment": entry.commitment,
        "digest": entry.digest,
        "salt": payload.salt if payload else None,
        "body": payload.body if payload else None,
    }


def export_lines() -> Iterator[str]:
    """Give the export as JSON lines."""
    for entry in export():
        yield json.dumps(entry, ensure_ascii=True)


def anchors() -> list[dict[str, Any]]:
    """Return the signed heads of this installation's anchor file."""
    return list(read_lines(str(settings.ANCHOR_FILE))) if settings.ANCHOR_FILE.exists() else []


def verified(key: str | None = None) -> Report:
    """Verify the chain in the database against its head and the anchors."""
    report = verify(export(), anchors(), key)
    head = AuditHead.objects.filter(pk=1).first()
    if (head.number if head else 0, head.digest if head else report.head) != (report.entries, report.head):
        report.problems.append("the last entry is not the one that the chain's head names")
    return report
