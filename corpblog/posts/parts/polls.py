"""A poll as it is asked: its answers and its end."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.kernel.instants import typed
from corpblog.people.models import Person
from corpblog.posts.cleaning import clean, length
from corpblog.posts.models import Poll, PollOption, Post
from corpblog.posts.models.polls import MOST_OPTIONS
from corpblog.posts.parts.fields import first
from corpblog.teams.models import Channel

LEAST_OPTIONS: Final = 2
LONGEST_OPTION: Final = 80


@dataclass(frozen=True)
class PollPart:
    """A poll that may be posted."""

    options: tuple[str, ...]
    is_multiple: bool
    ends_at: datetime
    kind: Post.Kind = Post.Kind.POLL

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "options": [{"text": option, "votes": 0} for option in self.options],
            "is_multiple": self.is_multiple,
            "ends_at": self.ends_at.isoformat(),
            "voters": 0,
            "is_closed": False,
        }

    def check(self, channel: Channel) -> None:
        """Every channel takes polls; one that ends before it begins is none."""
        if self.ends_at <= clock.now():
            raise Invalid(_("The end of this poll is over. Choose a later one."))

    def store(self, post: Post) -> None:
        poll = Poll.objects.create(post=post, is_multiple=self.is_multiple, ends_at=self.ends_at)
        PollOption.objects.bulk_create(
            PollOption(poll=poll, position=position, text=text) for position, text in enumerate(self.options)
        )


def read(fields: Mapping[str, Sequence[str]], by: Person) -> PollPart:
    """Return the poll that was typed; the end counts on its author's clock."""
    options = [option for typed_in in fields.get("option", []) if (option := _option(typed_in))]
    if not LEAST_OPTIONS <= len(options) <= MOST_OPTIONS:
        raise Invalid(_("A poll needs two to ten answers."))
    if len({_alike(option) for option in options}) < len(options):
        raise Invalid(_("Two answers of your poll are the same. Change one."))
    return PollPart(tuple(options), first(fields, "multiple") == "1", typed(first(fields, "ends"), by.zone.key))


def _option(typed_in: str) -> str:
    option = " ".join(clean(typed_in, may_be_empty=True).split())
    if len(option) > LONGEST_OPTION or length(option) > LONGEST_OPTION:
        raise Invalid(_("An answer is at most %(limit)s characters long.") % {"limit": LONGEST_OPTION})
    return option


def _alike(option: str) -> str:
    return unicodedata.normalize("NFKC", option).casefold()
