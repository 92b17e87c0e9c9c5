"""What a search names that is not there, and what comes close: `from:alcie` is answered with `from:alice`."""

import re
from dataclasses import dataclass
from typing import Final

from corpblog.people import selectors as people
from corpblog.people.models import Person
from corpblog.posts.search import Question
from corpblog.teams import selectors as teams

MOST: Final = 3


@dataclass(frozen=True)
class Unknown:
    """A name that nobody and nothing has; `near`: what may be meant, each with the query that asks for it."""

    name: str
    is_channel: bool
    near: list[tuple[str, str]]


def unknown_names(person: Person, query: str, question: Question) -> list[Unknown]:
    """Return what the query names and the person knows nothing of: a closed channel is as unknown as none."""
    people_meant = [name for name in question.named.authors if name != "me"]
    channels_meant = question.named.channels
    return [
        *(
            _unknown(query, "from", name, [one.username for one in people.named_nearly(name, most=MOST)])
            for name in people.nobody_called(people_meant)
        ),
        *(
            _unknown(query, "in", name, teams.named_nearly(person, name, most=MOST))
            for name in teams.none_called(person, channels_meant)
        ),
    ]


def _unknown(query: str, operator: str, name: str, near: list[str]) -> Unknown:
    written = re.compile(rf'(?<!\S){operator}:[@#~]*"?{re.escape(name)}"?(?!\S)', re.IGNORECASE)
    offers = [(f"{operator}:{one}", written.sub(f"{operator}:{one}", query)) for one in near]
    return Unknown(name, operator == "in", offers)
