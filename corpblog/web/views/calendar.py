"""The editorial calendar: what leaves when, by month or week."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import get_default_timezone_name, localdate, localtime, make_aware
from django.views.decorators.http import require_GET

from corpblog.people.models import Person
from corpblog.sharing import access, queues, selectors
from corpblog.sharing.models import QuietPeriod, Share
from corpblog.web import share_words
from corpblog.web.views.asking import person_of


@dataclass(frozen=True)
class Entry:
    """A share on its day; `may_move` says whether this person can move it."""

    row: share_words.Row
    at: datetime | None
    may_move: bool


@dataclass(frozen=True)
class Day:
    """One cell."""

    day: date
    is_inside: bool
    is_today: bool
    is_over: bool
    entries: list[Entry]
    quiet: list[QuietPeriod]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """A month, or a week with ?week=; both begin on Monday."""
    person = person_of(request)
    today = localdate()
    can_set_times = access.can_set_times(person)
    is_week = "week" in request.GET
    anchor = _day(request.GET.get("week" if is_week else "month", ""), today)
    first, last = _week_of(anchor) if is_week else _month_of(anchor)
    context: dict[str, Any] = {
        "is_week": is_week,
        "anchor": anchor,
        "weeks": _weeks(person, first, last, anchor if not is_week else None),
        "waiting": [_entry(share, person) for share in selectors.without_a_time(person)],
        "before": (first - timedelta(days=1)) if is_week else anchor.replace(day=1) - timedelta(days=1),
        "after": last + timedelta(days=1) if is_week else _next_month(anchor),
        "today": today,
        "places": [offer.destination for offer in selectors.destinations_for(person)],
        "can_set_times": can_set_times,
        "zone": get_default_timezone_name(),
        "weekdays": [first + timedelta(days=number) for number in range(7)],
    }
    return render(request, "shares/calendar.html", context)


def _weeks(person: Person, first: date, last: date, month: date | None) -> list[list[Day]]:
    start, end = (make_aware(datetime.combine(day, clock_time())) for day in (first, last + timedelta(days=1)))
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for share in selectors.planned(person, start, end):
        entry = _entry(share, person)
        by_day[localtime(share.send_at).date()].append(entry)
    today = localdate()
    quiet = _quiet_days(person, start, end)
    days = [
        Day(
            day,
            is_inside=month is None or day.month == month.month,
            is_today=day == today,
            is_over=day < today,
            entries=by_day[day],
            quiet=quiet[day],
        )
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
    ]
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _quiet_days(person: Person, start: datetime, end: datetime) -> dict[date, list[QuietPeriod]]:
    """Return which quiet periods each day of the span is in, of destinations that the person can share to."""
    places = [offer.destination for offer in selectors.destinations_for(person)]
    found: dict[date, list[QuietPeriod]] = defaultdict(list)
    for period in queues.quiet_periods(places, start, end):
        day = localtime(max(period.starts_at, start)).date()
        # What ends at midnight is over on that day.
        last = localtime(min(period.ends_at, end) - timedelta(microseconds=1)).date()
        while day <= last:
            found[day].append(period)
            day += timedelta(days=1)
    return found


def _entry(share: Share, person: Person) -> Entry:
    may_move = share.state in Share.STOPPABLE and access.can_stop(person, share)
    return Entry(share_words.row(share), localtime(share.send_at) if share.send_at else None, may_move)


def _day(text: str, default: date) -> date:
    try:
        return date.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01")
    except ValueError:
        return default


def _week_of(day: date) -> tuple[date, date]:
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6)


def _month_of(day: date) -> tuple[date, date]:
    length = calendar.monthrange(day.year, day.month)[1]
    return _week_of(day.replace(day=1))[0], _week_of(day.replace(day=length))[1]


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
