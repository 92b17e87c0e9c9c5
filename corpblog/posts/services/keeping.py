"""Keep searches, follow hashtags, sort bookmarks: all of it is one person's own."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.kernel.folding import fold
from corpblog.kernel.ids import first_id_at
from corpblog.people.models import Person
from corpblog.posts import search
from corpblog.posts.markup import LONGEST_TAG
from corpblog.posts.models import Bookmark, Folder, FollowedTag, SavedSearch
from corpblog.posts.selectors import post_for

MOST: Final = 50


@transaction.atomic
def save_search(*, by: Person, query: str) -> SavedSearch:
    """Keep a question; keeping it twice is keeping it. Raises Invalid for one that asks nothing."""
    query = " ".join(query.replace("\x00", "").split())[:200]
    question = search.read(query)
    if question.asks_nothing or question.impossible:
        raise Invalid(_("This search asks for nothing that could be found."))
    _keep_bounded(by, SavedSearch, query=query)
    # What is there already was seen: the search was kept beside its results.
    return SavedSearch.objects.get_or_create(person=by, query=query, defaults={"seen": first_id_at(clock.now())})[0]


def look_at_search(*, by: Person, query: str, newest: int) -> None:
    """Note that somebody looked at what a search finds that they may keep.

    newest: the id of the newest post that was shown to them.
    """
    kept = SavedSearch.objects.filter(person=by, query=" ".join(query.split()), seen__lt=newest)
    kept.update(seen=newest)


def drop_search(*, by: Person, search_id: int) -> None:
    """Keep it no longer."""
    SavedSearch.objects.filter(person=by, pk=search_id).delete()


@transaction.atomic
def follow_tag(*, by: Person, tag: str) -> None:
    """Have a hashtag's posts among the topics one follows."""
    folded = _folded(tag)
    if not folded:
        raise Invalid(_("That is no hashtag."))
    _keep_bounded(by, FollowedTag, tag=folded)
    FollowedTag.objects.get_or_create(person=by, tag=folded)


def unfollow_tag(*, by: Person, tag: str) -> None:
    """Have them there no longer."""
    FollowedTag.objects.filter(person=by, tag=_folded(tag)).delete()


@transaction.atomic
def put_bookmark(*, by: Person, post_id: int, folder: str) -> None:
    """Keep a post in a folder, made when it is first named; an empty name is no folder. Empty folders go."""
    name = " ".join(folder.replace("\x00", "").split())
    if len(name) > 60:
        raise Invalid(_("The folder's name is too long; %(limit)s characters fit.") % {"limit": 60})
    place = None
    if name:
        _keep_bounded(by, Folder, name=name)
        place = Folder.objects.get_or_create(person=by, name=name)[0]
    Bookmark.objects.update_or_create(person=by, post=post_for(by, post_id), defaults={"folder": place})
    used = Bookmark.objects.filter(person=by, folder__isnull=False).values("folder")
    Folder.objects.filter(person=by).exclude(pk__in=used).delete()


def _folded(tag: str) -> str:
    return fold(tag.replace("\x00", "").strip().removeprefix("#"))[:LONGEST_TAG]


def _keep_bounded(by: Person, rows: type[SavedSearch] | type[FollowedTag] | type[Folder], **same: str) -> None:
    """Let nobody fill the database; the person's row is the lock. What is kept already is not one more."""
    Person.objects.get_queryset().select_for_update(no_key=True).get(pk=by.pk)
    mine = rows.objects.filter(person=by)
    if not mine.filter(**same).exists() and mine.count() >= MOST:
        raise Conflict(_("You keep %(limit)s of these already. Take one away first.") % {"limit": MOST})
