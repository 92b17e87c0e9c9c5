"""How right rules were, step by step: lines to look at, and the same numbers for a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.desk.precision import Judged
from corpblog.desk.precision_steps import PrecisionSteps
from corpblog.kernel.counts import Count
from corpblog.web.short_dates import short_day, short_month

WIDTH: Final = 300.0
HEIGHT: Final = 100.0
# More lines than that nobody compares; the table has all of them.
MOST_DRAWN: Final = 12


@dataclass(frozen=True)
class Dot:
    """A step in which somebody judged a find, in the units of the drawing, and what it says."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Line:
    """The line of one rule. paths: its stretches; it is broken where nobody judged. caption: the line in words."""

    rule: str
    paths: tuple[str, ...]
    dots: tuple[Dot, ...]
    caption: str
    judged: tuple[Judged, ...]

    @property
    def latest(self) -> Judged | None:
        """What was judged in the last step in which somebody did."""
        return next((judged for judged in reversed(self.judged) if judged.total), None)


@dataclass(frozen=True)
class PrecisionChart:
    """Lines over the same steps, the most judged first. steps: their names; unit: "week" or "month"."""

    unit: str
    steps: tuple[str, ...]
    lines: tuple[Line, ...]

    @property
    def drawn(self) -> tuple[Line, ...]:
        return self.lines[:MOST_DRAWN]


def chart_of(found: PrecisionSteps, only: str = "") -> PrecisionChart:
    """Return the lines of all rules, or of one, which may have nothing judged."""
    steps = tuple(_name(day, found.unit) for day in found.begins)
    judged = {only: found.lines.get(only, [])} if only else found.lines
    lines = [_line(rule, steps, each) for rule, each in judged.items() if each]
    lines.sort(key=lambda line: -sum(judged.total for judged in line.judged))
    return PrecisionChart(found.unit, steps, tuple(lines))


def _name(day: date, unit: str) -> str:
    return short_day(day) if unit == "week" else short_month(day)


def _line(rule: str, steps: tuple[str, ...], judged: list[Judged]) -> Line:
    dots = list(_dots(steps, judged))
    known = [dot for dot in dots if dot is not None]
    return Line(rule, tuple(_paths(dots)), tuple(known), "; ".join(dot.title for dot in known), tuple(judged))


def _dots(steps: tuple[str, ...], judged: list[Judged]) -> Iterator[Dot | None]:
    width = WIDTH / len(steps)
    for index, (step, each) in enumerate(zip(steps, judged, strict=True)):
        if each.precision is None:
            yield None
            continue
        words = ngettext(
            "%(step)s: %(percent)s %% of %(count)s judged find",
            "%(step)s: %(percent)s %% of %(count)s judged finds",
            each.total,
        ) % {"step": step, "percent": each.precision, "count": Count(each.total)}
        yield Dot(round((index + 0.5) * width, 1), round(HEIGHT * (100 - each.precision) / 100, 1), words)


def _paths(dots: list[Dot | None]) -> Iterator[str]:
    stretch: list[str] = []
    for dot in [*dots, None]:
        if dot is not None:
            stretch.append(f"{dot.x} {dot.y}")
            continue
        if len(stretch) > 1:
            yield "M" + "L".join(stretch)
        stretch = []


def unit_words(unit: str) -> str:
    """Return what a step is, and by what it is named."""
    if unit == "month":
        return _("A point a month: of the finds that people judged in it, how many of a hundred were right.")
    return _("A point a week, named by its first day: of the finds judged in it, how many of a hundred were right.")
