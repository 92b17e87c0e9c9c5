"""What there is to read of channels, always as one person may see it."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from corpblog.kernel.folding import words
from corpblog.people.models import Person
from corpblog.teams.errors import no_such_channel
from corpblog.teams.models import Channel, ChannelCounter, ChannelQuerySet, JoinRequest, Membership


@dataclass(frozen=True)
class ChannelEntry:
    """One line of the navigation."""

    channel: Channel
    unread: int
    is_owner: bool
    title: str = ""


def navigation(person: Person) -> list[ChannelEntry]:
    """Return the channels somebody is a member of, by name, with how much is unread; one query.

    One more where there are direct conversations: they are called by who else is in them.
    """
    rows = (
        Membership.objects.filter(person=person, channel__archived_at__isnull=True)
        .select_related("channel__counter", "channel__person")
        .annotate(unread_posts=Membership.unread())
        .order_by("channel__kind", "channel__name", "channel_id")
    )
    found = [row for row in rows if not row.channel.is_direct or row.channel.counter.last_post_id]
    others = titles_for(person, [row.channel for row in found])
    return [
        ChannelEntry(row.channel, max(0, row.unread_posts), row.is_owner, others.get(row.channel_id, row.channel.title))
        for row in found
    ]


def unread_by_channel(person: Person) -> dict[int, int]:
    """Return how much is unread in the channels of somebody's navigation, where anything is; one query."""
    rows = Membership.objects.filter(person=person, channel__archived_at__isnull=True)
    counted = rows.annotate(unread_posts=Membership.unread()).filter(unread_posts__gt=0)
    return dict(counted.values_list("channel_id", "unread_posts"))


def titles_for(person: Person, channels: Iterable[Channel]) -> dict[int, str]:
    """Return what somebody calls those of the channels that are direct conversations: the names of the others."""
    direct = [channel.pk for channel in channels if channel.is_direct]
    if not direct:
        return {}
    rows = Membership.objects.filter(channel__in=direct).exclude(person=person).order_by("person__display_name")
    names: dict[int, list[str]] = {}
    for channel_id, name in rows.values_list("channel_id", "person__display_name"):
        names.setdefault(channel_id, []).append(name)
    return {channel_id: ", ".join(others) for channel_id, others in names.items()}


def title_for(person: Person, channel: Channel) -> str:
    """Return what somebody calls a channel that they may read."""
    return titles_for(person, [channel]).get(channel.pk, channel.title)


def browse(person: Person, query: str = "", limit: int = 200, *, archived: bool = False) -> list[Channel]:
    """Return channels and company accounts that somebody may know of; one query.

    Each has `is_member`, `asked` and `member_count`.

    archived: those that are kept for reading only, and no others.
    """
    found: ChannelQuerySet = Channel.objects.known_to(person).to_join()
    found = found.filter(archived_at__isnull=not archived)
    for word in words(query):
        found = found.filter(folded__contains=word)
    mine = Membership.objects.filter(channel=OuterRef("pk"), person=person)
    asked = JoinRequest.objects.filter(channel=OuterRef("pk"), person=person)
    members = Count("memberships", filter=Q(memberships__person__is_active=True), distinct=True)
    found = found.annotate(is_member=Exists(mine), asked=Exists(asked), member_count=members)
    return list(found.for_pages().order_by("name", "pk")[:limit])


def suggested(person: Person, query: str, *, most: int) -> list[Channel]:
    """Return channels and company accounts of whose name or description words begin so; one query.

    Those whose name begins so come first, then one's own.

    Each has `is_member`. With no words those that one is a member of: the likeliest to be meant.
    """
    found: ChannelQuerySet = Channel.objects.known_to(person).to_join().open()
    wanted = words(query)
    for word in wanted:
        found = found.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
    mine = Exists(Membership.objects.filter(channel=OuterRef("pk"), person=person))
    begins = ExpressionWrapper(Q(folded__startswith=" ".join(wanted)), output_field=BooleanField())
    if not query:
        found = found.filter(mine)
    return list(found.annotate(is_member=mine).for_pages().order_by(begins.desc(), mine.desc(), "name", "pk")[:most])


def none_called(person: Person, names: Iterable[str]) -> list[str]:
    """Return those names that no channel has of which somebody may know; a query for each."""
    return [name for name in names if not Channel.objects.known_to(person).called([name]).exists()]


def named_nearly(person: Person, name: str, *, most: int) -> list[str]:
    """Return the addresses of channels to know of that have the words, or would but for a slip of the fingers."""
    found = [channel.slug for channel in browse(person, name, limit=most)]
    if found:
        return found
    addresses = Channel.objects.known_to(person).to_join().open().values_list("slug", flat=True)
    return difflib.get_close_matches(name, list(addresses), n=most, cutoff=0.7)


def channel_by_slug(person: Person, slug: str) -> Channel:
    """Return a channel by its address; NotFound where it is hidden."""
    return _only(Channel.objects.visible_to(person).filter(slug=slug))


def channel_by_address(person: Person, slug: str) -> Channel:
    """Return a channel by the address it has, or had; NotFound where it is hidden."""
    visible = Channel.objects.visible_to(person)
    found: Channel | None = visible.filter(slug=slug).for_pages().first()
    return found or _only(visible.filter(former_addresses__slug=slug))


def known_by_slug(person: Person, slug: str) -> Channel:
    """Return a channel whose name somebody may know, though perhaps not its posts; NotFound where it is hidden."""
    return _only(Channel.objects.known_to(person).filter(slug=slug))


def known_among(person: Person, slugs: Collection[str]) -> set[str]:
    """Return those of these addresses that are channels whose name the person may know; a query if there are any.

    Of the others nobody learns by a link whether they exist.
    """
    known = Channel.objects.known_to(person).to_join()
    return set(known.filter(slug__in=slugs).values_list("slug", flat=True)) if slugs else set()


def channel_by_id(person: Person, channel_id: int) -> Channel:
    """Return a channel by its number; NotFound where it is hidden."""
    return _only(Channel.objects.visible_to(person).filter(pk=channel_id))


def storyline_of(person: Person) -> Channel | None:
    """Return somebody's storyline, if they ever needed one."""
    found: Channel | None = Channel.objects.for_pages().filter(person=person).first()
    return found


def is_following(person: Person, other: Person) -> bool:
    return Membership.objects.filter(person=person, channel__person=other).exists()


def writable(person: Person) -> list[Channel]:
    """Return where somebody may start a thread, for the composer's list; one query.

    Without direct conversations: what is meant for one colleague must not be a slip in a list away from a channel.
    """
    rows = Membership.objects.filter(person=person, channel__archived_at__isnull=True).select_related("channel__person")
    rows = rows.exclude(channel__kind=Channel.Kind.DIRECT)
    return [row.channel for row in rows.order_by("channel__kind", "channel__name") if _may_start(person, row)]


def _may_start(person: Person, membership: Membership) -> bool:
    channel = membership.channel
    if channel.is_storyline:
        return channel.person_id == person.pk
    return membership.is_owner or not (channel.is_announce_only or channel.kind == Channel.Kind.COMPANY)


def readable_ids(person: Person, ids: Iterable[int]) -> set[int]:
    """Return which of these channels somebody may read; one query, asked again before every delivery."""
    return set(Channel.objects.visible_to(person).filter(pk__in=set(ids)).values_list("pk", flat=True))


def readers_among(channel: Channel, people: Iterable[int]) -> set[int]:
    """Return which of these people work here and may read the channel; one query."""
    candidates = Person.objects.active().filter(pk__in=set(people))
    if channel.is_private:
        candidates = candidates.filter(memberships__channel=channel)
    return set(candidates.values_list("pk", flat=True))


def readers_of(followed: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """Return who of these people may still read what they follow, by channel; two queries for a whole process."""
    found = Channel.objects.filter(pk__in=list(followed)).values_list("pk", "is_private")
    readers = {number: set() if is_private else set(followed[number]) for number, is_private in found}
    private = [number for number, is_private in found if is_private]
    people = {person for number in private for person in followed[number]}
    pairs = Membership.objects.filter(channel__in=private, person__in=people).values_list("channel_id", "person_id")
    for channel_id, person_id in pairs if private else ():
        if person_id in followed[channel_id]:
            readers[channel_id].add(person_id)
    return readers


def members(channel: Channel) -> QuerySet[Membership]:
    """Return who is in a channel that was asked for by its reader, owners first."""
    rows = Membership.objects.filter(channel=channel, person__is_active=True).select_related("person")
    return rows.order_by("-role", "person__display_name", "pk")


def requests(channel: Channel) -> QuerySet[JoinRequest]:
    """Return who waits to be let in, for who looks after the channel."""
    rows = JoinRequest.objects.filter(channel=channel, person__is_active=True).select_related("person")
    return rows.order_by("pk")


def owners_of(channel_id: int) -> QuerySet[Person]:
    """Return who looks after a channel."""
    return Person.objects.active().filter(memberships__channel=channel_id, memberships__role=Membership.Role.OWNER)


def accounts_of(person: Person) -> QuerySet[Channel]:
    """Return the company accounts that somebody speaks for."""
    mine = Membership.objects.filter(person=person, role=Membership.Role.OWNER, person__is_active=True)
    return Channel.objects.filter(kind=Channel.Kind.COMPANY, pk__in=mine.values("channel"))


def followers(person: Person) -> QuerySet[Membership]:
    """Return who follows somebody."""
    rows = Membership.objects.filter(channel__person=person, person__is_active=True).exclude(person=person)
    return rows.select_related("person").order_by("person__display_name", "pk")


def private_titles() -> list[str]:
    """Return the names of all private team channels, for a policy that keeps them inside; archived ones too."""
    return list(Channel.objects.filter(kind=Channel.Kind.TEAM, is_private=True).values_list("name", flat=True))


def newest_number(channel: Channel) -> int:
    """Return the number of the newest thread: what to set the read mark to once the channel was shown."""
    return ChannelCounter.objects.filter(channel=channel).values_list("posts", flat=True).first() or 0


def _only(found: ChannelQuerySet) -> Channel:
    channel: Channel | None = found.for_pages().first()
    if channel is None:
        raise no_such_channel()
    return channel
