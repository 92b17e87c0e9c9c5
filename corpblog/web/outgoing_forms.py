"""What a person says of how a post leaves: its words there, and when."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.timezone import get_default_timezone_name, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.kernel.errors import Invalid
from corpblog.sharing.wishes import Wish, instant

NOW, LATER = "now", "later"


class WishForm(forms.Form):
    """Words and time. Without a script it is as complete as with one."""

    words = forms.CharField(
        label=gettext_lazy("Its words there"),
        help_text=gettext_lazy("Change them for this destination; the post inside stays as it is."),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[(NOW, gettext_lazy("As soon as it may leave")), (LATER, gettext_lazy("At a time of my choice"))],
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

    @classmethod
    def of(cls, words: str, wish: Wish) -> "WishForm":
        """Return the form as it stands for a share; `words` are those of the post where it has none of its own."""
        at = localtime(wish.send_at, _zone(wish.zone)) if wish.send_at else None
        return cls(
            initial={
                "words": wish.words or words,
                "when": LATER if at else NOW,
                "day": at.date() if at else None,
                "time": at.time() if at else None,
                "zone": wish.zone or get_default_timezone_name(),
            }
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") != LATER:
            self.wish = Wish(data.get("words", ""))
            return data
        for name, words in (("day", _("Choose a day.")), ("time", _("Choose a time."))):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, words)
        if not self.errors:
            zone = data["zone"].strip() or get_default_timezone_name()
            try:
                self.wish = Wish(data["words"], instant(data["day"], data["time"], zone), zone)
            except Invalid as error:
                self.add_error("time", error.message)
        return data


def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name else None
