"""What the composer shows of a kind of post: its fields, as they were typed or as they begin."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.posts.models.polls import MOST_OPTIONS
from corpblog.posts.parts import Fields, first

# Kind, name, icon: the composer's menu, in this order.
MENU: Final[tuple[tuple[str, str | Promise, str], ...]] = ((Post.Kind.POLL, _("Poll"), "chart-bar"),)
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
    def is_multiple(self) -> bool:
        return first(self.fields, "multiple") == "1"

    @property
    def ends(self) -> str:
        return first(self.fields, "ends")


def form_of(fields: Fields, person: Person) -> PartForm | None:
    """Return the form that these fields belong to; None for a plain message, and for a kind that there is none of."""
    for kind, name, icon in MENU:
        if first(fields, "kind") == kind:
            begun = fields if len(fields) > 1 else _beginning(fields, person)
            return PartForm(kind, name, icon, begun, person.zone.key)
    return None


def _beginning(fields: Fields, person: Person) -> Fields:
    """Return fields that nobody touched: a poll runs for a day, to a full hour of its author's clock."""
    tomorrow: datetime = clock.now().astimezone(person.zone) + timedelta(days=1, hours=1)
    return fields | {"ends": [f"{tomorrow:%Y-%m-%dT%H}:00"]}


def standing_json(standing: Any) -> dict[str, Any]:
    """How a poll stands for the reader, for the page's scripts."""
    return {"chosen": standing.chosen, "votes": standing.votes, "voters": standing.voters}
