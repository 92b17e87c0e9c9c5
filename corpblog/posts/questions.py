"""What there is to read of questions beside the card: whether one may say which answer is the best."""

from collections.abc import Iterable

from corpblog.people.models import Person
from corpblog.posts.access import can_choose_best
from corpblog.posts.models import Post


def choosable(person: Person, post_ids: Iterable[int]) -> dict[int, bool]:
    """Return for those of these questions that the person may see whether they may choose their best answer."""
    rows = Post.objects.visible_to(person).alive().filter(pk__in=list(post_ids), kind=Post.Kind.QUESTION)
    return {post.pk: can_choose_best(person, post) for post in rows.for_cards()}
