"""Keep posts for later; nobody else sees what somebody keeps."""

from corpblog.people.models import Person
from corpblog.posts.models import Bookmark
from corpblog.posts.selectors import post_for


def bookmark(*, by: Person, post_id: int) -> None:
    """Keep a post."""
    Bookmark.objects.get_or_create(person=by, post=post_for(by, post_id))


def unbookmark(*, by: Person, post_id: int) -> None:
    """Keep it no longer; this also works for what one may no longer see."""
    Bookmark.objects.filter(person=by, post_id=post_id).delete()
