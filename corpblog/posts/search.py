"""Find posts by their words: SQLite's FTS5, PostgreSQL's text search, one meaning.

A word finds every word that begins with it and every other form of it (`posts.word_forms`), whatever its accents and
case; words in quotes find themselves alone, in their order. All of a query must be found, in a post, its part or the
names and descriptions of its files. Words and stems are made in Python, so both databases see the same ones. PostgreSQL
indexes the columns by itself; SQLite's index is a table of its own, kept here: Django loses triggers when it rebuilds a
table.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.models import BooleanField, Exists, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.utils import timezone

from corpblog.kernel.folding import words
from corpblog.kernel.ids import first_id_at
from corpblog.people.models import Person
from corpblog.posts import parts, word_forms
from corpblog.posts.files import Facts
from corpblog.posts.models import Attachment, Bookmark, Pin, Post, PostQuerySet, PostRevision, Reaction
from corpblog.posts.word_forms import Word
from corpblog.teams.models import Channel

MOST_WORDS: Final = 12
TABLE: Final = "posts_words"
_AT_ONCE: Final = 500
# What PostgreSQL's index holds, letter for letter (see migration 0016): another expression would not use it.
_TSVECTOR: Final = "posts_words(posts_post.folded, posts_post.stems)"

# What `has:` and `is:` take, in the order in which they are offered.
TRAITS: Final = {
    "has": ("link", "file", "image", "reaction"),
    "is": ("question", "answered", "mine", "bookmarked", "pinned", "reply", "thread", "edited"),
}
# Quotes of every kind, with what stands before them; or what stands between blanks.
_QUOTES: Final = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))
_PART: Final = re.compile(r'(?P<before>[^\s"]*)"(?P<quoted>[^"]*)"|(?P<plain>[^\s"]+)')


@dataclass(frozen=True)
class Term:
    """One thing to find: a word in any form, or, `exact`, words as they were put in quotes."""

    words: tuple[Word, ...]
    exact: bool = False

    def is_in(self, said: list[Word], at: int) -> bool:
        """Whether the words of a text answer it, beginning with the one at that place."""
        if self.exact:
            return [word.folded for word in said[at : at + len(self.words)]] == [word.folded for word in self.words]
        [wanted] = self.words
        return said[at].folded.startswith(wanted.folded) or bool(
            wanted.stems & said[at].stems or said[at].folded in wanted.stems
        )


@dataclass
class Named:
    """What operators name: any of the authors, any of the channels, and all of the traits (`has:`, `is:`)."""

    authors: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    traits: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        return not (self.authors or self.channels or self.traits)


@dataclass
class Question:
    """A query, read. `impossible` where an operator cannot be understood: nothing is found, rather than everything."""

    terms: list[Term] = field(default_factory=list)
    without: list[Term] = field(default_factory=list)
    named: Named = field(default_factory=Named)
    left_out: Named = field(default_factory=Named)
    after: datetime | None = None
    before: datetime | None = None
    impossible: list[str] = field(default_factory=list)

    @property
    def names_people(self) -> bool:
        """Whether what it finds tells whose it is: by author, or in somebody's storyline."""
        both = (self.named, self.left_out)
        return any(side.authors or any(name.startswith("@") for name in side.channels) for side in both)

    @property
    def asks_nothing(self) -> bool:
        return self.named.is_empty and not any((self.terms, self.after, self.before))


def read(query: str) -> Question:
    """Read `words "in quotes" -without from:alice in:engineering has:link is:reply after:2026-01-31 before:2026-03-01`.

    A minus leaves out what any operator but the days names; of several authors or channels one is enough. Days begin
    and end where the reader's clock says.
    """
    question = Question()
    parts_of_it = list(_PART.finditer(query.replace("\x00", "").translate(_QUOTES)))[:50]
    for part in parts_of_it:
        _read_part(question, part["plain"] or part["before"], part["quoted"])
    question.terms = list(dict.fromkeys(question.terms))[:MOST_WORDS]
    question.without = list(dict.fromkeys(question.without))[:MOST_WORDS]
    return question


def _read_part(question: Question, plain: str, quoted: str | None) -> None:
    minus = plain.startswith("-")
    operator, colon, value = plain.removeprefix("-").partition(":")
    value += quoted or ""
    if colon and value and _read_operator(question, operator.lower(), value, minus=minus):
        return
    kept = question.without if minus else question.terms
    kept += [Term((word,)) for word in word_forms.read(plain)]
    phrase = tuple(Word(word, frozenset()) for word in words(quoted or ""))
    if phrase:
        kept.append(Term(phrase, exact=True))


def _read_operator(question: Question, operator: str, value: str, *, minus: bool) -> bool:
    """Take one operator in; False where it is just a word with a colon."""
    named = question.left_out if minus else question.named
    if operator == "from":
        named.authors.append(value.removeprefix("@"))
    elif operator == "in":
        named.channels.append(value.lstrip("#~").lower())
    elif operator in TRAITS:
        if value.lower() in TRAITS[operator]:
            named.traits.add(value.lower())
        else:
            question.impossible.append(f"{operator}:{value}")
    elif operator in {"after", "before"} and not minus:
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
    if question.terms:
        found = _says(question.terms)
        posts = posts.filter(found | _said_once(question.terms) if also_past else found)
    for term in question.without:
        posts = posts.exclude(_says([term]))
    for condition in _conditions(question.named, person):
        posts = posts.filter(condition)
    for condition in _conditions(question.left_out, person):
        posts = posts.exclude(condition)
    # Ids sort by time, so days are bounds of the same index that pages use.
    if question.after:
        posts = posts.filter(pk__gte=first_id_at(question.after))
    if question.before:
        posts = posts.filter(pk__lt=first_id_at(question.before))
    return posts


def _conditions(named: Named, person: Person | None) -> Iterator[Q]:
    # Asked beforehand: with numbers, and not with a query in it, both databases go by the index of authors or channels.
    if named.authors:
        authors = Person.objects.get_queryset().called([name for name in named.authors if name != "me"])
        ids = set(authors.values_list("pk", flat=True))
        yield Q(author__in=ids | {person.pk} if person and "me" in named.authors else ids)
    if named.channels:
        yield Q(channel__in=set(Channel.objects.called(named.channels).values_list("pk", flat=True)))
    for trait in sorted(named.traits):
        yield _CONDITIONS[trait](person)


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


def _says(terms: list[Term]) -> Q:
    found = Q(_matches(terms))
    for term in terms:
        if term.exact:
            # The index finds posts with all the words, the text itself says in which order and form.
            found &= Q(_as_is(f"% {' '.join(word.folded for word in term.words)} %"))
    return found


def _matches(terms: list[Term]) -> RawSQL:
    # Words and stems hold letters and digits only, so the quotes cannot be left; they keep AND and NEAR plain words.
    if connection.vendor == "postgresql":
        query = " & ".join(_alternatives(term, "'{}':*", "'{}'", " & ", " | ") for term in terms)
        sql = f"{_TSVECTOR} @@ %s::tsquery"
    else:
        query = " AND ".join(_alternatives(term, '"{}"*', '"{}"', " AND ", " OR ") for term in terms)
        sql = f"posts_post.id IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s)"  # noqa: S608
    return RawSQL(sql, [query], output_field=BooleanField())  # noqa: S611


def _alternatives(term: Term, beginning: str, whole: str, both: str, either: str) -> str:
    """Return the term as the database's index is asked for it: all words of a phrase, or any form of a word."""
    if term.exact:
        return both.join(whole.format(word.folded) for word in term.words)
    [word] = term.words
    stems = [whole.format(stem) for stem in sorted(word.stems) if not stem.startswith(word.folded)]
    return f"({either.join([beginning.format(word.folded), *stems])})"


def _as_is(pattern: str) -> RawSQL:
    sql = "(' ' || posts_post.folded || ' ') LIKE %s"
    return RawSQL(sql, [pattern], output_field=BooleanField())  # noqa: S611


def _said_once(terms: list[Term]) -> Q:
    # No index: what was edited or deleted is little, and only officers look there. A version keeps no stems, so what
    # begins like one counts as a form: that finds a little too much, which is better than too little.
    said = PostRevision.objects.filter(post=OuterRef("pk"))
    for term in terms:
        if term.exact:
            phrase = " ".join(word.folded for word in term.words)
            said = said.annotate(between=Concat(Value(" "), "folded", Value(" "))).filter(
                between__contains=f" {phrase} "
            )
            continue
        [word] = term.words
        begins = Q()
        for form in (word.folded, *sorted(word.stems)):
            begins |= Q(folded__startswith=form) | Q(folded__contains=f" {form}")
        said = said.filter(begins)
    return Q(Exists(said))


def answering_words(question: Question, posts: Iterable[Post]) -> list[str]:
    """Return what a page marks in these posts: the words, folded, that answer; those of a phrase joined by `+`."""
    found: set[str] = set()
    for post in posts:
        for text in _texts(post):
            said = word_forms.read(text)
            for term in question.terms:
                size = len(term.words)
                found.update(
                    "+".join(word.folded for word in said[at : at + size])
                    for at in range(len(said))
                    if term.is_in(said, at)
                )
    return sorted(found)


def _texts(post: Post) -> list[str]:
    return texts_of(post.text, parts.beside(post.kind, post.part).values(), post.files)


def texts_of(text: str, beside: Iterable[str], files: Iterable[Facts]) -> list[str]:
    """Return all that a post is found by: what it says, its part, the names of its files and what describes them."""
    return [text, *beside, *(file[key] for file in files for key in ("name", "alt"))]


def renew(post: Post) -> None:
    """Have a locked post found by what it says now, where it was written before or lost its files since."""
    unindex(post)
    post.folded, post.stems = word_forms.findable(_texts(post))
    post.save(update_fields=["folded", "stems"])
    index(post)


def is_asked_for() -> bool:
    """Whether there are posts that were written before words had stems here, or by an older server."""
    return Post.objects.filter(stems__isnull=True).exists()


def read_old_posts() -> None:
    """Have old posts found by the forms of their words, the newest first, and by their files; safe to break off."""
    while True:
        with transaction.atomic():
            waiting = Post.objects.filter(stems__isnull=True).select_for_update(of=("self",), no_key=True)
            batch = list(waiting.order_by("-pk")[:_AT_ONCE])
            for post in batch:
                renew(post)
        if len(batch) < _AT_ONCE:
            return


def keep_past(post: Post) -> None:
    """Note the words that the post has now with its version: it is about to say something else, or nothing."""
    PostRevision.objects.filter(post=post, version=post.version).update(folded=post.folded)


def index(post: Post) -> None:
    """Make the post's words findable; runs in the transaction that writes them."""
    if connection.vendor == "sqlite":
        _run(f"INSERT INTO {TABLE} (rowid, folded, stems) VALUES (%s, %s, %s)", post)  # noqa: S608


def unindex(post: Post) -> None:
    """Make the words it still has findable no longer."""
    if connection.vendor == "sqlite":
        _run(f"INSERT INTO {TABLE} ({TABLE}, rowid, folded, stems) VALUES ('delete', %s, %s, %s)", post)  # noqa: S608


def compact() -> None:
    """Drop from SQLite's file the words that were taken out of the index; until then they stand there, marked so."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")  # noqa: S608


def _run(sql: str, post: Post) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [post.pk, post.folded, post.stems])
