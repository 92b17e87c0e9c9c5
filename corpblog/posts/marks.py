"""What there is to read about posts beside their words: pins, who reacted, threads one follows, reports."""

from dataclasses import dataclass

from django.db.models import QuerySet

from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.errors import no_such_post
from corpblog.posts.models import ON_CARD, Pin, Post, Reaction, Report, ThreadChoice
from corpblog.posts.selectors import post_for
from corpblog.teams.models import Channel

MOST_SHOWN = 500
LOOKED_AT = 200


@dataclass(frozen=True)
class Reactors:
    """One emoji and who gave it, the first first."""

    emoji: str
    people: list[Person]


def pinned_in(channel: Channel) -> list[Post]:
    """Return what is pinned in a channel that was asked for by its reader, last pinned first; one query."""
    rows = Pin.objects.filter(channel=channel, post__deleted_at__isnull=True)
    return [row.post for row in rows.select_related(*ON_CARD).order_by("-pk")]


def is_pinned(post: Post) -> bool:
    return Pin.objects.filter(post=post).exists()


def reactors(person: Person, post_id: int) -> list[Reactors]:
    """Return who reacted to a post that the person may see, by emoji, the most frequent first."""
    post = post_for(person, post_id)
    rows = Reaction.objects.filter(post=post, person__is_active=True).select_related("person").order_by("pk")
    given: dict[str, list[Person]] = {}
    for row in rows[:MOST_SHOWN]:
        given.setdefault(row.emoji, []).append(row.person)
    return sorted((Reactors(emoji, people) for emoji, people in given.items()), key=lambda each: -len(each.people))


def recent_emoji(person: Person, most: int = 18) -> list[str]:
    """Return with what somebody reacted last, each once; one query."""
    given = Reaction.objects.filter(person=person).order_by("-pk").values_list("emoji", flat=True)
    return list(dict.fromkeys(given[:LOOKED_AT]))[:most]


def choice_for(person: Person, root: Post) -> str:
    """Return `follow`, `mute` or nothing: what somebody chose for a thread."""
    chosen = ThreadChoice.objects.filter(person=person, root=root).values_list("choice", flat=True).first()
    return chosen or ""


def followers_of(root_id: int) -> set[int]:
    """Return who wants to hear of every reply."""
    return _who_chose(root_id, ThreadChoice.Choice.FOLLOW)


def muters_of(root_id: int) -> set[int]:
    """Return who wants to hear of no reply that does not name them."""
    return _who_chose(root_id, ThreadChoice.Choice.MUTE)


def _who_chose(root_id: int, choice: str) -> set[int]:
    rows = ThreadChoice.objects.filter(root=root_id, choice=choice)
    return set(rows.values_list("person_id", flat=True))


def open_reports(reader: Person) -> list[Report]:
    """Return the reports that wait, oldest first; nothing for who is neither officer nor auditor.

    Nobody reads who reported what they wrote themselves.
    """
    if not access.can_read_reports(reader):
        return []
    return list(_waiting(reader).select_related("person", "post__author", "post__channel").order_by("pk")[:MOST_SHOWN])


def waiting_reports(reader: Person) -> int:
    """Return how many reports wait for the reader's eyes; the page asked for access already."""
    return int(_waiting(reader).count())


def _waiting(reader: Person) -> "QuerySet[Report]":
    return Report.objects.filter(closed_at__isnull=True).exclude(post__author=reader)


def report_of(report_id: int) -> Report:
    """Return a report, for the layers above that tell officers of it."""
    found = Report.objects.select_related("person", "post").filter(pk=report_id).first()
    if found is None:
        raise no_such_post()
    return found
