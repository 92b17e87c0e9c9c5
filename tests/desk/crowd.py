"""A long queue: the case of one share over and over, each with words of its own, as if as many people had asked."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Model

from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.sharing import canonical
from corpblog.sharing.models import Hand, Share, ShareRevision

BATCH = 500


def crowd(share: Share, count: int) -> None:
    """Put so many more cases like this one into the queue, each a minute older than the one before.

    The words end in a number, so that each has bytes of its own; all else is what the gate made of the one share.
    """
    revision = share.revision
    assert revision is not None
    first = Post.objects.order_by("-number").values_list("number", flat=True)[0]
    hands = list(share.hands.all())

    def text(index: int) -> str:
        return f"{share.post.text} {index:05}"

    for begin in range(0, count, BATCH):
        cases = [(index, new_id(), new_id()) for index in range(begin, min(begin + BATCH, count))]
        Post.objects.bulk_create(
            like(share.post, pk=post, number=first + 1 + index, text=text(index), html=text(index))
            for index, post, _share in cases
        )
        forms = {index: revision.canonical.replace(share.post.text, text(index)) for index, _post, _share in cases}
        digests = {index: canonical.digest(form) for index, form in forms.items()}
        Share.objects.bulk_create(
            like(
                share,
                pk=pk,
                post_id=post,
                revision_id=None,
                digest=digests[index],
                held_since=share.held_since - timedelta(minutes=index + 1),
            )
            for index, post, pk in cases
        )
        made = ShareRevision.objects.bulk_create(
            like(revision, pk=None, share_id=pk, canonical=forms[index], digest=digests[index])
            for index, _post, pk in cases
        )
        shares = Share.objects.in_bulk([pk for _index, _post, pk in cases])
        for its in made:
            shares[its.share_id].revision = its
        Share.objects.bulk_update(shares.values(), ["revision"])
        Hand.objects.bulk_create(like(hand, pk=None, share_id=pk) for _index, _post, pk in cases for hand in hands)


def like(row: Model, **other: Any) -> Any:
    """Return a new row that has the other's values but for these."""
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row)(**facts | other)


def pages(officer: Person, ask: Callable[[str], Any]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Name what an officer does at the desk all day, and how it is asked for."""
    rule = "code-names"
    for name, query in {
        "the queue": "",
        "all that wait": "?view=team",
        "of one destination": "?view=team&destination=press",
        "of one rule": f"?view=team&rule={rule}",
        "overdue, gravest first": "?view=team&age=overdue&sort=gravity",
    }.items():
        yield name, lambda query=query: ask(f"/desk/{query}")
    oldest = Share.objects.waiting_for_review().order_by("held_since").values_list("pk", flat=True)
    yield "one case", lambda: ask(f"/desk/{oldest[0]}/")
