"""What people fill in about advocates: whom something is offered to, and how an employee says it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext_lazy

from corpblog.sharing import services
from corpblog.sharing.connectors.base import Connector, Question
from corpblog.sharing.models import Destination
from corpblog.teams.models import Channel
from corpblog.web.destination_form import ConnectForm
from corpblog.web.outgoing_forms import LATER, NOW, WishForm

EVERYBODY, CHANNELS = "everybody", "channels"


class RevoiceForm(WishForm):
    """One's own words, the account, and the time. One post, without a first comment."""

    as_thread = None  # type: ignore[assignment]
    comment = None  # type: ignore[assignment]
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": 10_000}),
    )
    account = forms.ChoiceField(label=gettext_lazy("On your account"), widget=forms.RadioSelect)
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (NOW, gettext_lazy("As soon as it may leave")),
            (LATER, gettext_lazy("At a time of my choice")),
        ],
        widget=forms.RadioSelect,
        initial=NOW,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why is this right?"),
        help_text=gettext_lazy("Needed where a rule asks for a reason; reviewers read it."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, accounts: Sequence[Destination], words: str, data: Any = None) -> None:
        first = accounts[0].slug if accounts else ""
        super().__init__(data, initial={"words": words, "account": first, "zone": get_default_timezone_name()})
        field = self.fields["account"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(account.slug, account.name) for account in accounts]


class OfferForm(forms.Form):
    """Whom something is offered to, and what is said to them about it."""

    to = forms.ChoiceField(
        label=gettext_lazy("Offered to"),
        choices=[
            (EVERYBODY, gettext_lazy("Everybody in the company")),
            (CHANNELS, gettext_lazy("The members of channels")),
        ],
        widget=forms.RadioSelect,
        initial=EVERYBODY,
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Channels"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=gettext_lazy("A word to your colleagues"),
        help_text=gettext_lazy("Why it is worth saying; only they read it."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, channels: Sequence[Channel], data: Any = None) -> None:
        super().__init__(data)
        self._channels = {str(channel.pk): channel for channel in channels}
        field = self.fields["channels"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, channel.name) for key, channel in self._channels.items()]

    @property
    def audience(self) -> services.Audience:
        """Return whom a valid form names."""
        if self.cleaned_data["to"] == EVERYBODY:
            return services.Audience()
        return services.Audience(False, [self._channels[key] for key in self.cleaned_data["channels"]])


class OwnAccountForm(ConnectForm):
    """The connector's own questions alone: an own account is called as its owner is there. Secrets are write-only."""

    name = None  # type: ignore[assignment]
    review = None  # type: ignore[assignment]
    cap = None  # type: ignore[assignment]

    def asked(self, connector: Connector) -> tuple[Question, ...]:
        """Without those that the company answers for its people."""
        return tuple(question for question in connector.questions if question.own == "owner")
