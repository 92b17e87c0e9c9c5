"""What there is to read of channels, always as one person may see it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from corpblog.kernel.folding import words
from corpblog.people.models import Person
from corpblog.teams.errors import no_such_channel
from corpblog.teams.models import Channel, ChannelCounter, ChannelQuerySet, Membership


@dataclass(frozen=True)
class ChannelEntry:
    """One line of the navigation."""

    channel: Channel
    unread: int
    is_owner: bool


def navigation(person: Person) -> list[ChannelEntry]:
    """Return the channels somebody is a member of, by name, with how much is unread; one query."""
    rows = (
        Membership.objects.filter(person=person, channel__archived_at__isnull=True)
        .select_related("channel__counter", "channel__person")
        .annotate(unread_posts=Membership.unread())
        .order_by("channel__kind", "channel__name", "channel_id")
    )
    return [ChannelEntry(row.channel, max(0, row.unread_posts), row.is_owner) for row in rows]


def browse(person: Person, query: str = "", limit: int = 200) -> list[Channel]:
    """Return team channels that somebody may see, each with `is_member` and `member_count`; one query."""
    found: ChannelQuerySet = Channel.objects.visible_to(person).team_channels().open()
    for word in words(query):
        found = found.filter(folded__contains=word)
    mine = Membership.objects.filter(channel=OuterRef("pk"), person=person)
    members = Count("memberships", distinct=True)
    return list(found.for_pages().annotate(is_member=Exists(mine), member_count=members).order_by("name", "pk")[:limit])


def channel_by_slug(person: Person, slug: str) -> Channel:
    """Return a channel by its address; NotFound where it is hidden."""
    return _only(Channel.objects.visible_to(person).filter(slug=slug))


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
    """Return where somebody may start a thread, for the composer's list; one query."""
    rows = Membership.objects.filter(person=person, channel__archived_at__isnull=True).select_related("channel__person")
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
