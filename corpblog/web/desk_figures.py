"""The desk's figures as a page and as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from corpblog.desk.models import Appeal, Sample, Unmasking
from corpblog.desk.selectors.figures import Figures
from corpblog.kernel import clock
from corpblog.kernel.counts import Count
from corpblog.kernel.errors import Invalid
from corpblog.sharing.models import Decision, Hand
from corpblog.web.desk_charts import charts
from corpblog.web.precision_lines import chart_of, unit_words
from corpblog.web.short_dates import short_day

LONGEST: Final = timedelta(days=3 * 366)
USUAL: Final = timedelta(days=29)
_WIDTH, _HEIGHT, _GAP = 600.0, 84.0, 0.25
# What a spreadsheet takes for a formula (CWE-1236).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def period(first: str, last: str) -> tuple[date, date]:
    """Return the days that were asked for; without any, the last thirty. Raises Invalid in words."""
    today = clock.now().date()
    try:
        ends = date.fromisoformat(last) if last else today
        begins = date.fromisoformat(first) if first else ends - USUAL
    except ValueError as error:
        raise Invalid(_("Write the days as in 2026-01-31.")) from error
    if begins > ends:
        raise Invalid(_("The first day comes after the last. Swap them."))
    if ends - begins > LONGEST:
        raise Invalid(_("Choose three years at most."))
    return begins, ends


def page(found: Figures) -> dict[str, Any]:
    """Return what the page shows beside the numbers themselves."""
    return {
        "figures": found,
        "rules": [(rule, _hours(rule.wait) if rule.wait is not None else "–") for rule in found.rules],
        "bars": list(_bars(found)),
        "spans": list(_spans(found)),
        "caption": _caption(found),
        "rulings": _named(Decision.Ruling.choices, found.rulings),
        "appeals": _named(Appeal.Answer.choices, found.appeals),
        "samples": _named(Sample.Mark.choices, found.samples),
        "charts": charts(found),
        "precision": chart_of(found.precision),
        "unit_words": unit_words(found.precision.unit),
        "duties": [(DUTIES[duty.name], duty) for duty in found.duties],
        "overlaps": [(each, " + ".join(str(role.label) for role in each.roles)) for each in found.overlaps],
        "median": _hours(found.waiting.median) if found.waiting else "",
        "slowest": _hours(found.waiting.slowest_tenth) if found.waiting else "",
    }


DUTIES: Final[dict[str, Promise]] = {
    Hand.Part.AUTHOR: gettext_lazy("Written a share, and ruled on it"),
    Hand.Part.REQUESTER: gettext_lazy("Asked for a share, and ruled on it"),
    Hand.Part.EDITOR: gettext_lazy("Edited a share, and ruled on it"),
    "policy": gettext_lazy("Proposed a policy, and put it in force"),
    "target": gettext_lazy("Asked for another account of a destination, and confirmed it"),
    "unmasking": gettext_lazy("Asked for a name, and agreed to show it"),
    "appeal": gettext_lazy("Rejected a share, and answered the appeal"),
    "hold": gettext_lazy("Placed a hold, and agreed to it"),
    "lifted": gettext_lazy("Asked to lift a hold, and lifted it"),
    "schedule": gettext_lazy("Proposed a time of keeping, and put it in force"),
    "erasure": gettext_lazy("Asked to erase somebody, and agreed to it"),
}


def _spans(found: Figures) -> Iterator[tuple[str, date, date, bool]]:
    """Periods that are asked for most: their name, their days, and whether they are shown."""
    today = clock.now().date()
    month = today.replace(day=1)
    last_month = (month - timedelta(days=1)).replace(day=1)
    year = today.replace(month=1, day=1)
    for words, first, last in (
        (_("30 days"), today - USUAL, today),
        (_("90 days"), today - timedelta(days=89), today),
        (_("This month"), month, today),
        (_("Last month"), last_month, month - timedelta(days=1)),
        (_("This year"), year, today),
        (_("365 days"), today - timedelta(days=364), today),
    ):
        yield words, first, last, (first, last) == (found.first, found.last)


def _named(choices: Any, counted: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(words), counted[name]) for name, words in choices if counted.get(name)]


def _hours(wait: timedelta) -> str:
    minutes = int(wait.total_seconds()) // 60
    return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}


def _bars(found: Figures) -> Iterator[dict[str, Any]]:
    """A bar a day; a week, where there would be more than a hundred."""
    width = 1 if len(found.asked) <= 100 else 7
    chunks = [found.asked[start : start + width] for start in range(0, len(found.asked), width)]
    sums = [(chunk[0][0], sum(count for _day, count in chunk)) for chunk in chunks]
    highest, step = max([1, *(count for _day, count in sums)]), _WIDTH / max(1, len(sums))
    for index, (day, count) in enumerate(sums):
        height = max(2.0, _HEIGHT * count / highest) if count else 0.0
        words = ngettext("%(day)s: %(count)s share", "%(day)s: %(count)s shares", count)
        yield {
            "day": day,
            "count": count,
            "x": round(index * step, 2),
            "y": round(_HEIGHT - height, 2),
            "width": round(step * (1 - _GAP), 2),
            "height": round(height, 2),
            "title": words % {"day": short_day(day), "count": Count(count)},
        }


def _caption(found: Figures) -> str:
    words = ngettext(
        "%(count)s share was asked for, %(most)s on the busiest day.",
        "%(count)s shares were asked for, %(most)s on the busiest day.",
        found.total,
    )
    most = max((count for _day, count in found.asked), default=0)
    return words % {"count": Count(found.total), "most": Count(most)}


def table(found: Figures) -> str:
    """Return everything as CSV, a number a line: section, name, measure, value. Codes, not words, so that it lasts."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["section", "name", "measure", "value"])
    writer.writerows([_plain(cell) for cell in row] for row in _lines(found))
    return out.getvalue()


def _plain(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _steps_of(unmasking: Unmasking) -> Iterator[tuple[str, str]]:
    yield "asked_by", unmasking.asked_by.username
    yield "asked_at", unmasking.asked_at.isoformat()
    yield "reason", unmasking.reason
    if unmasking.agreed_by and unmasking.agreed_at:
        yield "agreed_by", unmasking.agreed_by.username
        yield "agreed_at", unmasking.agreed_at.isoformat()
    if unmasking.refused_by and unmasking.refused_at:
        yield "refused_by", unmasking.refused_by.username
        yield "refused_at", unmasking.refused_at.isoformat()


def _lines(found: Figures) -> Iterator[tuple[object, ...]]:
    yield "period", "first", "day", found.first.isoformat()
    yield "period", "last", "day", found.last.isoformat()
    yield from (("asked", day.isoformat(), "shares", count) for day, count in found.asked)
    yield from (("state", name, "shares", count) for name, count in sorted(found.states.items()))
    yield from (("ruling", name, "rulings", count) for name, count in sorted(found.rulings.items()))
    yield from (("appeal", name, "appeals", count) for name, count in sorted(found.appeals.items()))
    yield from (("sample", mark, "samples", count) for mark, count in sorted(found.samples.items()))
    yield "passed_up", "all", "cases", found.passed_up
    yield "report", "reported", "reports", found.reported
    yield "report", "closed", "reports", found.reports_closed
    if found.waiting:
        yield "waiting", "median", "seconds", int(found.waiting.median.total_seconds())
        yield "waiting", "slowest_tenth", "seconds", int(found.waiting.slowest_tenth.total_seconds())
        yield "waiting", "within_service_time", "percent", found.waiting.within
        for step, count in found.waiting.steps:
            yield "waited", "longer" if step is None else f"up_to_{_seconds(step)}_seconds", "cases", count
    for rule in found.rules:
        for measure in ("cases", "approved", "rejected", "changes", "wrong", "precision", "missed"):
            yield "rule", rule.rule, measure, getattr(rule, measure)
        yield "rule", rule.rule, "age_in_seconds", _seconds(rule.age)
        yield "rule", rule.rule, "median_wait_in_seconds", _seconds(rule.wait)
    for rule_id, line in found.precision.lines.items():
        for day, judged in zip(found.precision.begins, line, strict=True):
            yield f"precision_by_{found.precision.unit}", rule_id, day.isoformat(), judged.precision
            yield f"judged_by_{found.precision.unit}", rule_id, day.isoformat(), judged.total
    for destination in found.destinations:
        for measure in ("asked", "sent", "rejected", "waiting"):
            yield "destination", destination.name, measure, getattr(destination, measure)
    for unmasking in found.unmaskings:
        yield from (("unmasking", str(unmasking.share_id), *step) for step in _steps_of(unmasking))
    for each in found.overlaps:
        yield "overlap", each.person, "over" if each.is_over else "now", "+".join(each.roles)
    for duty in found.duties:
        yield "duty", duty.name, "acts", duty.acts
        yield "duty", duty.name, "by_one_person", duty.by_one
    yield "own_decisions", "all", "rulings", found.own_decisions
