"""A question, which waits for an answer that is the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.teams.models import Channel


@dataclass(frozen=True)
class QuestionPart:
    """A question that may be posted: its text is all of it, and the best answer is a field of the post."""

    kind: Post.Kind = Post.Kind.QUESTION

    @property
    def facts(self) -> dict[str, Any]:
        return {}

    def check(self, channel: Channel) -> None:
        """Every channel takes questions."""

    def store(self, post: Post) -> None:
        """Nothing is written beside the post."""


def read(_fields: Mapping[str, Sequence[str]], _by: Person) -> QuestionPart:
    return QuestionPart()
