"""What a rule did lately, as one line and a row of small bars."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.desk.rule_figures import PERIOD, RuleFigures
from corpblog.kernel.counts import Count
from corpblog.policy.engine import Outcome
from corpblog.policy.engine.model import Rule
from corpblog.web.policy_words import would_have

_HEIGHT: Final = 24.0
_STEP: Final = 4.0


@dataclass(frozen=True)
class Tick:
    """One day's bar, in the units of the drawing."""

    x: float
    y: float
    height: float


@dataclass(frozen=True)
class RuleLine:
    """What a rule did: `words` say it, `ticks` draw it, `ruled` how right people found it, if anybody said."""

    words: str
    ruled: str
    ticks: tuple[Tick, ...]
    is_silent: bool


def line_of(rule: Rule, found: RuleFigures | None) -> RuleLine:
    """Return the line below a rule's card, for the last thirty days."""
    figures = found or RuleFigures()
    is_silent = not (figures.spoke or figures.would_have)
    return RuleLine(_words(rule, figures), _ruled(figures), () if is_silent else _ticks(figures), is_silent)


def _words(rule: Rule, figures: RuleFigures) -> str:
    days = {"days": PERIOD.days}
    if rule.shadow:
        return _shadowed(figures) % (days | {"count": figures.would_have})
    if not figures.spoke:
        return _("Met nothing in %(days)s days") % days
    words = ngettext("Spoke %(count)s time in %(days)s days", "Spoke %(count)s times in %(days)s days", figures.spoke)
    return words % (days | {"count": figures.spoke})


def _shadowed(figures: RuleFigures) -> str:
    if not figures.would_have:
        return _("Would have met nothing in %(days)s days")
    # The strictest outcome is what it would be put in force for.
    strictest = max(Outcome(outcome) for outcome in figures.outcomes)
    return would_have(strictest, figures.would_have)


def _ruled(figures: RuleFigures) -> str:
    missed = ngettext("missed %(count)s sample", "missed %(count)s samples", figures.missed) % {
        "count": Count(figures.missed)
    }
    return " · ".join(filter(None, [_judged(figures), missed if figures.missed else ""]))


def _judged(figures: RuleFigures) -> str:
    judged = figures.judged
    if judged.precision is None:
        return ""
    words = ngettext(
        "right in %(percent)s %% of %(count)s judged find",
        "right in %(percent)s %% of %(count)s judged finds",
        judged.total,
    )
    return words % {"percent": judged.precision, "count": Count(judged.total)}


def _ticks(figures: RuleFigures) -> tuple[Tick, ...]:
    most = max(figures.by_day.values())
    today: date = localdate()
    counts = [figures.by_day[today - timedelta(days=back)] for back in reversed(range(PERIOD.days))]
    # A day with one find is still seen beside a day with a hundred.
    heights = [max(3.0, _HEIGHT * count / most) if count else 0.0 for count in counts]
    return tuple(Tick(index * _STEP, _HEIGHT - height, height) for index, height in enumerate(heights) if height)
