"""Charts of the desk's figures: bars that are rows of a table, so that nobody needs to see them."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.desk.selectors.figures import STEPS, Figures
from corpblog.kernel.counts import Count
from corpblog.sharing.models import Share
from corpblog.web.share_words import LOOKS


@dataclass(frozen=True)
class BarRow:
    """One row of a chart that is a table: its name, its number in words, and its bar, in per cent of the longest."""

    name: str
    number: str
    percent: int
    hue: str = ""


@dataclass(frozen=True)
class Chart:
    """Bars of one kind, drawn as rows of a table: names and numbers are there for who sees no bars."""

    id: str
    title: str
    column: str
    rows: list[BarRow]


def charts(found: Figures) -> list[Chart]:
    """Return how shares ended, how long cases waited, how precise rules are, and where shares were to go."""
    ends = [
        (str(words), found.states[name], LOOKS[name][0]) for name, words in Share.State.choices if name in found.states
    ]
    steps = [(_step(step), count, "") for step, count in (found.waiting.steps if found.waiting else [])]
    precise = [(rule.rule, rule.precision, "") for rule in found.rules if rule.precision is not None]
    places = [(place.name, place.asked, "") for place in found.destinations]
    cases = found.waiting.cases if found.waiting else 0
    return [
        _chart(
            "chart-ends",
            _("How shares ended"),
            _("Shares"),
            counted=ends,
            whole=found.total,
        ),
        _chart("chart-waits", _("How long cases waited"), _("Cases"), counted=steps, whole=cases),
        _chart("chart-precision", _("Precision of each rule"), _("Precision"), counted=precise, whole=100, unit=" %"),
        _chart("chart-places", _("Where shares were to go"), _("Shares"), counted=places, whole=found.total),
    ]


def _chart(
    name: str, title: str, column: str, *, counted: list[tuple[str, int, str]], whole: int, unit: str = ""
) -> Chart:
    """Return the chart; without a unit each number says its part of the whole as well."""
    longest = 100 if unit else max((count for _words, count, _hue in counted), default=0)
    rows = [
        BarRow(
            words,
            f"{count}{unit}" if unit else _number(count, whole),
            round(100 * count / longest) if longest else 0,
            hue,
        )
        for words, count, hue in counted
    ]
    return Chart(name, title, column, rows)


def _number(count: int, whole: int) -> str:
    percent = round(100 * count / whole) if whole else 0
    return _("%(count)s (%(percent)s %%)") % {"count": Count(count), "percent": percent}


def _step(step: timedelta | None) -> str:
    if step is None:
        return ngettext("more than %(n)s day", "more than %(n)s days", STEPS[-1].days) % {"n": STEPS[-1].days}
    if step.days:
        return ngettext("up to %(n)s day", "up to %(n)s days", step.days) % {"n": step.days}
    minutes = int(step.total_seconds()) // 60
    if minutes < 60:
        return _("up to %(n)s min") % {"n": minutes}
    return _("up to %(n)s h") % {"n": minutes // 60}
