"""Find posts by their words: SQLite's FTS5, PostgreSQL's text search, one meaning.

A word finds every word that begins with it, whatever its accents and case; all words of a query must be found.
The words are cut in Python (`kernel.folding`), so both databases see the same ones. PostgreSQL indexes the column by
itself; SQLite's index is a table of its own, kept here: Django loses triggers when it rebuilds a table.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, models
from django.db.models import BooleanField, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from corpblog.kernel.folding import words
from corpblog.kernel.ids import first_id_at
from corpblog.people.models import Person, normal_username
from corpblog.posts.models import Attachment, Bookmark, Pin, Post, PostQuerySet, PostRevision, Reaction

MOST_WORDS: Final = 12
TABLE: Final = "posts_words"


_HAS: Final = {"link", "file", "image", "reaction"}
_IS: Final = {"thread", "reply", "edited", "pinned", "bookmarked", "mine", "question", "answered"}


@dataclass
class Question:
    """A query, read. `impossible` where an operator cannot be understood: nothing is found, rather than everything."""

    words: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    after: datetime | None = None
    before: datetime | None = None
    has: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    impossible: list[str] = field(default_factory=list)

    @property
    def asks_nothing(self) -> bool:
        wanted = (self.words, self.authors, self.channels, self.after, self.before, self.has, self.states)
        return not any(wanted)


def read(query: str) -> Question:
    """Read `words -without from:alice in:engineering has:link is:reply after:2026-01-31 before:2026-03-01`.

    Days begin and end where the reader's clock says.
    """
    question = Question()
    for part in query.replace("\x00", "").split()[:50]:
        operator, colon, value = part.partition(":")
        if colon and value and _read_operator(question, operator.lower(), value):
            continue
        kept = question.without if part.startswith("-") else question.words
        kept += words(part)
    question.words = list(dict.fromkeys(question.words))[:MOST_WORDS]
    question.without = list(dict.fromkeys(question.without))[:MOST_WORDS]
    return question


def _read_operator(question: Question, operator: str, value: str) -> bool:
    """Take one operator in; False where it is just a word with a colon."""
    if operator == "from":
        question.authors.append(normal_username(value.removeprefix("@")))
    elif operator == "in":
        question.channels.append(value.removeprefix("#").lower())
    elif operator in {"has", "is"}:
        known, kept = (_HAS, question.has) if operator == "has" else (_IS, question.states)
        if value.lower() in known:
            kept.add(value.lower())
        else:
            question.impossible.append(f"{operator}:{value}")
    elif operator in {"after", "before"}:
        _read_day(question, operator, value)
    else:
        return False
    return True


def _read_day(question: Question, operator: str, value: str) -> None:
    try:
        start = datetime.combine(date.fromisoformat(value), time(), tzinfo=timezone.get_current_timezone())
        if operator == "before":
            question.before = start
        else:
            question.after = start + timedelta(days=1)
    except (ValueError, OverflowError):
        question.impossible.append(f"{operator}:{value}")


def narrow(
    posts: PostQuerySet, question: Question, person: Person | None = None, *, also_past: bool = False
) -> PostQuerySet:
    """Return those of the posts that answer the question; `person` asks it, for what is theirs alone.

    also_past: look for the words in what posts said before they were edited or deleted, too; for officers alone.
    """
    if question.impossible or question.asks_nothing:
        return posts.none()
    if question.words:
        found = Q(_matches(question.words))
        posts = posts.filter(found | _said_once(question.words) if also_past else found)
    for word in question.without:
        posts = posts.exclude(_matches([word]))
    for username in question.authors:
        mine = username == "me" and person is not None
        posts = posts.filter(author=person) if mine else posts.filter(author__username=username)
    for slug in question.channels:
        posts = posts.filter(channel__slug=slug)
    for wanted in question.has | question.states:
        posts = posts.filter(_CONDITIONS[wanted](person))
    # Ids sort by time, so days are bounds of the same index that pages use.
    if question.after:
        posts = posts.filter(pk__gte=first_id_at(question.after))
    if question.before:
        posts = posts.filter(pk__lt=first_id_at(question.before))
    return posts


def _of(rows: models.QuerySet[Any]) -> Q:
    return Q(Exists(rows.filter(post=OuterRef("pk"))))


_CONDITIONS: Final[dict[str, Callable[[Person | None], Q]]] = {
    "link": lambda _person: Q(html__contains='class="link"'),
    "file": lambda _person: _of(Attachment.objects.all()),
    "image": lambda _person: _of(Attachment.objects.filter(kind__startswith="image/")),
    "reaction": lambda _person: _of(Reaction.objects.all()),
    "thread": lambda _person: Q(root__isnull=True),
    "reply": lambda _person: Q(root__isnull=False),
    "edited": lambda _person: Q(edited_at__isnull=False),
    "pinned": lambda _person: _of(Pin.objects.all()),
    "bookmarked": lambda person: _of(Bookmark.objects.filter(person=person)),
    "question": lambda _person: Q(kind=Post.Kind.QUESTION),
    "answered": lambda _person: Q(kind=Post.Kind.QUESTION, best__isnull=False),
    "mine": lambda person: Q(author=person),
}


def _matches(found: list[str]) -> RawSQL:
    # Words hold letters and digits only, so the quotes cannot be left; they keep AND and NEAR plain words.
    if connection.vendor == "postgresql":
        query = " & ".join(f"'{word}':*" for word in found)
        sql = "array_to_tsvector(string_to_array(posts_post.folded, ' ')) @@ %s::tsquery"
    else:
        query = " AND ".join(f'"{word}"*' for word in found)
        sql = f"posts_post.id IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s)"  # noqa: S608
    return RawSQL(sql, [query], output_field=BooleanField())  # noqa: S611


def _said_once(found: list[str]) -> Q:
    # No index: what was edited or deleted is little, and only officers look there.
    said = PostRevision.objects.filter(post=OuterRef("pk"))
    for word in found:
        said = said.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
    return Q(Exists(said))


def keep_past(post: Post) -> None:
    """Note the words that the post has now with its version: it is about to say something else, or nothing."""
    PostRevision.objects.filter(post=post, version=post.version).update(folded=post.folded)


def index(post: Post) -> None:
    """Make the post's words findable; runs in the transaction that writes them."""
    if connection.vendor == "sqlite":
        _run(f"INSERT INTO {TABLE} (rowid, folded) VALUES (%s, %s)", post)  # noqa: S608


def unindex(post: Post) -> None:
    """Make the words it still has findable no longer."""
    if connection.vendor == "sqlite":
        _run(f"INSERT INTO {TABLE} ({TABLE}, rowid, folded) VALUES ('delete', %s, %s)", post)  # noqa: S608


def compact() -> None:
    """Drop from SQLite's file the words that were taken out of the index; until then they stand there, marked so."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")  # noqa: S608


def _run(sql: str, post: Post) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [post.pk, post.folded])
