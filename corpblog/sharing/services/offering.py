"""Offer cleared words to colleagues, who say them in their own on their own accounts; and end that."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.sharing import access, canonical
from corpblog.sharing.models import Destination, Offer, Recall, Share
from corpblog.sharing.services import copies, locks
from corpblog.sharing.services.asking import request_share
from corpblog.sharing.wishes import Wish
from corpblog.teams.access import can_read
from corpblog.teams.errors import no_such_channel
from corpblog.teams.models import Channel

State = Share.State


@dataclass(frozen=True)
class Audience:
    """Whom something is offered to: everybody, or the members of channels."""

    is_everybody: bool = True
    channels: Collection[Channel] = ()


@transaction.atomic
def offer(*, by: Person, share: Share, audience: Audience, note: str = "") -> Offer:
    """Offer a released share of the company to colleagues; one that was ended is offered anew.

    Raises NotAllowed for whom it is not theirs to offer, Conflict for what is not released or being taken back, and
    Invalid without an audience, for a note of more than 300 characters, and for a thread.
    """
    share = locks.share(share.pk)
    if not access.can_see(by, share):
        raise NotFound(_("There is no such share."))
    if Recall.objects.filter(share=share).exists() or not _is_released(share):
        raise Conflict(_("Only what is out, or goes out by itself, can be offered."))
    if not access.can_offer(by, share):
        raise NotAllowed(_("Only communications offer what the company says to colleagues."))
    _check(by, share, audience, note)
    made, is_new = Offer.objects.select_for_update().get_or_create(
        share=share, defaults={"by": by, "offered_at": clock.now()}
    )
    if not is_new and made.ended_at is None:
        raise Conflict(_("It is offered already."))
    made.by, made.offered_at, made.note = by, clock.now(), note.strip()
    made.is_for_everybody, made.ended_at, made.ended_by, made.end = audience.is_everybody, None, None, ""
    made.save()
    made.channels.set([] if audience.is_everybody else audience.channels)
    record(
        action="offer.made",
        actor_id=by.pk,
        subject=made.subject,
        share=share.pk,
        digest=share.digest,
        everybody=audience.is_everybody,
        channels=sorted(channel.pk for channel in audience.channels),
    )
    return made


def _is_released(share: Share) -> bool:
    return share.state in {*Share.RELEASED, State.SENDING, State.SENT}


def _check(by: Person, share: Share, audience: Audience, note: str) -> None:
    if len(note.strip()) > 300:
        raise Invalid(_("Say it in 300 characters at most."), field="note")
    if not audience.is_everybody and not audience.channels:
        raise Invalid(_("Choose whom it is offered to."), field="channels")
    if any(channel.is_direct or not can_read(by, channel) for channel in audience.channels):
        raise no_such_channel()
    if share.revision is not None and canonical.read(share.revision.canonical).get("thread"):
        raise Invalid(_("A thread cannot be offered: colleagues say one post."))


@transaction.atomic
def end_offer(*, by: Person, offer: Offer) -> Offer:
    """Offer it no longer: copies that have not left yet do not leave. What is out stays."""
    offer = Offer.objects.select_for_update(of=("self",)).select_related("share__post__channel").get(pk=offer.pk)
    if not access.can_end_offer(by, offer):
        raise NotFound(_("There is no such offer."))
    if offer.ended_at is None:
        copies.end(offer, by, Offer.End.CLOSED)
    return offer


def revoice(
    *,
    by: Person,
    offer: Offer,
    destination: Destination,
    words: str,
    send_at: datetime | None = None,
    zone: str = "",
    justification: str = "",
) -> Share:
    """Say offered words in one's own, on one's own account. Within the edit budget they ride on the clearance of the
    offered ones, as far as it covers what the policy in force finds; else they wait for a reviewer like any others.

    justification: answers a rule that asks for a reason; without it, the one that was given for the offered words.
    Raises whatever `request_share` raises.
    """
    wish = Wish(words=words, send_at=send_at, zone=zone, revoices=offer.share_id)
    reason = justification.strip() or offer.share.justification
    return request_share(by=by, post=offer.share.post, destination=destination, justification=reason, wish=wish)
