"""What a person says of how a post leaves: its words there, and when."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from typing import Any, Self
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.timezone import get_default_timezone_name, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.kernel.instants import instant, wall_clock
from corpblog.sharing import services
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import most_parts
from corpblog.sharing.models import Destination, Timetable
from corpblog.sharing.wishes import Wish

NOW, LATER, SLOT = "now", "later", "slot"


class WishForm(forms.Form):
    """Words and time. Without a script it is as complete as with one."""

    words = forms.CharField(
        label=gettext_lazy("Its words there"),
        help_text=gettext_lazy("Change them for this destination; the post inside stays as it is."),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    as_thread = forms.BooleanField(
        label=gettext_lazy("As a thread where it is too long"),
        help_text=gettext_lazy("Cut at sentences and numbered; on Mastodon, Bluesky and X."),
        required=False,
    )
    comment = forms.CharField(
        label=gettext_lazy("First comment"),
        help_text=gettext_lazy(
            "Posted under it right away, for a link or a source; on Mastodon, Bluesky, X and LinkedIn."
        ),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (NOW, gettext_lazy("As soon as it may leave")),
            (SLOT, gettext_lazy("In the destination’s next free slot")),
            (LATER, gettext_lazy("At a time of my choice")),
        ],
        widget=forms.RadioSelect,
        initial=NOW,
        required=False,
    )
    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("As Europe/Paris. Summer time is minded."),
        max_length=40,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wish = Wish()
        self.offers_thread = self.offers_comment = True

    @classmethod
    def of(cls, words: str, wish: Wish) -> "WishForm":
        """Return the form as it stands for a share; `words` are those of the post where it has none of its own."""
        at = localtime(wish.send_at, _zone(wish.zone)) if wish.send_at else None
        return cls(
            initial={
                "words": wish.words or words,
                "as_thread": wish.as_thread,
                "comment": wish.comment,
                "when": LATER if at else NOW,
                "day": at.date() if at else None,
                "time": at.time() if at else None,
                "zone": wish.zone or get_default_timezone_name(),
            }
        )

    def fit(self, destinations: Iterable[Destination]) -> Self:
        """Offer a thread and a comment only where one of the destinations takes them, or one was wished for before."""
        most = max((most_parts(connector_for(to.kind)) for to in destinations), default=1)
        self.offers_thread = most > 2 or bool(self["as_thread"].value())
        self.offers_comment = most > 1 or bool(self["comment"].value())
        return self

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        as_one_wishes = Wish(
            data.get("words", ""),
            as_thread=data.get("as_thread", False),
            comment=data.get("comment", ""),
            in_next_slot=data.get("when") == SLOT,
        )
        if data.get("when") != LATER:
            self.wish = as_one_wishes
            return data
        for name, words in (("day", _("Choose a day.")), ("time", _("Choose a time."))):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        if not self.errors:
            zone = data["zone"].strip() or get_default_timezone_name()
            try:
                at = instant(data["day"], data["time"], zone)
                self.wish = replace(as_one_wishes, send_at=at, zone=zone)
            except Invalid as error:
                self.add_error("time", error.message)
        return data


def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None


class TimesForm(forms.Form):
    """When a destination is quiet, and its slots."""

    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=40)
    quiet_days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Quiet days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet to"),
        help_text=gettext_lazy("Over midnight where it is earlier."),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    slots = forms.CharField(
        label=gettext_lazy("Slots"),
        help_text=gettext_lazy(
            "A line for each day: its number from 1, Monday, then its times. For example: 1 09:00 14:30."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @classmethod
    def of(cls, table: Timetable | None) -> "TimesForm":
        """Return the form as the timetable is."""
        if table is None:
            return cls(initial={"zone": get_default_timezone_name()})
        by_day: dict[int, list[str]] = {}
        for day, at in table.slots:
            by_day.setdefault(day, []).append(at)
        lines = [f"{day + 1} {' '.join(times)}" for day, times in by_day.items()]
        values = {name: getattr(table, name) for name in ("zone", "quiet_days", "quiet_from", "quiet_to")}
        return cls(initial=values | {"slots": "\n".join(lines)})

    def clean_slots(self) -> list[tuple[int, time]]:
        """Return day and time of every slot."""
        found = []
        for number, line in enumerate(self.cleaned_data["slots"].splitlines(), 1):
            try:
                day, *times = line.replace(",", " ").split() or [""]
                if not day:
                    continue
                if not 1 <= int(day) <= 7 or not times:
                    raise ValueError
                found += [(int(day) - 1, time.fromisoformat(at.zfill(5))) for at in times]
            except ValueError as error:
                words = _("Line %(line)s: write the day as a number from 1 to 7, then times, as in 1 09:00 14:30.")
                raise forms.ValidationError(words % {"line": number}) from error
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_to") is None):
            self.add_error("quiet_to", _("Give both hours, or none."))
        return data

    def times(self) -> services.Times:
        """Return what a valid form says."""
        data = self.cleaned_data
        hours = (data["quiet_from"], data["quiet_to"]) if data["quiet_from"] is not None else None
        return services.Times(data["zone"].strip(), data["quiet_days"], hours, data["slots"])


class QuietForm(forms.Form):
    """A span in which nothing leaves, and why."""

    from_day = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    from_time = forms.TimeField(
        label=gettext_lazy("From, time"),
        initial=time(0),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    until_day = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    until_time = forms.TimeField(
        label=gettext_lazy("Until, time"),
        initial=time(0),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=40)
    reason = forms.CharField(
        label=gettext_lazy("Why"), help_text=gettext_lazy("Colleagues read it in the calendar."), max_length=120
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for end in ("from", "until"):
            if f"{end}_day" in data and f"{end}_time" in data and "zone" in data:
                try:
                    data[end] = wall_clock(data[f"{end}_day"], data[f"{end}_time"], data["zone"].strip())
                except Invalid as error:
                    self.add_error(f"{end}_time", error.message)
        return data

    def period(self) -> dict[str, Any]:
        """Return what a valid form says, as `services.be_quiet` takes it."""
        data = self.cleaned_data
        return {"start": data["from"], "end": data["until"], "zone": data["zone"].strip(), "reason": data["reason"]}

    def blame(self, error: CorpblogError) -> None:
        """Put a refusal beside the field that it is about, or at the top."""
        field = {"reason": "reason", "until": "until_day"}.get(str(error.facts.get("field", "")))
        self.add_error(field, error.message)
