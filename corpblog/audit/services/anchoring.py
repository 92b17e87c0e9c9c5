"""Sign the chain's head and give it to every place that keeps it; a place that fails is asked again, and said."""

from datetime import timedelta
from typing import Final

import structlog

from corpblog.audit.keys import public_key, signing_key
from corpblog.audit.models import Anchor, AuditHead, KeptAnchor, PlaceTrouble
from corpblog.audit.places import NotKept, Place, places
from corpblog.audit.verify import anchor_text
from corpblog.kernel import clock

ANCHOR_EVERY: Final = 1_000
LONGEST_WAIT: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


def anchor() -> Anchor | None:
    """Sign the chain's head and write it to the anchor file; None where the chain is empty or its head signed already.

    The places outside are asked by `hand_out`, where waiting for them keeps nobody.
    """
    head = AuditHead.objects.filter(pk=1).first()
    signed = None
    if head is not None and head.number > last_anchored():
        key = signing_key()
        signed = Anchor(number=head.number, digest=head.digest, at=clock.now(), key=public_key(key))
        signed.signature = key.sign(anchor_text(signed.facts)).hex()
        # Two processes may sign the same head; either signature will do.
        Anchor.objects.bulk_create([signed], ignore_conflicts=True)
    hand_out(outside=False)
    return signed


def anchor_when_long() -> Anchor | None:
    """Anchor before its time where many entries came since."""
    head = AuditHead.objects.filter(pk=1).first()
    return anchor() if head and head.number - last_anchored() >= ANCHOR_EVERY else None


def last_anchored() -> int:
    """Return the number of the entry that was signed last, 0 without any."""
    return Anchor.objects.order_by("-number").values_list("number", flat=True).first() or 0


def hand_out(*, outside: bool = True, now: bool = False) -> dict[str, str]:
    """Give the newest signed head to each place that has not got it and is due; return what was said, by place.

    Only the newest: it stands for all before it. now: ask places that failed, or took one a short while ago, as well.
    """
    newest = Anchor.objects.order_by("-number").first()
    if newest is None:
        return {}
    asked = [place for place in places() if place.asks_outside == outside and _wants(place, newest, now=now)]
    return {place.name: _give(place, newest) for place in asked}


def _wants(place: Place, newest: Anchor, *, now: bool) -> bool:
    last = KeptAnchor.objects.filter(place=place.name).order_by("-anchor_id").first()
    if last is not None and last.anchor_id >= newest.number:
        return False
    trouble = PlaceTrouble.objects.filter(place=place.name).first()
    if now:
        return True
    if trouble is not None:
        return clock.now() >= trouble.tried_at + min(LONGEST_WAIT, timedelta(minutes=2 ** min(trouble.tries - 1, 6)))
    return last is None or clock.now() >= last.kept_at + place.every()


def _give(place: Place, head: Anchor) -> str:
    try:
        kept = place.keep(head.facts)
    except NotKept as error:
        log.warning("anchor_not_kept", place=place.name, entry=head.number, reason=str(error))
        trouble = PlaceTrouble.objects.filter(place=place.name).first() or PlaceTrouble(
            place=place.name, since=clock.now()
        )
        trouble.tries, trouble.tried_at, trouble.reason = trouble.tries + 1, clock.now(), str(error)[:300]
        trouble.save()
        return str(error)
    KeptAnchor.objects.get_or_create(
        place=place.name,
        anchor=head,
        defaults={"kept_at": clock.now(), "receipt": kept.receipt[:200], "sure": kept.sure},
    )
    if PlaceTrouble.objects.filter(place=place.name).delete()[0]:
        log.info("anchor_kept_again", place=place.name, entry=head.number)
    return ""
