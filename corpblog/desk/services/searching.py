"""Search everything that was posted, also in closed rooms, for a purpose that is written down with what was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.covering import covered_by
from corpblog.desk.models import Hold, OfficerSearch
from corpblog.desk.pseudonyms import called, place
from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Gone, Invalid, NotFound
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.posts import search as words
from corpblog.posts.models import Post, PostQuerySet, PostRevision

SHOWN: Final = 50
SEARCHES: Final = Limit("officer_search", times=60, per=timedelta(hours=1))


@dataclass(frozen=True)
class FoundPost:
    """A post as an officer finds it: the author's name only where the desk shows names, and so the place's.

    versions: what it said before it was edited or deleted, newest first; empty where nobody asked for that.
    """

    post: Post
    author: str
    place: str
    versions: Sequence[PostRevision] = ()


@dataclass(frozen=True)
class _Asked:
    purpose: str
    query: str
    question: words.Question
    is_past: bool
    hold: Hold | None


def search_everything(
    *, by: Person, purpose: str, query: str, is_past: bool = False, hold_id: int | None = None
) -> list[FoundPost]:
    """Return the newest 50 posts that answer the query, wherever they are. Officers only.

    is_past: also what was deleted, and what was edited away, as far as it still exists. hold_id: only what this hold
    covers, deleted and earlier words included; the query may then be empty. The search and the ids of what is shown are
    kept for good, and are an entry of the audit log, before anything is shown. Raises Invalid without a purpose or for
    a query that asks nothing, NotFound for a hold that not two officers stand behind, TooMany after sixty in an hour.
    """
    access.check_may_act(by)
    hold = _open_hold(by, hold_id) if hold_id else None
    asked = _Asked(
        purpose.strip(), query.strip(), words.read(query.strip()), is_past=is_past or hold is not None, hold=hold
    )
    _check(asked)
    SEARCHES.hit(str(by.pk))
    with transaction.atomic():
        posts = list(_found(asked).select_related("author", "channel__person").order_by("-pk")[:SHOWN])
        ids = [post.pk for post in posts]
        kept = OfficerSearch.objects.create(
            by=by,
            purpose=asked.purpose,
            query=asked.query,
            posts=ids,
            at=clock.now(),
            is_past=asked.is_past,
            hold=hold,
        )
        more: dict[str, Any] = {"past": True} if asked.is_past else {}
        if hold is not None:
            more["hold"] = hold.pk
        record(action="desk.searched", actor_id=by.pk, subject=f"search:{kept.pk}", posts=ids, **more)
    return [
        FoundPost(post, called(by, post.author), place(by, post), _versions(post) if asked.is_past else ())
        for post in posts
    ]


def read_held_file(*, by: Person, hold_id: int, revision_id: int, index: int) -> tuple[dict[str, Any], bytes]:
    """Return one file of a version that a hold covers, with its facts; that somebody read it is logged first."""
    access.check_may_act(by)
    hold = _open_hold(by, hold_id)
    version = PostRevision.objects.filter(pk=revision_id, post__in=covered_by(hold)).first()
    if version is None or index >= len(version.files):
        raise NotFound(_("There is no such file under this hold."))
    facts: dict[str, Any] = version.files[index]
    record(action="hold.file_read", actor_id=by.pk, subject=hold.subject, post=version.post_id, sha256=facts["sha256"])
    try:
        return facts, blobs.read(facts["sha256"])
    except blobs.BlobError as error:
        raise Gone(_("The bytes of this file were gone before the hold was placed.")) from error


def _found(asked: _Asked) -> PostQuerySet:
    posts: PostQuerySet = Post.objects.all()
    if asked.hold is not None:
        posts = covered_by(asked.hold)
    elif not asked.is_past:
        posts = Post.objects.alive()
    if asked.hold is not None and not asked.query:
        return posts
    return words.narrow(posts, asked.question, also_past=asked.is_past)


def _versions(post: Post) -> Sequence[PostRevision]:
    """What the post does not say now; all it ever said, once it is deleted."""
    past: Sequence[PostRevision] = [
        version for version in post.revisions.order_by("-version") if post.is_deleted or version.version < post.version
    ]
    return past


def _open_hold(by: Person, hold_id: int) -> Hold:
    hold: Hold | None = Hold.objects.filter(pk=hold_id).first()
    if hold is None or not hold.is_open_to_officers:
        raise NotFound(_("No hold that two officers stand behind has this number."))
    access.check_may_rule_on_hold(by, hold)
    return hold


def _check(asked: _Asked) -> None:
    question = asked.question
    if not asked.purpose:
        raise Invalid(_("Say for what purpose you search. It is kept with the search."))
    if len(asked.purpose) > OfficerSearch.LONGEST_PURPOSE or len(asked.query) > OfficerSearch.LONGEST_QUERY:
        raise Invalid(_("This is too long: 300 characters for the purpose, 200 for the search."))
    asks_for_all = asked.hold is not None and not asked.query
    if (question.asks_nothing and not asks_for_all) or question.impossible:
        raise Invalid(_("Type words to look for, or an operator such as in:engineering or after:2026-01-31."))
    if settings.DESK_PSEUDONYMS and question.names_people:
        raise Invalid(_("The desk shows pseudonyms, so posts cannot be searched by their author."))
