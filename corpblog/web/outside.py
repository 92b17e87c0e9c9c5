"""The composer's way to the outside: where a post could go, and asking for it once it is posted."""

from dataclasses import dataclass, replace

from django.http import HttpRequest

from corpblog.people.models import Person
from corpblog.policy.engine import Verdict
from corpblog.posts.models import Post


@dataclass(frozen=True)
class Choice:
    """A destination to tick."""

    key: str
    name: str
    kind: str
    is_chosen: bool = False

    def chosen(self, yes: bool) -> "Choice":
        return replace(self, is_chosen=yes)


def choices_for(person: Person) -> list[Choice]:
    """Where this person may ask to have something published."""
    return []


def verdicts(request: HttpRequest, person: Person, text: str) -> dict[str, Verdict]:
    """What holds for the destinations that are ticked, by their name."""
    return {}


def request_shares(request: HttpRequest, person: Person, post: Post) -> str:
    """Ask for the destinations that were ticked, and say what became of it; the post itself is posted already."""
    return ""
