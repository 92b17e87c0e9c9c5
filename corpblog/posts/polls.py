"""What there is to read of polls: results, for who voted or once they are closed."""

from collections.abc import Iterable
from dataclasses import dataclass

from corpblog.people.models import Person
from corpblog.posts.models import Ballot, BallotChoice, Post


@dataclass(frozen=True)
class Standing:
    """How a poll stands for one reader.

    chosen: the places of the answers they chose; nothing where they did not vote.
    votes: by answer; nothing as long as they may not see it.
    """

    chosen: list[int]
    votes: list[int]
    voters: int


def standings(person: Person, post_ids: Iterable[int]) -> dict[int, Standing]:
    """Return how those of these polls stand that the person may see; two queries, whatever their number."""
    rows = Post.objects.visible_to(person).alive().filter(pk__in=list(post_ids), kind=Post.Kind.POLL)
    found = dict(rows.values_list("pk", "part"))
    chosen: dict[int, list[int]] = {post_id: [] for post_id in found}
    mine = BallotChoice.objects.filter(ballot__person=person, ballot__poll__in=found).order_by("option__position")
    for post_id, place in mine.values_list("ballot__poll_id", "option__position"):
        chosen[post_id].append(place)
    return {
        post_id: Standing(chosen[post_id], _votes(part) if chosen[post_id] or part["is_closed"] else [], part["voters"])
        for post_id, part in found.items()
    }


def _votes(part: dict[str, list[dict[str, int]]]) -> list[int]:
    return [option["votes"] for option in part["options"]]


def voters_of(post_id: int) -> set[int]:
    """Return who voted, for telling them of the end; what for stays with the ballots."""
    return set(Ballot.objects.filter(poll=post_id).values_list("person_id", flat=True))
