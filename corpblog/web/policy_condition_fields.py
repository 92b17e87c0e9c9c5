"""The part of the rule form that says where and when the rule speaks."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.forms import widgets
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.policy.engine.conditions import hours_of, primary
from corpblog.policy.engine.model import Between, ChannelClass
from corpblog.policy.entries import RuleEntry
from corpblog.web.policy_picks import BoundPicks, Offered, Pick, PickField, initially, picked
from corpblog.web.policy_words import AT_LEAST, ATTACHMENTS, CLASSIFICATIONS, WEEK, channel_words, language_title

_DATE_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def _moment(label: Any, hint: Any) -> forms.DateTimeField:
    picker = widgets.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
    return forms.DateTimeField(label=label, help_text=hint, required=False, input_formats=_DATE_FORMATS, widget=picker)


def _time(label: Any) -> forms.TimeField:
    picker = widgets.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=picker)


class ConditionFields(forms.Form):
    """Channel, language, attachments and time."""

    destinations = PickField(
        label=gettext_lazy("Only to these destinations"),
        help_text=gettext_lazy("None picked: to all of them."),
        required=False,
    )
    groups = PickField(
        label=gettext_lazy("Only authors of these groups"),
        help_text=gettext_lazy("Groups of the directory. None picked: all authors."),
        required=False,
    )
    classification = forms.ChoiceField(
        label=gettext_lazy("Channels"),
        help_text=gettext_lazy("By how closed the channel of the post is."),
        required=False,
    )
    languages = PickField(
        label=gettext_lazy("Only posts in these languages"),
        help_text=gettext_lazy("None picked: in all of them."),
        required=False,
    )
    attachments = forms.MultipleChoiceField(
        label=gettext_lazy("Only with one of these attachments"),
        required=False,
        choices=list(ATTACHMENTS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    since = _moment(gettext_lazy("From"), gettext_lazy("The rule rests before. Empty: it speaks at once."))
    until = _moment(gettext_lazy("Until"), gettext_lazy("An embargo: the rule rests afterwards. Empty: it never ends."))
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Only on these days"),
        required=False,
        choices=list(WEEK.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    hours_from = _time(gettext_lazy("Only from this hour"))
    hours_to = _time(gettext_lazy("To this hour"))
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone of the days and hours"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "known-time-zones", "autocomplete": "off"}),
    )

    WHERE = (
        "destinations", "groups", "classification", "languages", "attachments",
        "since", "until", "days", "hours_from", "hours_to",
    )  # fmt: skip

    def offer_known(self, offered: Offered, entry: RuleEntry) -> None:
        """Let the lists have what the company has, and what is written in the rule."""
        in_a_country = (code for code in entry.languages if primary(code) in offered.languages.by_value)
        languages = offered.languages.with_more(Pick(code, language_title(code)) for code in in_a_country)
        known = {"destinations": offered.destinations, "groups": offered.groups, "languages": languages}
        for name, values in known.items():
            self.fields[name].offer(values, getattr(entry, name))  # type: ignore[attr-defined]
        self._offer_channels(entry.classification)

    @property
    def picks(self) -> list[BoundPicks]:
        """The fields whose values are picked."""
        return [field for field in self if isinstance(field, BoundPicks)]

    def _offer_channels(self, current: ChannelClass | None) -> None:
        """Let the list of channels have what is written in the rule, however it got there."""
        usual = [ChannelClass(at_least=label) for label in AT_LEAST]
        usual += [ChannelClass(one_of=(label,)) for label in CLASSIFICATIONS if label != "restricted"]
        wanted = usual if current is None or current in usual else [*usual, current]
        choices = [("", _("All channels")), *((code_of(each), _channels(each)) for each in wanted)]
        self.fields["classification"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (data.get("hours_from") is None) != (data.get("hours_to") is None):
            self.add_error("hours_to", _("Give both hours, or none."))
        return data

    def conditions(self, before: RuleEntry) -> dict[str, Any]:
        """Return these parts of the entry; what means the same as before is written as before."""
        data = self.cleaned_data
        return {
            "destinations": picked(data["destinations"], before.destinations),
            "groups": picked(data["groups"], before.groups),
            "classification": _channel_class(data["classification"]),
            "languages": picked(data["languages"], before.languages),
            "attachments": in_order(data["attachments"], before.attachments),
            "since": data["since"],
            "until": data["until"],
            "between": self._between(before.between),
        }

    def _between(self, before: Between | None) -> Between | None:
        data = self.cleaned_data
        days, start, end = data["days"], data["hours_from"], data["hours_to"]
        if not days and start is None:
            return None
        hours = "" if start is None else f"{start:%H:%M}-{end:%H:%M}"
        if before and before.hours and hours_of(before.hours) == (start, end):
            hours = before.hours
        zone = data["time_zone"].strip() or get_default_timezone_name()
        return Between(zone, in_order(days, before.days if before else ()), hours)


def initial_conditions(entry: RuleEntry) -> dict[str, Any]:
    """Return the values of these fields for a rule."""
    window = entry.between
    start, end = (hours_of(window.hours) if window and window.hours else None) or (None, None)
    return {
        "destinations": initially(entry.destinations),
        "groups": initially(entry.groups),
        "classification": code_of(entry.classification) if entry.classification else "",
        "languages": initially(entry.languages),
        "attachments": list(entry.attachments),
        "since": entry.since,
        "until": entry.until,
        "days": list(window.days) if window else [],
        "hours_from": start,
        "hours_to": end,
        "time_zone": window.time_zone if window else get_default_timezone_name(),
    }


def in_order(chosen: Collection[str], before: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was ticked, in the order in which it was written where that is the same."""
    return before if set(chosen) == set(before) else tuple(chosen)


def code_of(wanted: ChannelClass) -> str:
    """Return the value that stands for these channels in the form."""
    return f"at_least:{wanted.at_least}" if wanted.at_least else f"one_of:{','.join(wanted.one_of)}"


def _channel_class(code: str) -> ChannelClass | None:
    how, _colon, labels = code.partition(":")
    if how == "at_least":
        return ChannelClass(at_least=labels)
    return ChannelClass(one_of=tuple(labels.split(","))) if how else None


def _channels(wanted: ChannelClass) -> str:
    words = channel_words(wanted)
    return words if wanted.at_least else _("%(which)s only") % {"which": words}
