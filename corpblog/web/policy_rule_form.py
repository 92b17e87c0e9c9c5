"""The form of one rule. It keeps what was typed and says beside each field what is wrong with it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.policy.engine import Problem
from corpblog.policy.engine.identifiers import GROUPS, KINDS, NATIONAL_ID
from corpblog.policy.engine.links import KINDS as LINKS
from corpblog.policy.engine.markings import KINDS as MARKINGS
from corpblog.policy.entries import RuleEntry
from corpblog.web.policy_condition_fields import ConditionFields, in_order, initial_conditions
from corpblog.web.policy_picks import Offered
from corpblog.web.policy_words import OUTCOMES, identifier_title, language, link_title, marking_title

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MOST_LINES = 2000


class LinesField(forms.CharField):
    """One thing a line; blank lines and doubles go."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (tuple, list)) else value

    def to_python(self, value: Any) -> tuple[str, ...]:  # type: ignore[override]
        text = super().to_python(value) or ""
        lines = tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(
                _("More than %(most)s lines: put them into a word list.") % {"most": MOST_LINES}
            )
        return lines


def _lines(label: Any, hint: Any = "", *, rows: int = 4, mono: bool = True) -> LinesField:
    attributes = {"rows": rows, "spellcheck": "false" if mono else "true", "autocapitalize": "none"}
    return LinesField(label=label, help_text=hint, required=False, widget=forms.Textarea(attrs=attributes))


def slug_of(name: str) -> str:
    """Return a rule identifier made of a name: letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")


PERSONAL_NUMBERS = GROUPS[NATIONAL_ID]


def _titled(kinds: Iterable[str]) -> list[tuple[str, str]]:
    return [(kind, identifier_title(kind)) for kind in kinds]


class RuleForm(ConditionFields):
    """One rule. Most people need the first six fields; the page folds the others away."""

    title_en = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    title_fr = forms.CharField(label=gettext_lazy("Name in French"), max_length=120, required=False)
    words = _lines(gettext_lazy("Words or phrases"), gettext_lazy("One per line. Case does not matter."), rows=6)
    dictionary = forms.ChoiceField(label=gettext_lazy("Word list"), required=False)
    match_mode = forms.ChoiceField(
        label=gettext_lazy("Match"),
        choices=[("whole", gettext_lazy("Whole words")), ("part", gettext_lazy("Anywhere in a word"))],
        widget=forms.RadioSelect,
    )
    inflect = forms.BooleanField(
        label=gettext_lazy("Other forms of the words too"),
        help_text=gettext_lazy("Plurals and conjugations. It also merges words that only look related."),
        required=False,
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What happens"), choices=list(OUTCOMES.items()), widget=forms.RadioSelect
    )
    outside = forms.BooleanField(label=gettext_lazy("Posts shared outside"), required=False)
    inside = forms.BooleanField(label=gettext_lazy("Internal posts"), required=False)

    patterns = _lines(
        gettext_lazy("Patterns"),
        gettext_lazy("One regular expression per line, in RE2 syntax, for example PRJ-\\d{4}."),
        rows=3,
    )
    identifiers = forms.MultipleChoiceField(
        label=gettext_lazy("Numbers and addresses"), required=False, widget=forms.CheckboxSelectMultiple
    )
    personal_numbers = forms.MultipleChoiceField(
        label=gettext_lazy("Personal numbers of one country"),
        help_text=gettext_lazy("Those that could be any number are found near a word that names them."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    links = forms.MultipleChoiceField(
        label=gettext_lazy("Links and paths"), required=False, widget=forms.CheckboxSelectMultiple
    )
    markings = forms.MultipleChoiceField(
        label=gettext_lazy("Classification markings"),
        help_text=gettext_lazy("CONFIDENTIAL at the head of a page is one, the word in a sentence is none."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    secrets = forms.BooleanField(label=gettext_lazy("Passwords and access keys"), required=False)
    exceptions = _lines(
        gettext_lazy("Except"), gettext_lazy("Phrases in which the words above are harmless. One per line."), rows=3
    )
    min_count = forms.IntegerField(
        label=gettext_lazy("Acts from this many finds"), min_value=1, max_value=1000, initial=1
    )
    min_distinct = forms.IntegerField(
        label=gettext_lazy("Of which so many different ones"),
        help_text=gettext_lazy("Three different addresses, say, and not the same one three times."),
        min_value=1,
        max_value=1000,
        initial=1,
    )
    shadow = forms.BooleanField(
        label=gettext_lazy("Only watch"),
        help_text=gettext_lazy(
            "The rule decides nothing yet: what it would have done is recorded, and no author sees it."
        ),
        required=False,
    )
    resting = forms.BooleanField(
        label=gettext_lazy("Rests"),
        help_text=gettext_lazy("The rule is switched off: it looks for nothing, and nothing is recorded."),
        required=False,
    )
    pack = forms.CharField(
        label=gettext_lazy("Pack"),
        help_text=gettext_lazy("Rules of one pack are switched together. Small letters, digits and single dashes."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "known-packs", "autocomplete": "off"}),
    )
    score = forms.IntegerField(
        label=gettext_lazy("Gravity"),
        help_text=gettext_lazy("0 to 100; it sorts finds and decides nothing. Empty: what goes with the outcome."),
        min_value=0,
        max_value=100,
        required=False,
    )
    reviewers = forms.IntegerField(label=gettext_lazy("Officers who must agree"), min_value=1, max_value=5, initial=1)

    explain_en = forms.CharField(
        label=gettext_lazy("What the author is told"),
        help_text=gettext_lazy("What will happen, why, and what to do."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    explain_fr = forms.CharField(
        label=gettext_lazy("The same in French"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    match = _lines(
        gettext_lazy("Must be found"),
        gettext_lazy("Texts that this rule has to find. One per line."),
        rows=3,
        mono=False,
    )
    allow = _lines(
        gettext_lazy("Must pass"),
        gettext_lazy("Texts that this rule has to leave alone. One per line."),
        rows=3,
        mono=False,
    )
    id = forms.CharField(
        label=gettext_lazy("Identifier"),
        help_text=gettext_lazy("Stays the same in decisions and reports. Empty: made from the name."),
        max_length=60,
        required=False,
    )

    MORE = (
        "dictionary", "inflect", "patterns", "identifiers", "personal_numbers", "secrets",
        "links", "markings", "exceptions",
        "min_count", "min_distinct",
    )  # fmt: skip
    DETAILS = ("reviewers", "score", "pack", "resting")
    TOLD = ("title_fr", "explain_en", "explain_fr")
    EXAMPLES = ("match", "allow")

    def __init__(self, *args: Any, offered: Offered, entry: RuleEntry | None = None, **kwargs: Any) -> None:
        self.before, self.offered = entry or RuleEntry(""), offered
        kwargs.setdefault("initial", initial_of(self.before))
        kwargs.setdefault("auto_id", "rule-%s")
        super().__init__(*args, **kwargs)
        names = [("", _("None")), *((name, name) for name in offered.word_lists)]
        self.fields["dictionary"].choices = names  # type: ignore[attr-defined]
        self.offer_known(offered, self.before)
        general = [*GROUPS, *(kind for kind in KINDS if kind not in PERSONAL_NUMBERS)]
        self.fields["identifiers"].choices = _titled(general)  # type: ignore[attr-defined]
        self.fields["personal_numbers"].choices = _titled(PERSONAL_NUMBERS)  # type: ignore[attr-defined]
        self.fields["links"].choices = [(kind, link_title(kind)) for kind in ("any", *LINKS)]  # type: ignore[attr-defined]
        self.fields["markings"].choices = [(kind, marking_title(kind)) for kind in ("any", *MARKINGS)]  # type: ignore[attr-defined]

    def clean_id(self) -> str:
        wanted: str = self.cleaned_data["id"].strip() or slug_of(
            self.cleaned_data.get("title_en") or self.cleaned_data.get("title_fr") or ""
        )
        if not _ID.fullmatch(wanted):
            raise forms.ValidationError(_("Use small letters, digits and single dashes, for example code-names."))
        return wanted

    def clean_pack(self) -> str:
        wanted: str = self.cleaned_data["pack"].strip()
        if wanted and not _ID.fullmatch(wanted):
            raise forms.ValidationError(_("Use small letters, digits and single dashes, for example payment-data."))
        return wanted

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("title_en") and not data.get("title_fr"):
            self.add_error("title_en", _("Give the rule a name: authors and reviewers see it."))
        if not self._looks_for_something(data):
            self.add_error("words", _("Write at least one word, or choose below what else to look for."))
        if not data.get("outside") and not data.get("inside"):
            self.add_error("outside", _("Choose at least one: a rule that applies to nothing stops nothing."))
        return data

    def _looks_for_something(self, data: dict[str, Any]) -> bool:
        """Whether there is a detector here or in the part that the form does not show, or a condition instead."""
        named = (
            "words",
            "dictionary",
            "patterns",
            "identifiers",
            "personal_numbers",
            "secrets",
            "links",
            "markings",
            "classification",
            "attachments",
            "days",
            "destinations",
            "groups",
            "languages",
        )
        return self.before.more or any(data.get(name) for name in named) or data.get("hours_from") is not None

    def entry(self, more: bool = False) -> RuleEntry:
        """Return what was filled in, as a rule entry."""
        data = self.cleaned_data
        plain = {name: data[name] for name in _SAME if name in data}
        return RuleEntry(
            **plain,
            whole_words=data["match_mode"] == "whole",
            identifiers=in_order([*data["identifiers"], *data["personal_numbers"]], self.before.identifiers),
            links=in_order(data["links"], self.before.links),
            markings=in_order(data["markings"], self.before.markings),
            audience=_audience(data["outside"], data["inside"]),
            more=more,
            **self.conditions(self.before),
        )

    def take_problems(self, problems: list[Problem], index: int) -> list[Problem]:
        """Put each problem of rule `index` beside its field; return those of other rules."""
        here = f"rules[{index}]"
        for problem in problems:
            if problem.path.startswith(here):
                self.add_error(_field_of(problem.path[len(here) :]), problem.in_language(language()))
        return [problem for problem in problems if not problem.path.startswith(here)]

    def _fold(self, names: tuple[str, ...]) -> "Fold":
        usual = initial_of(RuleEntry(""))
        filled = [
            name for name in names if (self[name].value() or "") not in (usual[name], str(usual[name]), "", [], ())
        ]
        return Fold(is_open=any(name in self.errors for name in names), filled=len(filled))

    @property
    def more_fold(self) -> "Fold":
        return self._fold(self.MORE)

    @property
    def where_fold(self) -> "Fold":
        return self._fold((*self.WHERE, "time_zone"))

    @property
    def details_fold(self) -> "Fold":
        shown = self._fold(self.DETAILS)
        return Fold(shown.is_open or "id" in self.errors, shown.filled)

    @property
    def told_fold(self) -> "Fold":
        return self._fold(self.TOLD)

    @property
    def examples_fold(self) -> "Fold":
        return self._fold(self.EXAMPLES)


@dataclass(frozen=True)
class Fold:
    """A folded part of the form: open where it has an error, else only a count of what is filled in."""

    is_open: bool
    filled: int


_SAME = (
    "id", "title_en", "title_fr", "words", "dictionary", "inflect", "patterns", "secrets",
    "exceptions", "min_count", "min_distinct", "shadow", "resting", "pack", "outcome", "score", "reviewers",
    "explain_en", "explain_fr", "match", "allow",
)  # fmt: skip
# Where the engine's path points, and the field that shows it; the first that fits.
_PATHS = (
    ("regex", "patterns"),
    ("identifier", "identifiers"),
    ("links", "links"),
    ("marking", "markings"),
    ("detect", "words"),
    ("dictionary", "dictionary"),
    ("except", "exceptions"),
    ("examples.match", "match"),
    ("examples.pass", "allow"),
    ("examples", "match"),
    ("min_count", "min_count"),
    ("min_distinct", "min_distinct"),
    ("destinations", "destinations"),
    ("groups", "groups"),
    ("classification", "classification"),
    ("languages", "languages"),
    ("attachments", "attachments"),
    ("from", "since"),
    ("until", "until"),
    ("between.days", "days"),
    ("between.hours", "hours_from"),
    ("between", "time_zone"),
    ("shadow", "shadow"),
    ("resting", "resting"),
    ("pack", "pack"),
    ("score", "score"),
    ("reviewers", "reviewers"),
    ("explain", "explain_en"),
    ("title", "title_en"),
    ("outcome", "outcome"),
    (".id", "id"),
)


def _field_of(path: str) -> str | None:
    return next((field for part, field in _PATHS if part in path), None)


def _audience(outside: bool, inside: bool) -> str:
    if outside and inside:
        return "any"
    return "internal" if inside else "external"


def initial_of(entry: RuleEntry) -> dict[str, Any]:
    """Return the form's values for a rule."""
    return {name: getattr(entry, name) for name in _SAME} | {
        "match_mode": "whole" if entry.whole_words else "part",
        "identifiers": [kind for kind in entry.identifiers if kind not in PERSONAL_NUMBERS],
        "links": list(entry.links),
        "markings": list(entry.markings),
        "personal_numbers": [kind for kind in entry.identifiers if kind in PERSONAL_NUMBERS],
        "outside": entry.audience in ("external", "any"),
        "inside": entry.audience in ("internal", "any"),
        **initial_conditions(entry),
    }
