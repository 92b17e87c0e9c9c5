"""What of the company's own a rule may name: destinations, groups, languages, word lists, packs. Picked, not typed."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.people.models import Person
from corpblog.people.selectors import group_names
from corpblog.people.services import time_zones
from corpblog.policy import reading, selectors
from corpblog.policy.engine.model import ANY
from corpblog.policy.engine.reader.values import close_to
from corpblog.policy.models import PolicyVersion
from corpblog.policy.ready_made import PACKS
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.selectors import destinations_to_name
from corpblog.web.policy_words import language_title

# More than these are found by typing a part of their name; the ticks are then those that the rule has.
MOST_TICKS = 24


@dataclass(frozen=True)
class Pick:
    """One value: as the YAML has it, as people call it, and what is to be said of it."""

    value: str
    title: str
    note: str = ""
    is_known: bool = True


@dataclass(frozen=True)
class Known:
    """The values that a field may have. `gone` is said of one that is not among them.

    ticks: under headings, each with its box. more: found by typing a part of their name.
    """

    ticks: tuple[tuple[str, tuple[Pick, ...]], ...] = ()
    more: tuple[Pick, ...] = ()
    gone: str | Promise = ""

    @cached_property
    def by_value(self) -> dict[str, Pick]:
        return {pick.value: pick for pick in (*(pick for _title, picks in self.ticks for pick in picks), *self.more)}

    def with_more(self, picks: Iterable[Pick]) -> "Known":
        """Return these and others, that are found by typing."""
        return replace(self, more=(*self.more, *(pick for pick in picks if pick.value not in self.by_value)))

    def nearest(self, typed: str) -> Pick | None:
        """Return what is called so, by its value or its title in any case; else None."""
        wanted = typed.casefold()
        found = (pick for pick in self.by_value.values() if wanted in (pick.value.casefold(), pick.title.casefold()))
        return self.by_value.get(typed) or next(found, None)


@dataclass(frozen=True)
class Offered:
    """What a rule of one version may name."""

    word_lists: tuple[str, ...]
    packs: tuple[Pick, ...]
    destinations: Known
    groups: Known
    languages: Known

    @classmethod
    def to(cls, person: Person, shown: PolicyVersion) -> "Offered":
        """Return what the person may put into a rule of this version."""
        lists = selectors.word_list_sizes(shown)
        return cls(
            tuple(name for name, found in lists.items() if found.kind == "words"),
            _packs(shown),
            _destinations(person),
            _groups(),
            _languages(),
        )

    @property
    def time_zones(self) -> list[str]:
        return time_zones()


class PickBoxes(forms.CheckboxSelectMultiple):
    """Ticks, and fields in which one more is typed."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        ticked = super().value_from_datadict(data, files, name) or []
        typed = data.getlist(f"{name}_more") if hasattr(data, "getlist") else data.get(f"{name}_more", [])
        return list(dict.fromkeys(filter(None, (value.strip() for value in (*ticked, *typed)))))


@dataclass(frozen=True)
class Box:
    """One tick."""

    id: str
    pick: Pick
    is_ticked: bool


class BoundPicks(forms.BoundField):
    """The field on a page: its boxes under their headings, first those of values that have none otherwise."""

    field: "PickField"

    @property
    def sections(self) -> list[tuple[str, list[Box]]]:
        known, chosen = self.field.known, list(self.value() or ())
        boxed = {pick.value for _title, picks in known.ticks for pick in picks}
        others = tuple(known.by_value.get(value) or self._unknown(value) for value in chosen if value not in boxed)
        found = [section for section in (("", others), *known.ticks) if section[1]]
        number = itertools.count()
        return [
            (title, [Box(f"{self.auto_id}_{next(number)}", pick, pick.value in chosen) for pick in picks])
            for title, picks in found
        ]

    @property
    def known(self) -> Known:
        return self.field.known

    @property
    def spare(self) -> range:
        """A number for each field in which one more value is typed."""
        return range(1, 3)

    def _unknown(self, value: str) -> Pick:
        return Pick(value, value, str(self.field.known.gone), is_known=False)


class PickField(forms.MultipleChoiceField):
    """Values picked out of those that are known; what the rule had before stays, known or not."""

    widget = PickBoxes
    bound_field_class = BoundPicks
    known = Known()
    before: tuple[str, ...] = ()

    def offer(self, known: Known, before: tuple[str, ...]) -> None:
        """Say what is known, and what the rule has."""
        self.known, self.before = known, tuple(value for value in before if value != ANY)

    def to_python(self, value: Any) -> list[str]:
        found = ((item, self.known.nearest(item)) for item in super().to_python(value))
        return list(dict.fromkeys(item if item in self.before or not pick else pick.value for item, pick in found))

    def validate(self, value: list[str]) -> None:
        for item in value:
            if item in self.before or item in self.known.by_value:
                continue
            words = _("“%(value)s”: %(gone)s. Take it away here, or write it into the YAML.")
            near = self.known.by_value.get(close_to(item, self.known.by_value))
            raise forms.ValidationError(
                (words + " " + _("Did you mean “%(near)s”?") if near else words)
                % {"value": item, "gone": self.known.gone, "near": near and near.title}
            )


def picked(chosen: list[str], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was picked as a rule has it: nothing picked is any; what means the same stays as it was written."""
    if not chosen:
        return before if ANY in before else (ANY,)
    return before if set(chosen) == set(before) else tuple(chosen)


def initially(values: tuple[str, ...]) -> list[str]:
    """Return what is picked for these values of a rule."""
    return [] if ANY in values else list(values)


def _few_or_many(title: str, picks: list[Pick], gone: str | Promise) -> Known:
    if len(picks) > MOST_TICKS:
        return Known((), tuple(picks), gone)
    return Known(((title, tuple(picks)),) if picks else (), (), gone)


def _groups() -> Known:
    gone = gettext_lazy("the directory has no such group")
    return _few_or_many("", [Pick(name, name) for name in sorted(group_names())], gone)


def _destinations(person: Person) -> Known:
    gone = gettext_lazy("there is no such destination")
    kinds = sorted((Pick(kind, str(found.title)) for kind, found in CONNECTORS.items()), key=lambda pick: pick.title)
    own = {
        found.name: Pick(found.name, found.name, "" if found.is_open else _("closed"))
        for found in destinations_to_name(person)
        if found.name not in CONNECTORS
    }
    named = _few_or_many(_("One of the company’s"), list(own.values()), gone)
    return Known(((_("All of a kind"), tuple(kinds)), *named.ticks), named.more, gone)


def _languages() -> Known:
    usual = [code for code, _title in settings.LANGUAGES]
    others = sorted({code for code in LANG_INFO if "-" not in code} - set(usual), key=language_title)
    return Known(
        (("", tuple(Pick(code, language_title(code)) for code in usual)),),
        tuple(Pick(code, language_title(code)) for code in others),
        gettext_lazy("no language has this code"),
    )


def _packs(shown: PolicyVersion) -> tuple[Pick, ...]:
    policy = reading.read(shown.source, shown.dictionaries).policy
    names = {rule.pack for rule in policy.rules if rule.pack} if policy else set()
    known = {name: Pick(name, str(PACKS[name].title) if name in PACKS else name) for name in sorted(names | {*PACKS})}
    return tuple(known.values())
