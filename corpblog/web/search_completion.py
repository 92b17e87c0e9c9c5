"""How what is typed into the search field can go on: operators, and the people, channels, traits and days they take.

Only what begins like the one word at the caret; of people and channels never more than the reader may know of.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from corpblog.kernel import clock
from corpblog.people import selectors as people
from corpblog.people.models import Person
from corpblog.posts.search import TRAITS
from corpblog.teams import selectors as teams

MOST: Final = 8
_LEAST_OF_A_NAME: Final = 2
_MOST_PLACES: Final = 3
_OPERATORS: Final[dict[str, str | Promise]] = {
    "from:": gettext_lazy("by somebody"),
    "in:": gettext_lazy("in a channel"),
    "has:": gettext_lazy("with a link, a file, a picture or a reaction"),
    "is:": gettext_lazy("of a kind: a question, a reply, pinned, yours…"),
    "after:": gettext_lazy("after that day"),
    "before:": gettext_lazy("before that day"),
}
_TRAITS: Final[dict[str, str | Promise]] = {
    "has:link": gettext_lazy("with a link"),
    "has:file": gettext_lazy("with a file"),
    "has:image": gettext_lazy("with a picture"),
    "has:reaction": gettext_lazy("with a reaction"),
    "is:thread": gettext_lazy("what begins a thread"),
    "is:reply": gettext_lazy("what answers in a thread"),
    "is:edited": gettext_lazy("changed since it was posted"),
    "is:pinned": gettext_lazy("pinned in its channel"),
    "is:bookmarked": gettext_lazy("what you bookmarked"),
    "is:mine": gettext_lazy("what you wrote"),
    "is:question": gettext_lazy("a question"),
    "is:answered": gettext_lazy("a question with a best answer"),
}


@dataclass(frozen=True)
class Completion:
    """One way to go on: the words that take the place of what is typed, how they are called, and what they mean.

    sign: what is drawn before it; `initials` and `hue` are a person's.
    address: where it leads at once, for a channel or a person that was found by its name.
    """

    instead: str
    title: str
    detail: str
    sign: str
    initials: str = ""
    hue: int = 0
    address: str = ""


def completions(person: Person, typed: str, *, is_all: bool = False) -> list[Completion]:
    """Return what the word at the caret may become, the likeliest first; a query where it names people or channels.

    is_all: nothing else stands in the field, so a channel or a person may be what is looked for: a query for each.
    """
    minus = "-" if typed.startswith("-") else ""
    operator, colon, value = typed.removeprefix("-").partition(":")
    operator = operator.lower()
    if not colon:
        places = _places(person, typed) if is_all and len(typed) >= _LEAST_OF_A_NAME else ()
        found: Iterator[Completion] = chain(_operators(operator, minus), places)
    elif operator in _VALUES and not (minus and operator in _DAYS):
        found = _VALUES[operator](person, f"{minus}{operator}:", value)
    else:
        return []
    return list(found)[:MOST]


def answer(found: list[Completion]) -> dict[str, Any]:
    """Return them as the page's script reads them, with what a screen reader is told when their list opens."""
    count = len(found)
    told = ngettext("%(count)s suggestion, arrow keys to choose", "%(count)s suggestions, arrow keys to choose", count)
    return {"told": told % {"count": count}, "options": [asdict(one) for one in found]}


def _operators(beginning: str, minus: str) -> Iterator[Completion]:
    for operator, meaning in _OPERATORS.items():
        if operator.startswith(beginning) and not (minus and operator.removesuffix(":") in _DAYS):
            yield Completion(f"{minus}{operator}", f"{minus}{operator}", str(meaning), "search")


def _places(person: Person, beginning: str) -> Iterator[Completion]:
    for channel in teams.suggested(person, beginning, most=_MOST_PLACES):
        # One that is listed and closed is asked for in the list of channels.
        is_open = not channel.is_private or channel.is_member  # type: ignore[attr-defined]
        closed = f"{reverse('web:channels')}?{urlencode({'find': channel.name})}"
        at = reverse("web:channel", args=[channel.slug]) if is_open else closed
        yield Completion("", channel.title, channel.description, "channel", address=at)
    for one in people.named_like(beginning, most=_MOST_PLACES):
        detail = f"@{one.username}" + (f" · {one.department}" if one.department else "")
        at = reverse("web:person", args=[one.username])
        yield Completion("", one.display_name, detail, "person", one.initials, one.hue, at)


def _people(_person: Person, operator: str, value: str) -> Iterator[Completion]:
    beginning = value.strip('"').removeprefix("@")
    if "me".startswith(beginning.lower()):
        yield Completion(f"{operator}me ", f"{operator}me", _("what you wrote"), "search")
    for one in people.named_like(beginning, most=MOST):
        detail = f"@{one.username}" + (f" · {one.department}" if one.department else "")
        yield Completion(f"{operator}{one.username} ", one.display_name, detail, "person", one.initials, one.hue)


def _channels(person: Person, operator: str, value: str) -> Iterator[Completion]:
    beginning = value.strip('"').lstrip("#~")
    if beginning.startswith("@"):
        for one in people.named_like(beginning.removeprefix("@"), most=MOST):
            title = _("Storyline of %(name)s") % {"name": one.display_name}
            yield Completion(f"{operator}@{one.username} ", title, f"@{one.username}", "person", one.initials, one.hue)
        return
    for channel in teams.suggested(person, beginning.replace("-", " "), most=MOST):
        yield Completion(f"{operator}{channel.slug} ", channel.title, channel.description, "channel")


def _traits(_person: Person, operator: str, value: str) -> Iterator[Completion]:
    name = operator.lstrip("-")
    for trait in TRAITS[name.removesuffix(":")]:
        if trait.startswith(value.lower()):
            yield Completion(f"{operator}{trait} ", f"{operator}{trait}", str(_TRAITS[f"{name}{trait}"]), "search")


def _days(_person: Person, operator: str, value: str) -> Iterator[Completion]:
    for name, day in _days_called(value):
        if day.isoformat().startswith(value) or name.casefold().startswith(value.casefold()):
            written = date_format(day, "DATE_FORMAT")
            yield Completion(f"{operator}{day.isoformat()} ", name or written, written if name else "", "day")


def _days_called(value: str) -> Iterator[tuple[str, date]]:
    """Days that people look from or up to, by the reader's clock; of a year or month that is typed, its first day."""
    today = timezone.localdate(clock.now())
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    yield capfirst(_("today")), today
    yield capfirst(_("yesterday")), today - timedelta(days=1)
    yield _("A week ago"), today - timedelta(days=7)
    yield _("Beginning of this month"), month
    yield _("Beginning of last month"), (month - timedelta(days=1)).replace(day=1)
    yield _("Beginning of this year"), year
    yield _("A year ago"), today - timedelta(days=365)
    try:
        yield "", date.fromisoformat(value if len(value) > len("2026-01") else f"{value}-01-01"[: len("2026-01-01")])
    except ValueError:
        return


_DAYS: Final = ("after", "before")
_VALUES: Final[dict[str, Callable[[Person, str, str], Iterator[Completion]]]] = {
    "from": _people,
    "in": _channels,
    "has": _traits,
    "is": _traits,
    "after": _days,
    "before": _days,
}
