"""The other forms of the policy console. They keep what was typed and say beside each field what is wrong with it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from corpblog.policy import sources
from corpblog.policy.csv_columns import Column
from corpblog.policy.sources import Head, SourceUnread


class SourceForm(forms.Form):
    """The YAML as a whole."""

    source = forms.CharField(
        label=gettext_lazy("Policy in YAML"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "autocapitalize": "none", "wrap": "off"}),
    )


class ProposeForm(forms.Form):
    """What changes and why, for the second person."""

    note = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        help_text=gettext_lazy("The second person decides on it, and it stays in the record."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class RefuseForm(forms.Form):
    """Why a proposal is stopped."""

    reason = forms.CharField(
        label=gettext_lazy("Why not"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), required=False
    )


class ImportForm(forms.Form):
    """A policy as a file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "YAML, or a ZIP that an export wrote. A YAML alone keeps the word lists of the version in force."
        ),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.zip"}),
    )


WORDS, DOCUMENT, RECORDS = "words", "document", "records"


class WordListForm(forms.Form):
    """A word list or a document: pasted, or uploaded as a text file."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("How rules call it, for example code-names.txt."),
        max_length=80,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            (WORDS, gettext_lazy("Words, one per line")),
            (DOCUMENT, gettext_lazy("A document, whose excerpts are recognised")),
            (RECORDS, gettext_lazy("A table (CSV), of whose rows two values near each other are recognised")),
        ],
        initial=WORDS,
        required=False,
        help_text=gettext_lazy("Of documents and tables only fingerprints are kept, never their words."),
    )
    terms = forms.CharField(
        label=gettext_lazy("Words, text or table"),
        help_text=gettext_lazy(
            "In a list, doubles and blank lines go. “Falcon | until 2027-03-01” rests from that day on."
        ),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "autocapitalize": "none"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        help_text=gettext_lazy(
            "Text in UTF-8; a document may be a PDF or Office file too. It takes the place of what stands above."
        ),
        required=False,
    )
    column = forms.CharField(
        label=gettext_lazy("Column of the CSV file"),
        help_text=gettext_lazy(
            "For words out of a CSV file: choose the file, then its column; or write the column’s title."
        ),
        max_length=200,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("file") and not (data.get("terms") or "").strip():
            self.add_error("terms", _("Write something, or choose a file."))
        return data


class ColumnForm(forms.Form):
    """Which column of a CSV file has the words, in the place of its title that is typed."""

    column = forms.ChoiceField(label=gettext_lazy("Column of the CSV file"))

    def __init__(self, columns: Sequence[Column], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["column"]
        field.choices = [("", _("Choose a column")), *((each.key, each.title) for each in columns)]  # type: ignore[attr-defined]
        words = ngettext(
            "This file has %(count)s column. Choose the one with the words.",
            "This file has %(count)s columns. Choose the one with the words.",
            len(columns),
        )
        field.help_text = words % {"count": len(columns)}
        typed = str(self.initial.get("column", "")).strip().lower()
        self.initial["column"] = typed if typed in {each.key for each in columns} else ""


class SourcedListForm(forms.Form):
    """A list that follows a source.

    columns: those of the file at the address, where it was asked: then one of them is chosen instead of typed.
    """

    list = forms.CharField(label=gettext_lazy("Name of the list"), max_length=80)
    kind = forms.ChoiceField(
        label=gettext_lazy("It follows"),
        help_text=gettext_lazy(
            "New terms count as soon as they are read. Terms that went there wait here until a second person agrees."
        ),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("One term a line, or a CSV file. It is read once an hour."),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )
    column = forms.CharField(
        label=gettext_lazy("Column of the CSV file"),
        help_text=gettext_lazy("Try the address to choose it, or write the title that its first line has."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, head: Head | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "source-%s")
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(sources.kinds().items())  # type: ignore[attr-defined]
        self.head = head
        if head and len(head.columns) > 1:
            self.fields["column"] = self._column_of(head)

    def _column_of(self, head: Head) -> forms.ChoiceField:
        none = _("Choose a column") if head.is_table else _("None: every line is a term")
        return forms.ChoiceField(
            label=self.fields["column"].label,
            choices=[("", none), *((each.key, each.title) for each in head.columns)],
            required=False,
        )

    def clean_url(self) -> str:
        return str(self.cleaned_data["url"]).strip()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == sources.ADDRESS and not data.get("url", "").startswith(("https://", "http://")):
            self.add_error("url", _("Write the address of the list, for example https://lists.example.com/names.csv."))
        return data

    @property
    def columns(self) -> Sequence[Column]:
        """The columns to choose from, where there is a choice."""
        return self.head.columns if self.head and len(self.head.columns) > 1 else ()

    def take_refusal(self, error: SourceUnread) -> None:
        """Say beside its field why the source cannot be followed."""
        is_address = self["kind"].value() == sources.ADDRESS
        self.add_error("column" if error.code == "column" else "url" if is_address else "kind", error.message)

    def source(self) -> sources.Source:
        """Return what was chosen."""
        kind = self.cleaned_data["kind"]
        if kind != sources.ADDRESS:
            return sources.Source(kind)
        return sources.Source(kind, self.cleaned_data["url"], self.cleaned_data["column"].strip())
