"""What becomes of employees' copies when the company's own words are offered no longer, or taken back."""

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.sharing.models import Offer, Share
from corpblog.sharing.services import locks, sealing


def end(offer: Offer, by: Person, how: Offer.End, *, takes_copies_back: bool = False, reason: str = "") -> None:
    """Note that it is offered no longer; copies that have not left yet do not leave. The caller holds the offer's lock.

    takes_copies_back: copies that are on the wire now are taken back when they arrive, for this reason.
    """
    offer.ended_at, offer.ended_by, offer.end = clock.now(), by, how
    offer.takes_copies_back, offer.reason = takes_copies_back, reason
    offer.save()
    record(
        action="offer.ended",
        actor_id=by.pk,
        subject=offer.subject,
        share=offer.share_id,
        why=how.value,
        copies=takes_copies_back,
    )
    # Sealing would find it out; told now, whoever waits for theirs knows.
    waiting = Share.objects.may_still_be_stopped().filter(revoices=offer.share_id).order_by("pk")
    for copy_id in waiting.values_list("pk", flat=True):
        copy = locks.share(copy_id)
        if copy.state in Share.STOPPABLE:
            sealing.withdraw_for(copy, "offer_ended")


def out_of(share: Share) -> list[Share]:
    """Return the copies of a share that are out, locked."""
    out = Share.objects.filter(revoices=share, state=Share.State.SENT).order_by("pk").values_list("pk", flat=True)
    return [locks.share(copy_id) for copy_id in out]


def follow_recall(share: Share, by: Person, reason: str, *, takes_copies_back: bool) -> None:
    """The company takes its words back: nobody is asked to say them any more."""
    offer = Offer.objects.select_for_update(of=("self",)).filter(share=share).first()
    if offer is not None and (offer.ended_at is None or takes_copies_back):
        end(offer, by, Offer.End.RECALLED, takes_copies_back=takes_copies_back, reason=reason)
