"""What only reads, and only what the asker may see."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import CorpblogError, Gone, NotFound
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.sharing import access, guards
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.connectors.base import Corrects
from corpblog.sharing.models import (
    Destination,
    GateState,
    Incident,
    Job,
    PressItem,
    Recall,
    Receipt,
    Share,
    ThreadPart,
    Timetable,
    WorkerBeat,
)
from corpblog.sharing.services import correcting
from corpblog.sharing.wording import worded

PAGE: Final = 30


@dataclass(frozen=True)
class Offer:
    """A destination as the composer shows it: how long a text may be, and whether everything waits for a person."""

    destination: Destination
    longest: int | None
    always_reviewed: bool


@dataclass(frozen=True)
class SharePage:
    """Shares, newest first, and where the next page begins."""

    items: list[Share]
    next_cursor: int | None


@dataclass(frozen=True)
class PressItems:
    """Items of the press page, newest first, and where the next page begins."""

    items: list[PressItem]
    next_cursor: int | None


@dataclass(frozen=True)
class PressState:
    """How many items are on show, and when the last one came or went."""

    number: int
    changed_at: datetime | None


def destinations_for(person: Person) -> list[Offer]:
    """Return where the person can ask to share, by name."""
    if not person.is_active:
        return []
    return [
        Offer(found, CONNECTORS[found.kind].longest(found.config), found.least_approvals > 0)
        for found in Destination.objects.company().open()
        if found.kind in CONNECTORS
    ]


def destinations_to_name(person: Person) -> list[Destination]:
    """Return the company's destinations that a rule may name, closed ones too, by name; none to who reads no rules."""
    return list(Destination.objects.company()) if access.can_name_destinations(person) else []


def destination_by_slug(slug: str) -> Destination:
    """Return one destination; raise NotFound in words."""
    return access.destination_for(slug)


def shares_of(person: Person, cursor: int | None = None, limit: int = PAGE) -> SharePage:
    """Return what the person wrote or asked for, newest first."""
    rows = Share.objects.of(person).for_rows().select_related("job__receipt").order_by("-id")
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    items = list(rows[: limit + 1])
    return SharePage(items[:limit], items[limit - 1].pk if len(items) > limit else None)


def planned(person: Person, start: datetime, end: datetime) -> list[Share]:
    """Return what leaves, or left, at a chosen time in that span, as far as the person may see it; earliest first."""
    chosen = Share.objects.visible_to(person).filter(send_at__gte=start, send_at__lt=end)
    return list(chosen.exclude(state=Share.State.WITHDRAWN).for_rows().order_by("send_at", "pk"))


def timetable_of(destination: Destination) -> Timetable | None:
    """Return when the destination is quiet and its slots, where anybody said so."""
    return Timetable.objects.filter(destination=destination).first()


def without_a_time(person: Person, limit: int = 20) -> list[Share]:
    """Return what leaves as soon as it may, and has not yet: it can be given a time."""
    waiting = Share.objects.visible_to(person).filter(send_at=None, state__in=[*Share.RELEASED, Share.State.HELD])
    return list(waiting.for_rows().order_by("-pk")[:limit])


def share_for(person: Person, share_id: int) -> Share:
    """Return one share; raise NotFound where the person may not know of it."""
    share = Share.objects.for_rows().select_related("job__receipt").filter(pk=share_id).first()
    if share is None or not access.can_see(person, share):
        raise NotFound(_("There is no such share."))
    return share


def waiting_at(person: Person, destination: Destination, share_id: int) -> Share:
    """Return a share of a destination's queue whose place the person may change; raise NotFound."""
    share = Share.objects.for_rows().filter(pk=share_id, destination=destination).first()
    if share is None or not access.can_reorder(person, share):
        raise NotFound(_("There is no such share."))
    return share


def shares_of_post(person: Person, post: Post) -> list[Share]:
    """Return the post's shares for those who take part in them, without what employees make of them."""
    shares = Share.objects.filter(post=post).companys().for_rows().order_by("-id")
    return [share for share in shares if access.can_see(person, share)]


def places_of_post(person: Person, share: Share) -> list[Share]:
    """Return the other shares of the same post, without those that only change what one of them put outside."""
    shares = shares_of_post(person, share.post)
    return [other for other in shares if other.pk != share.pk and other.corrects_id is None]


def why_not_share(person: Person, post: Post) -> str:
    """Return why the person cannot ask for this post to leave, in their language; nothing where they can."""
    try:
        guards.channel_cap(post.channel, Destination(cap="internal"))
        access.check_may_ask(person, post)
    except guards.Withdraw as stop:
        return worded(stop.code)
    except CorpblogError as error:
        return error.message
    return ""


def reason_in_words(share: Share) -> str:
    """Return why the share is where it is, in the reader's language."""
    job = Job.objects.filter(share=share).only("trouble", "told").first()
    told = job.told if job is not None and job.trouble == share.note else ""
    return worded(share.note, told=told)


def remote_url(share: Share) -> str:
    """Return where the share can be seen outside, once it arrived."""
    there = share.corrects_id or share.pk
    found = Receipt.objects.filter(job__share_id=there).values_list("url", flat=True).first()
    return found or ""


def part_urls(share: Share) -> list[str]:
    """Return where the parts of its thread that are out can be seen, in their order."""
    return list(ThreadPart.objects.filter(job__share=share).values_list("url", flat=True))


def recall_of(share: Share) -> Recall | None:
    """Return the wish to take the share back, where there is one."""
    return Recall.objects.filter(share=share).first()


def recall_in_words(share: Share) -> str:
    """Return what keeps the share from being taken back, in the reader's language."""
    found = recall_of(share)
    return worded(found.trouble, told=found.told) if found is not None else ""


@dataclass(frozen=True)
class LastCall:
    """What a person needs to look outside for a share whose answer was lost."""

    account: str
    server: str
    first_at: datetime | None
    last_at: datetime | None


def last_call(share: Share) -> LastCall | None:
    """Return where and when the share was last called out."""
    job = Job.objects.filter(share=share).first()
    if job is None:
        return None
    server = str(share.destination.config.get("server") or "")
    return LastCall(share.destination.remote_account, server, job.first_call_at, job.last_call_at)


def recallable(person: Person, share: Share) -> list[Share]:
    """Return the share, and the other shares of its post that are out and that the person may take back."""
    places = [share] if share.is_copy else shares_of_post(person, share.post)
    out = [other for other in places if other.state == Share.State.SENT and other.corrects_id is None]
    return [other for other in out if access.can_recall(person, other)]


@dataclass(frozen=True)
class Correctable:
    """One place where words of a post are out: what stands there, and why it cannot be corrected from here, if so."""

    share: Share
    words: str
    in_place: bool
    longest: int | None
    obstacle: str
    on_its_way: Share | None


def correctable(person: Person, share: Share) -> list[Correctable]:
    """Return the share and the other places where its post is out, as far as the person may correct them."""
    out = [other for other in recallable(person, share) if access.can_correct(person, other)]
    return [_correctable(other) for other in out]


def _correctable(share: Share) -> Correctable:
    connector = CONNECTORS[share.destination.kind]
    obstacle = correcting.obstacle(share)
    return Correctable(
        share=share,
        words=correcting.words_outside(share),
        in_place=isinstance(connector, Corrects) and connector.correction.in_place,
        longest=connector.longest(share.destination.config),
        obstacle=worded(obstacle) if obstacle else "",
        on_its_way=corrections_of(share).filter(state__in=Share.OPEN).first(),
    )


def corrections_of(share: Share) -> "QuerySet[Share]":
    """Return the corrections of a share that is out, newest first."""
    found: QuerySet[Share] = Share.objects.filter(corrects=share).for_rows().order_by("-pk")
    return found


def incidents_for(person: Person, limit: int = PAGE) -> list[Incident]:
    """Return what happened on our accounts without us: open ones first, then the newest."""
    access.check_may_read_incidents(person)
    rows = Incident.objects.select_related("destination", "share__job__revision", "acknowledged_by")
    return [
        *rows.filter(acknowledged_at=None).order_by("-raised_at")[:200],
        *rows.filter(acknowledged_at__isnull=False).order_by("-acknowledged_at")[:limit],
    ]


def may_acknowledge(person: Person) -> bool:
    """Whether the person may write down what an incident was."""
    return access.can_acknowledge(person)


def open_incidents() -> int:
    """Return how many incidents nobody acknowledged yet."""
    return Incident.objects.filter(acknowledged_at=None).count()


def figures_of(share: Share) -> dict[str, int]:
    """Return the share's reach as the other side last told it, of all parts of a thread; empty where it tells none.

    Each part but the last has an answer of ours, the next part, which is nobody's reply.
    """
    parts = list(ThreadPart.objects.filter(job__share=share).values_list("number", "figures"))
    first = Receipt.objects.filter(job__share=share).values_list("figures", flat=True).first()
    counted = [figures for number, figures in parts if number or first is None] + ([first] if first else [])
    total = sum(map(Counter, counted), Counter[str]())
    if "replies" in total:
        total["replies"] = max(0, total["replies"] - max(0, len(parts) - 1))
    return {name: total[name] for figures in counted for name in figures}


def actors(entries: Iterable[AuditEntry]) -> dict[int, Person]:
    """Return who acted in these entries, and whom they name as the officer of a case, by id, in one query."""
    wanted = {pk for entry in entries for pk in (entry.actor_id, facts_of(entry).get("officer")) if pk}
    return Person.objects.get_queryset().in_bulk(wanted)


def facts_of(entry: AuditEntry) -> dict[str, Any]:
    """Return what an entry says; nothing where its words were erased."""
    facts: dict[str, Any] = entry.payload.facts if hasattr(entry, "payload") else {}
    return facts


def gate() -> GateState:
    """Return whether anything may leave."""
    return GateState.objects.filter(pk=1).first() or GateState(pk=1)


@dataclass(frozen=True)
class ShareNews:
    """What live pages are told of a share: to whom it belongs, where it is, and whether the queue looks different."""

    state: str
    people: frozenset[int]
    concerns_desk: bool


def news_of(share_id: int) -> ShareNews | None:
    """Return what to tell, for a door that tells each person only what is theirs."""
    share = Share.objects.filter(pk=share_id).only("state", "author_id", "requester_id").first()
    if share is None:
        return None
    # What was never held, and what left the queue long ago, changes nothing there.
    never_queued = {Share.State.CLEARED, Share.State.SENDING, Share.State.SENT}
    return ShareNews(share.state, frozenset({share.author_id, share.requester_id}), share.state not in never_queued)


def moved_since(moment: datetime) -> list[tuple[int, str]]:
    """Return shares that changed since, with how they stand; for doors that no event from another process reaches."""
    rows = Share.objects.filter(changed_at__gte=moment).order_by("changed_at").values_list("pk", "state", "note")
    return [(pk, f"{state} {note}") for pk, state, note in rows[:500]]


def press_items(limit: int = PAGE, before: int | None = None) -> PressItems:
    """Return what is on show, newest first. Public: everybody may read it."""
    rows = PressItem.objects.on_show()
    edge = PressItem.objects.filter(pk=before).first() if before else None
    if edge is not None:
        rows = rows.filter(Q(published_at__lt=edge.published_at) | Q(published_at=edge.published_at, pk__lt=edge.pk))
    items = list(rows[: limit + 1])
    return PressItems(items[:limit], items[limit - 1].pk if len(items) > limit else None)


def press_tombstones(limit: int = PAGE) -> list[PressItem]:
    """Return what was taken back, newest first; only its id and its times may be shown."""
    return list(PressItem.objects.taken_back()[:limit])


def press_state() -> PressState:
    """Return what changes whenever the press page does: for caches, in one small query."""
    told = PressItem.objects.aggregate(
        number=Count("pk", filter=Q(withdrawn_at__isnull=True)),
        newest=Max("published_at"),
        withdrawn=Max("withdrawn_at"),
        corrected=Max("corrected_at"),
    )
    changed = max((moment for name, moment in told.items() if name != "number" and moment), default=None)
    return PressState(told["number"], changed)


def press_item(item_id: int) -> PressItem:
    """Return one public item; raise NotFound."""
    found = PressItem.objects.filter(pk=item_id).first()
    if found is None:
        raise NotFound(_("There is no such item."))
    if found.withdrawn_at is not None:
        raise Gone(_("This item was taken back."))
    return found


def last_beat() -> datetime | None:
    """Return when any worker last gave a sign of life."""
    return WorkerBeat.objects.order_by("-at").values_list("at", flat=True).first()


def is_worker_alive() -> bool:
    """Whether a worker gave a sign of life within the last minute."""
    beat = last_beat()
    return beat is not None and beat > clock.database_now() - timedelta(minutes=1)
