"""What there is to read of announcements: one's own part for everybody, the others' for who may follow it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.posts.access import can_follow_up
from corpblog.posts.models import Acknowledgement, Post
from corpblog.posts.selectors import post_for
from corpblog.teams.selectors import members


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked, and when they acknowledged; None where they did not."""

    person: Person
    at: datetime | None


def progress(person: Person, post_id: int) -> tuple[Post, list[Asked]]:
    """Return an announcement and everybody who is asked, who has not first; only for who may follow it up."""
    post = post_for(person, post_id)
    if post.kind != Post.Kind.ANNOUNCEMENT:
        raise NotFound(_("This post is no announcement."))
    if not can_follow_up(person, post):
        raise NotAllowed(_("Its author, and who looks after the channel, see who acknowledged."), post=post.pk)
    done = dict(Acknowledgement.objects.filter(announcement=post.pk).values_list("person_id", "at"))
    asked = [Asked(each, done.get(each.pk)) for each in people_asked(post)]
    return post, sorted(asked, key=lambda each: each.at is not None)


def people_asked(post: Post) -> QuerySet[Person]:
    """Return who is asked now: the members of the channel, without who wrote it."""
    asked = members(post.channel).exclude(person=post.author_id).values("person")
    return Person.objects.active().filter(pk__in=asked).order_by("display_name", "pk")


def missing(post: Post) -> QuerySet[Person]:
    """Return who is asked and did not acknowledge."""
    return people_asked(post).exclude(pk__in=Acknowledgement.objects.filter(announcement=post.pk).values("person"))


def standings(person: Person, post_ids: Iterable[int]) -> dict[int, dict[str, object]]:
    """Return for those of these announcements that the person may see how they stand for them.

    The count of the others is there only for who may follow it up.
    """
    rows = Post.objects.visible_to(person).alive().filter(pk__in=list(post_ids), kind=Post.Kind.ANNOUNCEMENT)
    posts = list(rows.for_cards())
    mine = Acknowledgement.objects.filter(person=person, announcement__in=[post.pk for post in posts])
    done = set(mine.values_list("announcement_id", flat=True))
    return {post.pk: _standing(person, post, is_done=post.pk in done) for post in posts}


def _standing(person: Person, post: Post, *, is_done: bool) -> dict[str, object]:
    told: dict[str, object] = {"done": is_done, "asked": people_asked(post).filter(pk=person.pk).exists()}
    if can_follow_up(person, post):
        count = people_asked(post).count()
        told |= {"count": count, "acknowledged": count - missing(post).count()}
    return told
