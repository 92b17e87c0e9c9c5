"""Search everything that was posted, also in closed rooms, for a purpose that is written down with what was shown."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import OfficerSearch
from corpblog.desk.pseudonyms import pseudonym
from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.posts import search as words
from corpblog.posts.models import Post

SHOWN: Final = 50
SEARCHES: Final = Limit("officer_search", times=60, per=timedelta(hours=1))


@dataclass(frozen=True)
class FoundPost:
    """A post as an officer finds it: the author's name only where the desk shows names."""

    post: Post
    author: str


def search_everything(*, by: Person, purpose: str, query: str) -> list[FoundPost]:
    """Return the newest 50 living posts that answer the query, wherever they are. Officers only.

    The search and the ids of what is shown are kept for good, and are an entry of the audit log, before anything is
    shown. Raises Invalid without a purpose or for a query that asks nothing, TooMany after sixty in an hour.
    """
    access.check_may_act(by)
    purpose, query = purpose.strip(), query.strip()
    question = words.read(query)
    _check(purpose, query, question)
    SEARCHES.hit(str(by.pk))
    with transaction.atomic():
        rows = words.narrow(Post.objects.alive(), question).select_related("author", "channel").order_by("-pk")
        posts = list(rows[:SHOWN])
        ids = [post.pk for post in posts]
        kept = OfficerSearch.objects.create(by=by, purpose=purpose, query=query, posts=ids, at=clock.now())
        record(action="desk.searched", actor_id=by.pk, subject=f"search:{kept.pk}", posts=ids)
    return [FoundPost(post, _name(by, post)) for post in posts]


def _check(purpose: str, query: str, question: words.Question) -> None:
    if not purpose:
        raise Invalid(_("Say for what purpose you search. It is kept with the search."))
    if len(purpose) > OfficerSearch.LONGEST_PURPOSE or len(query) > OfficerSearch.LONGEST_QUERY:
        raise Invalid(_("This is too long: 300 characters for the purpose, 200 for the search."))
    if question.asks_nothing or question.impossible:
        raise Invalid(_("Type words to look for, or an operator such as in:engineering or after:2026-01-31."))
    if settings.DESK_PSEUDONYMS and question.authors:
        raise Invalid(_("The desk shows pseudonyms, so posts cannot be searched by their author."))


def _name(reader: Person, post: Post) -> str:
    shows = not settings.DESK_PSEUDONYMS or post.author_id == reader.pk
    return post.author.display_name if shows else pseudonym(post.author)
