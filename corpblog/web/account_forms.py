"""How somebody wants to see Corpblog, as a form."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.people.services import time_zones


def _zones() -> list[tuple[str, str]]:
    usual = _("As the company (%(zone)s)") % {"zone": settings.TIME_ZONE}
    return [("", str(usual)), *((name, name.replace("_", " ")) for name in time_zones())]


class PreferencesForm(forms.Form):
    """Language, colours, clock, density and keys of one person."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
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
