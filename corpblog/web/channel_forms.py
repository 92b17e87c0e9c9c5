"""Channels as forms. The services judge; the forms only carry."""

from django import forms
from django.utils.translation import gettext_lazy

from corpblog.people.selectors import directory_groups
from corpblog.teams.models import Classification


class ChannelForm(forms.Form):
    """A new channel."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Private"), required=False, help_text=gettext_lazy("Only members read what is posted.")
    )
    is_listed = forms.BooleanField(
        label=gettext_lazy("Listed although private"),
        required=False,
        help_text=gettext_lazy("Everybody sees its name and description, and may ask to join."),
    )
    is_announce_only = forms.BooleanField(
        label=gettext_lazy("Announcements only"),
        required=False,
        help_text=gettext_lazy("Only owners start threads; everybody may reply."),
    )
    classification = forms.ChoiceField(
        label=gettext_lazy("Classification"),
        choices=Classification.choices,
        initial=Classification.INTERNAL,
        help_text=gettext_lazy("Caps what may leave the company from here."),
    )
    mirrors = forms.ModelChoiceField(
        label=gettext_lazy("Directory group"),
        queryset=directory_groups(),
        required=False,
        empty_label=gettext_lazy("None: people join or are invited"),
        help_text=gettext_lazy("Its people are members; who comes or goes there, comes or goes here."),
    )

    def __init__(self, *args: object, can_mirror: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not can_mirror:
            del self.fields["mirrors"]


class AccountForm(forms.Form):
    """A new company account; its classification starts as public, for what it says is meant to leave."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("As colleagues see it: Acme, Acme jobs …")
    )
    description = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ChannelEditForm(ChannelForm):
    """What its owners change of a channel; whether it is private stays as it was made."""

    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=80,
        help_text=gettext_lazy("The word after /c/. Links with the old one go on leading here."),
    )
    field_order = ("name", "slug", "description", "is_listed", "is_announce_only", "classification", "mirrors")

    def __init__(
        self, *args: object, can_mirror: bool, is_private: bool = False, is_company: bool = False, **kwargs: object
    ) -> None:
        super().__init__(*args, can_mirror=can_mirror and not is_company, **kwargs)
        del self.fields["is_private"]
        if not is_private:
            del self.fields["is_listed"]
        if is_company:
            del self.fields["is_announce_only"]
