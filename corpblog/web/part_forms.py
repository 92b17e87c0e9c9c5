"""What the composer shows of a kind of post: its fields, as they were typed or as they begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.posts.models import Post, PraisedPerson
from corpblog.posts.models.polls import MOST_OPTIONS
from corpblog.posts.parts import Fields, first

# Kind, name, icon: the composer's menu, in this order.
MENU: Final[tuple[tuple[str, str | Promise, str], ...]] = (
    (Post.Kind.POLL, _("Poll"), "chart-bar"),
    (Post.Kind.QUESTION, _("Question"), "circle-help"),
    (Post.Kind.PRAISE, _("Praise"), "award"),
    (Post.Kind.ANNOUNCEMENT, _("Announcement"), "megaphone"),
)
_ROWS: Final = 3


@dataclass(frozen=True)
class PartForm:
    """The fields of one kind."""

    kind: str
    name: str | Promise
    icon: str
    fields: Fields
    zone: str

    @property
    def template(self) -> str:
        return f"posts/parts/_{self.kind}_fields.html"

    @property
    def options(self) -> list[str]:
        """The answers of a poll, with an empty one to go on with."""
        given = [option for option in self.fields.get("option", []) if option.strip()][:MOST_OPTIONS]
        return (given + [""] * max(1, _ROWS - len(given)))[:MOST_OPTIONS]

    @property
    def due(self) -> str:
        return first(self.fields, "due")

    @property
    def praises(self) -> list[tuple[str, str, str]]:
        """What can be praised, each with its picture."""
        return [(value, str(name), f"praise-{value}") for value, name in PraisedPerson.For.choices]

    @property
    def praise(self) -> str:
        return first(self.fields, "praise")

    @property
    def people(self) -> list[str]:
        """Who is praised, with an empty row to go on with."""
        return [*(name for name in self.fields.get("person", []) if name.strip()), ""]

    @property
    def is_multiple(self) -> bool:
        return first(self.fields, "multiple") == "1"

    @property
    def ends(self) -> str:
        return first(self.fields, "ends")


@dataclass(frozen=True)
class LaterForm:
    """When a post is posted. is_fixed: whether it must have a time, as one that is scheduled has."""

    at: str
    zone: str
    is_fixed: bool = False


def later_of(fields: Fields, person: Person, *, is_fixed: bool = False) -> LaterForm:
    """Return the time that was typed, or tomorrow at nine."""
    tomorrow = clock.now().astimezone(person.zone) + timedelta(days=1)
    return LaterForm(first(fields, "at") or f"{tomorrow:%Y-%m-%d}T09:00", person.zone.key, is_fixed)


def form_of(fields: Fields, person: Person) -> PartForm | None:
    """Return the form that these fields belong to; None for a plain message, and for a kind that there is none of."""
    for kind, name, icon in MENU:
        if first(fields, "kind") == kind:
            begun = fields if set(fields) - {"kind", "at"} else _beginning(fields, person)
            return PartForm(kind, name, icon, begun, person.zone.key)
    return None


def _beginning(fields: Fields, person: Person) -> Fields:
    """Return fields that nobody touched. A poll runs for a day, to a full hour of its author's clock."""
    if first(fields, "kind") != Post.Kind.POLL:
        return fields
    tomorrow: datetime = clock.now().astimezone(person.zone) + timedelta(days=1, hours=1)
    return fields | {"ends": [f"{tomorrow:%Y-%m-%dT%H}:00"]}
