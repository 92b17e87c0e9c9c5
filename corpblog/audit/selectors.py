"""Read the chain: one subject's history, and the whole of it for proof."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Min

from corpblog.audit import access
from corpblog.audit.files import stamp_file
from corpblog.audit.models import Anchor, AuditEntry, AuditHead, KeptAnchor, PlaceTrouble
from corpblog.audit.places import places
from corpblog.audit.stamps import NoStamp, check
from corpblog.audit.verify import GENESIS, Report, read_anchors, verify
from corpblog.people.models import Person


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
    """Return the signed heads of this installation: those of its files, and those in the database."""
    found = [head for path in (settings.ANCHOR_FILE, stamp_file()) if path.exists() for head in read_anchors(str(path))]
    seen = {(head["number"], head["digest"]) for head in found}
    signed = (anchor.facts for anchor in Anchor.objects.order_by("number"))
    return found + [head for head in signed if (head["number"], head["digest"]) not in seen]


def verified(key: str | None = None, more: Iterable[dict[str, Any]] = ()) -> Report:
    """Verify the chain in the database against its head, the anchors, and `more` of them from elsewhere."""
    known = [*anchors(), *more]
    report = verify(export(), known, key)
    head = AuditHead.objects.filter(pk=1).first()
    if (head.number if head else 0, head.digest if head else report.head) != (report.entries, report.head):
        report.problems.append("the last entry is not the one that the chain's head names")
    _check_file(report)
    check_stamps(known, report)
    return report


def _check_file(report: Report) -> None:
    """A file that lost lines, or went, accuses: what was written there is known in the database as well."""
    path = settings.ANCHOR_FILE
    there = {head["number"] for head in read_anchors(str(path))} if path.exists() else set()
    written = KeptAnchor.objects.filter(place="file").values_list("anchor_id", flat=True)
    gone = sorted(set(written) - there)
    if gone:
        report.problems.append(f"the anchor file has lost {len(gone)} heads, the first of entry {gone[0]}")


def check_stamps(known: Iterable[dict[str, Any]], report: Report) -> None:
    """Check the time stamps with the authorities that this installation trusts, and say how late the latest came."""
    stamped = sorted((head for head in known if "stamp" in head), key=lambda head: head["number"])
    if not stamped:
        return
    roots = settings.ANCHOR_KEEPERS.tsa_roots
    if not roots:
        report.remarks.append("The time stamps were not checked: CORPBLOG_ANCHOR_TSA_CA names no authority.")
        return
    first, waited = 1, (timedelta(0), 0)
    for head in stamped:
        try:
            moment = check(head, roots)
        except NoStamp as error:
            report.problems.append(f"the time stamp of entry {head['number']} does not hold: {error}")
            continue
        at = AuditEntry.objects.filter(number=first).values_list("at", flat=True).first()
        if at is not None and first <= head["number"]:
            waited = max(waited, (moment - at, first))
        first = max(first, head["number"] + 1)
    # A log that was written anew with its stamps has old entries under young stamps, and no other trace.
    longest = timedelta(seconds=round(waited[0].total_seconds()))
    report.remarks.append(f"No entry waited longer for its time stamp than entry {waited[1]}: {longest}.")


@dataclass(frozen=True)
class PlaceNow:
    """How one place is: the newest head that it took, and why it takes none now."""

    name: str
    title: Any
    address: str
    asks_outside: bool
    last: KeptAnchor | None
    trouble: PlaceTrouble | None
    behind: int


def places_now(reader: Person) -> list[PlaceNow]:
    """Return each place that is set up. behind: how many entries came since the head that it has."""
    access.check_may_see_anchors(reader)
    head = AuditHead.objects.filter(pk=1).first()
    troubles = {trouble.place: trouble for trouble in PlaceTrouble.objects.all()}
    told = []
    for place in places():
        last = KeptAnchor.objects.filter(place=place.name).order_by("-anchor_id").first()
        behind = (head.number if head else 0) - (last.anchor_id if last else 0)
        trouble = troubles.get(place.name)
        told.append(PlaceNow(place.name, place.title, place.address(), place.asks_outside, last, trouble, behind))
    return told


def last_anchors(reader: Person, count: int = 50) -> list[Anchor]:
    """Return the newest signed heads with what the places said."""
    access.check_may_see_anchors(reader)
    return list(Anchor.objects.order_by("-number").prefetch_related("kept")[:count])
