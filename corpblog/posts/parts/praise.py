"""Praise as it is given: for whom, and what for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.people.models import Person
from corpblog.people.selectors import people_called
from corpblog.posts.models import Post, PraisedPerson
from corpblog.posts.parts.fields import first
from corpblog.teams.models import Channel
from corpblog.teams.selectors import readers_among

MOST_PEOPLE: Final = 20


@dataclass(frozen=True)
class PraisePart:
    """Praise that may be posted."""

    reason: PraisedPerson.For
    people: tuple[Person, ...]
    kind: Post.Kind = Post.Kind.PRAISE

    @property
    def facts(self) -> dict[str, Any]:
        people = [{"username": person.username, "name": person.display_name} for person in self.people]
        return {"for": self.reason.value, "people": people}

    def check(self, channel: Channel) -> None:
        """Raise where somebody could not read how they are praised."""
        readers = readers_among(channel, [person.pk for person in self.people])
        for person in self.people:
            if person.pk not in readers:
                raise Invalid(
                    _("%(name)s cannot read this channel. Praise them elsewhere.") % {"name": person.display_name}
                )

    def store(self, post: Post) -> None:
        PraisedPerson.objects.bulk_create(PraisedPerson(post=post, person=person) for person in self.people)


def read(fields: Mapping[str, Sequence[str]], by: Person) -> PraisePart:
    """Return the praise that was typed: people by their username, or by their whole name."""
    reason = first(fields, "praise")
    if reason not in PraisedPerson.For.values:
        raise Invalid(_("Choose what you praise."))
    called = [name.strip().removeprefix("@") for name in fields.get("person", []) if name.strip().removeprefix("@")]
    if not called:
        raise Invalid(_("Name at least one colleague to praise."))
    if len(called) > MOST_PEOPLE:
        raise Invalid(_("Praise at most %(limit)s people at once.") % {"limit": MOST_PEOPLE})
    found = people_called(called)
    for name in called:
        if name not in found:
            raise Invalid(_("There is nobody called %(name)s. Choose a name from the list.") % {"name": name})
    people = tuple(dict.fromkeys(found[name] for name in called))
    if by in people:
        raise Invalid(_("Praise somebody else: you named yourself."))
    return PraisePart(PraisedPerson.For(reason), people)
