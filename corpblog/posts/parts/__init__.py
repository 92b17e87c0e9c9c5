"""What a post may be beside a message: one kind, one file. The composer's fields go in, the card's facts come out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.posts.parts import announcements, polls, praise, questions
from corpblog.posts.parts.fields import NAMES, Fields, fields_of, first
from corpblog.teams.models import Channel

__all__ = ["NAMES", "Fields", "Part", "beside", "fields_of", "first", "read", "typed"]


class Part(Protocol):
    """A part that was read, and may be posted."""

    @property
    def kind(self) -> Post.Kind: ...

    @property
    def facts(self) -> dict[str, Any]:
        """What the card shows of it: `Post.part`."""

    def check(self, channel: Channel) -> None:
        """Raise Invalid where it cannot be posted in this channel, or no longer."""

    def store(self, post: Post) -> None:
        """Write its rows, in the transaction that posts."""


_READERS: Final[dict[str, Callable[[Mapping[str, Sequence[str]], Person], Part]]] = {
    Post.Kind.POLL: polls.read,
    Post.Kind.QUESTION: questions.read,
    Post.Kind.PRAISE: praise.read,
    Post.Kind.ANNOUNCEMENT: announcements.read,
}


def read(fields: Mapping[str, Sequence[str]], by: Person) -> Part | None:
    """Return what the fields say that a post is; None for a plain message. Raises Invalid, in words for the author."""
    kind = first(fields, "kind")
    if not kind:
        return None
    if kind not in _READERS:
        raise Invalid(_("A post of this kind does not exist. Choose one from the menu."))
    return _READERS[kind](fields, by)


def beside(kind: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what people wrote in a part, by the names under which policy sees it."""
    if kind == Post.Kind.POLL:
        return {f"poll.{place}": option["text"] for place, option in enumerate(facts["options"])}
    return {}


def typed(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the same of fields that are still being typed, for the verdict beside them."""
    if first(fields, "kind") == Post.Kind.POLL:
        options = [option.strip() for option in fields.get("option", []) if option.strip()]
        return {f"poll.{place}": option for place, option in enumerate(options)}
    return {}
