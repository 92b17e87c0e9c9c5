"""The form that connects an account: our questions, and those that the connector asks. Secrets are write-only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from corpblog.sharing.connectors.base import Connector, Question
from corpblog.sharing.models import Destination

PREFIX = "answer_"


class ConnectForm(forms.Form):
    """Name and protection of a destination, and the connector's own questions.

    there: the destination that is connected anew; its secrets may then stay empty, and are kept.
    """

    name = forms.CharField(label=_("Name"), help_text=_("As people see it when they share"), max_length=80)
    review = forms.ChoiceField(
        label=_("What a reviewer looks at first"),
        choices=Destination.Review.choices,
        help_text=_("Whatever you choose, the policy holds what it holds."),
    )
    cap = forms.ChoiceField(
        label=_("Posts of which channels may go there"),
        choices=[("internal", _("Public and internal ones")), ("public", _("Public ones only"))],
    )
    needs_alt = forms.BooleanField(
        label=_("Ask for a description of each picture"),
        help_text=_("Readers who do not see it hear the description; without one the picture does not go there."),
        required=False,
        initial=True,
    )

    def __init__(self, connector: Connector, data: Any = None, there: Destination | None = None) -> None:
        super().__init__(data, initial=_initial(there))
        self._questions = self.asked(connector)
        for question in self._questions:
            self.fields[PREFIX + question.name] = _field(question, there)
        self.order_fields(["name", *(PREFIX + question.name for question in self._questions)])

    def asked(self, connector: Connector) -> tuple[Question, ...]:
        """Return what whoever connects is asked."""
        return connector.questions

    @property
    def answers(self) -> dict[str, str]:
        """What was answered to the connector's questions."""
        return {question.name: self.cleaned_data[PREFIX + question.name] for question in self._questions}

    def blame(self, name: str, message: str) -> None:
        """Put an error where it belongs, or at the top."""
        field = PREFIX + name if PREFIX + name in self.fields else name
        self.add_error(field if field in self.fields else None, message)


class SwitchForm(forms.Form):
    """Why the gate is closed or opened, for the record."""

    reason = forms.CharField(label=_("Why"), max_length=300)


def _initial(there: Destination | None) -> dict[str, Any]:
    if there is None:
        return {}
    return {"name": there.name, "review": there.review, "cap": there.cap, "needs_alt": there.needs_alt}


def _field(question: Question, there: Destination | None) -> forms.Field:
    keeps = there is not None and question.is_secret
    help_text = _("Leave it empty to keep what is there.") if keeps else question.help
    widgets: dict[str, forms.Widget] = {
        "lines": forms.Textarea(attrs={"rows": 4}),
        "url": forms.URLInput(attrs={"spellcheck": "false"}),
        "email": forms.EmailInput(),
    }
    # Never `render_value`: what was typed into it does not come back, not even after an error.
    secret = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        # As text of this request: the type stubs of forms know no lazy words of Django's own.
        label=str(question.label),
        help_text=str(help_text),
        required=question.is_needed and not question.default and not keeps,
        initial=there.config.get(question.name, question.default) if there is not None else question.default,
        widget=secret if question.is_secret else widgets.get(question.shape, forms.TextInput()),
        max_length=5000,
    )
