"""How somebody wants to see Corpblog, as a form."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person


class PreferencesForm(forms.Form):
    """Language, colours and keys of one person."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Colours"), choices=Person.Theme.choices, widget=forms.RadioSelect)
    single_keys = forms.BooleanField(
        label=_("Single-key shortcuts"),
        help_text=_("Letters such as j, k and c act at once while you are not typing."),
        required=False,
    )
