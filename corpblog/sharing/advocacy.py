"""What advocates see: what is offered to them, their own accounts, and what became of it; each asker only theirs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from corpblog.people.models import Person
from corpblog.sharing import access, canonical, marks, revoicing
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.connectors.base import Connector
from corpblog.sharing.models import Destination, Offer, OwnKind, Receipt, Share
from corpblog.sharing.services.connecting import OWN_KINDS
from corpblog.teams import selectors as teams
from corpblog.teams.models import Channel

PAGE = 30
_RELEASED = (*Share.RELEASED, Share.State.SENDING, Share.State.SENT)


@dataclass(frozen=True)
class Offered:
    """Something offered to somebody: the words to say, and what they made of them, newest first."""

    offer: Offer
    words: str
    language: str
    copies: list[Share]

    @property
    def is_said(self) -> bool:
        """Whether a copy of theirs is out or on its way."""
        return any(copy.state in {*Share.OPEN, Share.State.SENT} for copy in self.copies)


@dataclass(frozen=True)
class Made:
    """An offer as who made it sees it: how many colleagues said it, how many of those by the queue, how many wait."""

    offer: Offer
    words: str
    said: int
    by_queue: int
    waiting: int


@dataclass(frozen=True)
class Figures:
    """Of one advocate: how many offers they said, and how many are open to them."""

    said: int
    open: int


def offered_to(person: Person) -> list[Offered]:
    """Return what is offered to the person now, newest first, with their own copies."""
    if not person.is_active:
        return []
    offers = list(_whole(_open_to(person)).order_by("-offered_at")[:PAGE])
    mine = Share.objects.filter(author=person, revoices__in=[offer.share_id for offer in offers])
    copies = defaultdict(list)
    for copy in mine.for_rows().select_related("job__receipt").order_by("-pk"):
        copies[copy.revoices_id].append(copy)
    return [_offered(offer, copies[offer.share_id]) for offer in offers]


def _open_to(person: Person) -> "QuerySet[Offer]":
    found: QuerySet[Offer] = Offer.objects.open().made_to(person).filter(share__state__in=_RELEASED)
    return found


def offered(person: Person, offer_id: int) -> Offered:
    """Return one of them; raise NotFound, also for what is offered no longer and for what is offered to others."""
    offer = _whole(Offer.objects.filter(pk=offer_id, share__state__in=_RELEASED)).first()
    if offer is None or not access.is_offered(person, offer):
        raise access.no_such_offer()
    copies = Share.objects.filter(revoices=offer.share, author=person).for_rows().select_related("job__receipt")
    return _offered(offer, list(copies.order_by("-pk")))


def _whole(offers: "QuerySet[Offer]") -> "QuerySet[Offer]":
    around = ("by", "share__post__channel", "share__destination", "share__revision")
    receipts = ("share__job__revision", "share__job__receipt__shows__revision")
    return offers.select_related(*around, *receipts)


def _offered(offer: Offer, copies: list[Share]) -> Offered:
    form = canonical.read(_standing(offer.share))
    return Offered(offer, _typed(form), form["language"], copies)


def _typed(form: Mapping[str, Any]) -> str:
    """The words as somebody types them here: what colleagues begin with."""
    return marks.of_form(form).as_typed()


def _standing(share: Share) -> str:
    """What `revoicing.cleared` says, of rows that are read already."""
    receipt = getattr(getattr(share, "job", None), "receipt", None)
    revision = receipt.standing.revision if isinstance(receipt, Receipt) else share.revision
    assert revision is not None
    return revision.canonical


def may_offer(person: Person, share: Share) -> bool:
    """Whether the share's page shows the way to offer it, or what became of that."""
    if share.is_copy or not access.can_see_offer(person, share):
        return False
    is_offered = Offer.objects.filter(share=share).exists()
    return is_offered or access.can_offer(person, share)


def offer_to_change(person: Person, share: Share) -> int | None:
    """Return the offer on whose page an employee changes their copy, which is their own and still offered to them."""
    if not share.is_copy or share.author_id != person.pk:
        return None
    offer = Offer.objects.filter(share=share.revoices_id).first()
    return offer.pk if offer is not None and access.is_offered(person, offer) else None


def offer_of(person: Person, share: Share) -> Offer | None:
    """Return the offer of a share, open or ended, to those who may see what became of it."""
    if not access.can_see_offer(person, share):
        raise access.no_such_offer()
    found: Offer | None = Offer.objects.select_related("by", "ended_by").filter(share=share).first()
    return found


def copies_of(person: Person, share: Share) -> list[Share]:
    """Return what colleagues made of a share, newest first, to those who may see what became of the offer."""
    if not access.can_see_offer(person, share):
        return []
    copies = Share.objects.filter(revoices=share).exclude(state=Share.State.WITHDRAWN)
    return list(copies.for_rows().select_related("job__receipt", "author").order_by("-pk")[:200])


def words_revoiced(share: Share) -> str:
    """Return the company's words that a copy says in another way; nothing for a share of the company."""
    return _typed(canonical.read(revoicing.cleared(share.revoices_id).canonical)) if share.revoices_id else ""


def copies_out(share: Share) -> int:
    """Return how many copies of it are out."""
    return Share.objects.filter(revoices=share, state=Share.State.SENT).count()


def made_by(person: Person) -> list[Made]:
    """Return what this person may end, with its figures, newest first; nothing for who offers nothing."""
    if not access.offers_at_all(person):
        return []
    out = Q(share__copies__state=Share.State.SENT)
    theirs = Offer.objects.filter(Q(share__post__channel__kind=Channel.Kind.COMPANY) | Q(by=person))
    counted = _whole(theirs).annotate(
        said=Count("share__copies", filter=out),
        by_queue=Count("share__copies", filter=out & Q(share__copies__revision__rides_on=None)),
        waiting=Count("share__copies", filter=Q(share__copies__state=Share.State.HELD)),
    )
    return [
        Made(offer, _typed(canonical.read(_standing(offer.share))), offer.said, offer.by_queue, offer.waiting)
        for offer in counted.order_by("-offered_at")[:PAGE]
    ]


def figures_of(person: Person) -> Figures:
    """Return the person's own figures."""
    said = Share.objects.filter(author=person, revoices__isnull=False, state=Share.State.SENT)
    return Figures(said.values("revoices").distinct().count(), _open_to(person).count())


def own_accounts(person: Person) -> list[Destination]:
    """Return the person's own accounts that can be used: connected, on networks that admins opened."""
    usable = Destination.objects.own(person).open().filter(kind__in=_kinds_open())
    return [account for account in usable if account.kind in CONNECTORS]


def every_own_account(person: Person) -> list[Destination]:
    """Return every account that the person has connected, also where it cannot be used at the moment."""
    return list(Destination.objects.own(person).open())


def own_networks() -> list[Connector]:
    """Return the networks on which employees may connect their own accounts now, by title."""
    kinds = set(_kinds_open())
    return sorted((CONNECTORS[kind] for kind in OWN_KINDS if kind in kinds), key=lambda found: str(found.title))


def networks_to_open() -> list[tuple[Connector, bool]]:
    """Return every network that admins can open for own accounts, and whether it is."""
    kinds = set(_kinds_open())
    return [(CONNECTORS[kind], kind in kinds) for kind in OWN_KINDS]


def _kinds_open() -> "QuerySet[OwnKind, str]":
    return OwnKind.objects.filter(is_open=True).values_list("kind", flat=True)


def disclosure_in(language: str) -> str:
    """Return what is put under words of that language."""
    return revoicing.disclosure(language)


def audiences(person: Person) -> list[Channel]:
    """Return the channels whose members something can be offered to: those with members that the person may read."""
    return [
        entry.channel
        for entry in teams.navigation(person)
        if entry.channel.kind == Channel.Kind.TEAM and entry.channel.is_open
    ]
