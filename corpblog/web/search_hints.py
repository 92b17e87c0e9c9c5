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
    found = []
    for name in people.nobody_called([name for name in question.named.authors if name != "me"]):
        near = [one.username for one in people.named_nearly(name, most=MOST)]
        found.append(_unknown(query, "from", name, near))
    for name in teams.none_called(person, question.named.channels):
        near = [channel.slug for channel in teams.browse(person, name, limit=MOST)]
        found.append(_unknown(query, "in", name, near))
    return found


def _unknown(query: str, operator: str, name: str, near: list[str]) -> Unknown:
    written = re.compile(rf'(?<!\S){operator}:[@#~]*"?{re.escape(name)}"?(?!\S)', re.IGNORECASE)
    offers = [(f"{operator}:{one}", written.sub(f"{operator}:{one}", query)) for one in near]
    return Unknown(name, operator == "in", offers)
