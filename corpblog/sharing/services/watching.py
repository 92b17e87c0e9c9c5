"""Look at what we published and at what else stands on our accounts; whatever is not as we left it is an incident."""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.notifications.models import Notice
from corpblog.notifications.services import notify
from corpblog.people.models import Person, Role
from corpblog.sharing import canonical, credentials
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Refused, Seen, Target, Unclear, Watchable
from corpblog.sharing.models import Destination, GateState, Incident, Job, Recall, Receipt, Share, ThreadPart
from corpblog.sharing.models.outbox import FOUND_BY_A_PERSON
from corpblog.sharing.services import sight
from corpblog.sharing.services.renewing import renew_if_due
from corpblog.sharing.services.sending import target_of

EVERY: Final = timedelta(minutes=15)
# What is older is not read back any more.
WATCHED_FOR: Final = timedelta(days=30)
# Servers do not show their own writes at once.
SETTLED_AFTER: Final = timedelta(minutes=2)
LOOKS: Final = 50
_NOTHING: Final = "∅"
# Seconds for one account: a server that answers slowly keeps the others waiting no longer, whatever it has to show.
LONGEST: Final = 60.0
_SCHEME: Final = re.compile(r"\bhttps?://")
_ON_ITS_WAY: Final = (Job.State.CALLING, Job.State.DOUBTFUL, Job.State.UNKNOWN)


def watch() -> int:
    """Look at every account that its connector can read; return how many incidents were raised."""
    return sum(_watched(destination) for destination in sight.to_look_at())


def _watched(destination: Destination) -> int:
    if not isinstance(connector_for(destination.kind), Watchable):
        return 0
    try:
        raised = watch_destination(destination)
    except Refused as trouble:
        sight.unseen(destination, trouble.code, told=trouble.told)
    except Unclear as trouble:
        sight.unseen(destination, "watch_unreadable", told=trouble.told)
    except credentials.CredentialsUnreadable:
        sight.unseen(destination, "token")
    except Exception as crash:
        # One remote that answers nonsense does not keep the others from being looked at.
        sight.unseen(destination, "watch_failed", crash=crash)
    else:
        sight.seen(destination)
        return raised
    return 0


def watch_destination(destination: Destination) -> int:
    """Compare one account with the ledger. The account is read first: what arrives since is in the ledger by then."""
    connector = connector_for(destination.kind)
    if not isinstance(connector, Watchable):
        return 0
    renew_if_due(destination.pk)
    destination.refresh_from_db()
    target, until = target_of(destination), time.monotonic() + LONGEST
    newest = connector.recent(target)
    recent = [_at_its_source(destination, seen, connector, target) for seen in newest if time.monotonic() < until]
    found = _judge(destination, recent)
    return found + _look_for_the_rest(destination, connector, target, {seen.remote_id for seen in newest}, until)


def _at_its_source(destination: Destination, seen: Seen, connector: Watchable, target: Target) -> Seen:
    """A list shows words as they are rendered; what looks different there is read again before anybody is alarmed."""
    ours = Receipt.objects.filter(destination=destination, remote_id=seen.remote_id)
    receipt = ours.select_related("job", "shows").first()
    part = None if receipt else _parts(destination, [seen]).get(seen.remote_id)
    if (part is None or _is_its_part(part, seen)) and (receipt is None or _is_as_sealed(receipt, seen)):
        return seen
    return connector.look(seen.remote_id, target) or seen


def _is_as_sealed(receipt: Receipt, seen: Seen) -> bool:
    form = canonical.read(receipt.standing.sealed)
    if _beside(form, seen, form["attachments"]):
        return False
    if _squeezed(seen.text) == _squeezed(form["text"]):
        return True
    # Not our own edit either: one that is on its way, or that arrived while the account was being read.
    return _squeezed(seen.text) in _texts_around(receipt)


def _parts(destination: Destination, recent: Sequence[Seen]) -> dict[str, ThreadPart]:
    """Return the parts of threads among what was seen, the first ones of unfinished threads too, by their ids."""
    ours = ThreadPart.objects.filter(destination=destination, remote_id__in=[seen.remote_id for seen in recent])
    return {part.remote_id: part for part in ours.select_related("job__share")}


def _is_its_part(part: ThreadPart, seen: Seen) -> bool:
    form = canonical.read(part.job.sealed)
    if _beside(form, seen, [] if part.number else form["attachments"]):
        return False
    return _squeezed(seen.text) == _squeezed(canonical.parts(form)[part.number])


def _beside(form: Mapping[str, Any], seen: Seen, attached: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what beside the words is not as it was sent: warning, pictures and their descriptions, a line each.

    In signs that need no language: what we sent, an arrow, what stands there.
    """
    found = []
    if _squeezed(seen.warning) != _squeezed(form["warning"]):
        found.append(f"CW: {form['warning'] or _NOTHING} → {seen.warning or _NOTHING}")
    alts = [file["alt"] for file in attached]
    for number, (ours, theirs) in enumerate(zip_longest(alts, alts if seen.alts is None else seen.alts), 1):
        if _squeezed(ours or "") != _squeezed(theirs or "") or (ours is None) != (theirs is None):
            found.append(f"ALT {number}: {ours or _NOTHING} → {theirs or _NOTHING}")
    digests = [file["sha256"] for file in attached]
    for number, (ours, theirs) in enumerate(zip_longest(digests, digests if seen.digests is None else seen.digests), 1):
        if ours != theirs:
            found.append(f"SHA-256 {number}: {ours or _NOTHING} → {theirs or _NOTHING}")
    return found


def _texts_around(receipt: Receipt) -> set[str]:
    corrections = Job.objects.filter(share__corrects__job=receipt.job_id)
    near = Q(state__in=_ON_ITS_WAY) | Q(last_call_at__gt=clock.database_now() - SETTLED_AFTER)
    if not corrections.filter(near).exists():
        return set()
    # What it says next, and what it said until now.
    forms = [*corrections.filter(near | Q(state=Job.State.SENT)).values_list("sealed", flat=True), receipt.job.sealed]
    return {_squeezed(canonical.read(form)["text"]) for form in forms}


def _squeezed(text: str) -> str:
    # X writes a scheme before a bare link.
    return " ".join(_SCHEME.sub("", text).split())


@transaction.atomic
def _judge(destination: Destination, recent: Sequence[Seen]) -> int:
    ours = Receipt.objects.filter(destination=destination, remote_id__in=[seen.remote_id for seen in recent])
    known = {receipt.remote_id: receipt for receipt in ours.select_related("job__share", "job__revision", "shows")}
    parts = _parts(destination, recent)
    busy, gate = _texts_on_their_way(destination), GateState.objects.get(pk=1)
    raised = forgotten = 0
    for seen in recent:
        receipt = known.get(seen.remote_id)
        if receipt is not None:
            raised += _compare(destination, receipt, seen)
        elif seen.remote_id in parts:
            raised += _compare_part(destination, parts[seen.remote_id], seen)
        elif seen.posted_at <= destination.created_at or (not seen.boosts and _squeezed(seen.text) in busy):
            continue
        elif seen.boosts:
            # Nothing that leaves from here is a boost.
            raised += _raise(destination, Incident.Kind.FOREIGN, replace(seen, text=f"↻ {seen.boosts}\n{seen.text}"))
        elif gate.forgot(seen.posted_at):
            forgotten += _raise(destination, Incident.Kind.FORGOTTEN, seen)
        else:
            raised += _raise(destination, Incident.Kind.FOREIGN, seen)
    if forgotten:
        # A day's posts are one notice: nobody did anything wrong.
        tell_officers(destination, Incident.Kind.FORGOTTEN)
    return raised + forgotten


def _texts_on_their_way(destination: Destination) -> set[str]:
    """What may be there already with its receipt still to come, or for a person to settle."""
    forms = Job.objects.filter(share__destination=destination, state__in=_ON_ITS_WAY).values_list("sealed", flat=True)
    found = Receipt.objects.filter(destination=destination, how="person").values_list("job__sealed", flat=True)
    return {_squeezed(part) for form in (*forms, *found) for part in canonical.parts(canonical.read(form))}


def _compare(destination: Destination, receipt: Receipt, seen: Seen) -> int:
    # A network may show the post and not count just now.
    receipt.figures = dict(seen.figures) or receipt.figures
    receipt.looked_at, receipt.misses = clock.now(), 0
    receipt.save(update_fields=["figures", "looked_at", "misses"])
    if _is_as_sealed(receipt, seen):
        return 0
    form = canonical.read(receipt.standing.sealed)
    told = _telling(seen, _beside(form, seen, form["attachments"]))
    return _raise(destination, Incident.Kind.EDITED, told, receipt.job.share)


def _compare_part(destination: Destination, part: ThreadPart, seen: Seen) -> int:
    part.figures = dict(seen.figures) or part.figures
    part.looked_at, part.missing_since = clock.now(), None
    part.save(update_fields=["figures", "looked_at", "missing_since"])
    if _is_its_part(part, seen):
        return 0
    form = canonical.read(part.job.sealed)
    told = _telling(seen, _beside(form, seen, [] if part.number else form["attachments"]))
    return _raise(destination, Incident.Kind.EDITED, told, part.job.share)


def _telling(seen: Seen, lines: Sequence[str]) -> Seen:
    """Return it with these lines under its words: that is what an officer reads, and what makes it another incident."""
    return replace(seen, text="\n".join([seen.text, *lines]))


def _look_for_the_rest(
    destination: Destination, connector: Watchable, target: Target, seen: set[str], until: float
) -> int:
    """Ask for what we published and what is not among the newest, those first that were not looked at for longest."""
    now = clock.now()
    rows = Receipt.objects.filter(
        destination=destination,
        job__share__state=Share.State.SENT,
        job__share__recall__isnull=True,
        received_at__gt=now - WATCHED_FOR,
        received_at__lt=now - SETTLED_AFTER,
    ).exclude(remote_id__in=seen)
    rows = (
        rows.exclude(how="person")
        .select_related("job__share", "shows")
        .order_by(F("looked_at").asc(nulls_first=True), "pk")
    )
    both: list[Receipt | ThreadPart] = [*rows[:LOOKS], *_parts_to_look_for(destination, now, seen)[:LOOKS]]
    both.sort(key=lambda ours: (ours.looked_at is not None, ours.looked_at or now))
    # A slow server has its next ones looked at in the next round.
    in_time = (ours for ours in both[:LOOKS] if time.monotonic() < until)
    return sum(
        _look_for_part(destination, connector, target, ours)
        if isinstance(ours, ThreadPart)
        else _look_for(destination, connector, target, ours)
        for ours in in_time
    )


def _parts_to_look_for(destination: Destination, now: datetime, seen: set[str]) -> QuerySet[ThreadPart]:
    """Return the parts of threads that no receipt stands for: later ones, and all of a thread that was stopped."""
    ours = ThreadPart.objects.filter(
        destination=destination,
        job__share__recall__isnull=True,
        arrived_at__gt=now - WATCHED_FOR,
        arrived_at__lt=now - SETTLED_AFTER,
    )
    ours = ours.exclude(remote_id__in=seen).exclude(number=0, job__share__state=Share.State.SENT)
    ours = ours.exclude(remote_id__startswith=FOUND_BY_A_PERSON).select_related("job__share")
    return ours.order_by(F("looked_at").asc(nulls_first=True), "pk")


def _look_for_part(destination: Destination, connector: Watchable, target: Target, part: ThreadPart) -> int:
    seen = connector.look(part.remote_id, target)
    with transaction.atomic():
        if seen is not None:
            return _compare_part(destination, part, seen)
        is_second = part.missing_since is not None
        part.looked_at, part.missing_since = clock.now(), part.missing_since or clock.now()
        part.save(update_fields=["looked_at", "missing_since"])
        if not is_second or Recall.objects.filter(share_id=part.job.share_id).exists():
            return 0
        gone = Seen(part.remote_id, part.url, "", part.arrived_at)
        return _raise(destination, Incident.Kind.DELETED, gone, part.job.share)


def _look_for(destination: Destination, connector: Watchable, target: Target, receipt: Receipt) -> int:
    seen = connector.look(receipt.remote_id, target)
    with transaction.atomic():
        if seen is not None:
            return _compare(destination, receipt, seen)
        receipt.looked_at, receipt.misses = clock.now(), receipt.misses + 1
        receipt.save(update_fields=["looked_at", "misses"])
        # Gone at one look may be a server's bad moment; and somebody here may be taking it back right now.
        if receipt.misses < 2 or Recall.objects.filter(share_id=receipt.job.share_id).exists():
            return 0
        gone = Seen(receipt.remote_id, receipt.url, "", receipt.received_at)
        return _raise(destination, Incident.Kind.DELETED, gone, receipt.job.share)


def _raise(destination: Destination, kind: str, seen: Seen, share: Share | None = None) -> int:
    digest = hashlib.sha256(seen.text.encode()).hexdigest()
    # Whether it is ours or a stranger's was said already.
    strays = Incident.objects.filter(destination=destination, remote_id=seen.remote_id, shows_digest=digest)
    if kind in Incident.STRAYS and strays.filter(kind__in=Incident.STRAYS).exists():
        return 0
    incident, is_new = Incident.objects.get_or_create(
        destination=destination,
        kind=kind,
        remote_id=seen.remote_id,
        shows_digest=digest,
        defaults={"share": share, "url": seen.url[:500], "shows": seen.text, "raised_at": clock.now()},
    )
    if not is_new:
        return 0
    record(
        action="incident.raised",
        actor_id=None,
        subject=f"incident:{incident.pk}",
        kind=kind,
        destination=destination.slug,
        remote_id=seen.remote_id,
        share=share.pk if share else None,
    )
    if kind != Incident.Kind.FORGOTTEN:
        tell_officers(destination, kind)
    return 1


def tell_officers(destination: Destination, kind: str) -> None:
    """Tell every officer that there is something to look at."""
    for officer in Person.objects.active().with_role(Role.COMPLIANCE):
        facts = {"step": f"incident_{kind}", "destination": destination.name}
        notify(person=officer, kind=Notice.Kind.DESTINATION, facts=facts, url="/desk/incidents/")
