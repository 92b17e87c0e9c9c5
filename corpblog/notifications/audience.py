"""Who is told of a post, and why: the strongest reason counts, and one post is one notice.

Praised says more than named, named more than quoted, quoted more than answered, answered more than following the
thread, that more than a keyword, that more than the channel.

A muted thread is silent but for who is named; a silent channel is silent altogether.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from corpblog.notifications.models import ChannelLevel, Keyword, Notice
from corpblog.people.models import Person
from corpblog.posts import marks
from corpblog.posts.announcements import people_asked
from corpblog.posts.models import Mention, Post, PraisedPerson
from corpblog.teams.selectors import readers_among

Kind = Notice.Kind
Level = ChannelLevel.Level
LONGEST_PHRASE: Final = 4


@dataclass(frozen=True)
class Reason:
    """Why somebody is told; `word` is the keyword that was found."""

    kind: Kind
    word: str = ""


def audience(post: Post, *, is_new: bool) -> dict[int, Reason]:
    """Return who is told of a post that is there, among those who may read it. After an edit only who is named is."""
    reasons: dict[int, Reason] = {}
    if is_new:
        reasons |= _level_people(post.channel_id, Level.ALL)
        reasons |= _keyword_people(post)
        if post.root_id:
            reasons |= dict.fromkeys(marks.followers_of(post.root_id), Reason(Kind.THREAD))
            reasons |= dict.fromkeys(_answered(post), Reason(Kind.REPLY))
            for person in marks.muters_of(post.root_id):
                reasons.pop(person, None)
        if post.quotes is not None:
            reasons[post.quotes.author_id] = Reason(Kind.QUOTE)
    named = Mention.objects.filter(post=post).values_list("person_id", flat=True)
    reasons |= dict.fromkeys(named, Reason(Kind.MENTION))
    if is_new and post.kind == Post.Kind.PRAISE:
        praised = PraisedPerson.objects.filter(post=post).values_list("person_id", flat=True)
        reasons |= dict.fromkeys(praised, Reason(Kind.PRAISE))
    for person in [post.author_id, *_level_people(post.channel_id, Level.NONE)]:
        reasons.pop(person, None)
    if is_new and post.kind == Post.Kind.ANNOUNCEMENT:
        # Asked of everybody, so it is told also where somebody wished to hear nothing.
        asked = people_asked(post).values_list("pk", flat=True)
        reasons |= dict.fromkeys(asked, Reason(Kind.ANNOUNCEMENT))
    # Somebody named in a private channel they are not in must not learn that they were.
    readers = readers_among(post.channel, reasons)
    return {person: reason for person, reason in reasons.items() if person in readers}


def people_of(reasons: Iterable[int]) -> QuerySet[Person]:
    """Return the people, in a steady order."""
    return Person.objects.active().filter(pk__in=list(reasons)).order_by("pk")


def _level_people(channel_id: int, level: Level) -> dict[int, Reason]:
    rows = ChannelLevel.objects.filter(channel=channel_id, level=level)
    return dict.fromkeys(rows.values_list("person_id", flat=True), Reason(Kind.POST))


def _answered(post: Post) -> set[int]:
    """Return who wrote what the post answers, and who started the thread."""
    thread = Post.objects.filter(pk__in=[number for number in (post.root_id, post.answers_id) if number])
    return set(thread.values_list("author_id", flat=True))


def _keyword_people(post: Post) -> dict[int, Reason]:
    """Find the keywords of everybody by the post's own phrases: one query, however many people have how many."""
    said = post.folded.split()
    phrases = {
        " ".join(said[start : start + size]) for size in range(1, LONGEST_PHRASE + 1) for start in range(len(said))
    }
    rows = Keyword.objects.filter(folded__in=phrases).values_list("person_id", "phrase")
    return {person: Reason(Kind.KEYWORD, word) for person, word in rows}
