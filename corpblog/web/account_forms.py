"""How somebody wants to see Corpblog, and what their programs may do, as forms."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from corpblog.people.models import Person, Scope
from corpblog.people.services import time_zones
from corpblog.people.services.tokens import LIVES, LONGEST_NAME


def _zones() -> list[tuple[str, str]]:
    usual = _("As the company (%(zone)s)") % {"zone": settings.TIME_ZONE}
    return [("", str(usual)), *((name, name.replace("_", " ")) for name in time_zones())]


def _languages() -> list[tuple[str, str]]:
    return [("", str(_("As the browser asks"))), *((code, str(name)) for code, name in settings.LANGUAGES)]


class PreferencesForm(forms.Form):
    """Language, colours, clock, density and keys of one person."""

    language = forms.ChoiceField(label=_("Language"), required=False, choices=_languages)
    theme = forms.ChoiceField(label=_("Colours"), choices=Person.Theme.choices, widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, choices=_zones)
    is_compact = forms.BooleanField(
        label=_("Compact lists"), help_text=_("Less room around each post, more posts on the page."), required=False
    )
    single_keys = forms.BooleanField(
        label=_("Single-key shortcuts"),
        help_text=_("Letters such as j, k and c act at once while you are not typing."),
        required=False,
    )


def _lives() -> list[tuple[int, str]]:
    return [(days, ngettext("%(count)s day", "%(count)s days", days) % {"count": days}) for days in LIVES]


class TokenForm(forms.Form):
    """What a new access token is called, what it is good for, and how long."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("For example the program and the device: “Tusky on my phone”."),
        max_length=LONGEST_NAME,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=Scope.choices, initial=[Scope.READ], widget=forms.CheckboxSelectMultiple
    )
    days = forms.TypedChoiceField(label=_("It ends after"), choices=_lives, coerce=int, initial=90)
