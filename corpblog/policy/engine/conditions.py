"""Whom, where and when a rule speaks of: what it asks about a post before it looks at a word.

What is not known exempts nobody: a rule rests only when a fact says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from corpblog.policy.engine.model import ANY, CLASSIFICATIONS, DAYS, Between, ChannelClass, Rule
from corpblog.policy.engine.verdict import Scan

Condition = Callable[[Scan], bool]

_HOURS: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))")


def conditions_of(rule: Rule) -> tuple[Condition, ...]:
    """The questions that this rule asks, and no others; it speaks when all of them are answered with yes."""
    return tuple(condition for _, condition in _conditions(rule))


def unmet(rule: Rule, question: Scan) -> str:
    """The first condition, as the YAML calls it, for which this rule has nothing to say here; empty where it speaks."""
    return next((key for key, condition in _conditions(rule) if not condition(question)), "")


def _conditions(rule: Rule) -> Iterator[tuple[str, Condition]]:
    if rule.resting:
        yield "resting", lambda _question: False
    if rule.audience != ANY:
        yield "audience", lambda question: question.audience == rule.audience
    if ANY not in rule.destinations:
        yield "destinations", lambda question: _is_destination(rule.destinations, question)
    if ANY not in rule.groups:
        yield "groups", lambda question: question.groups is None or not question.groups.isdisjoint(rule.groups)
    if rule.classification:
        yield "classification", _classified(rule.classification)
    if ANY not in rule.languages:
        yield "languages", lambda question: not question.language or _is_language(question.language, rule.languages)
    if rule.attachments:
        yield "attachments", lambda question: _has_kind(question.attachment_kinds, rule.attachments)
    if rule.since:
        since = rule.since
        yield "from", lambda question: question.now is None or zoned(question.now) >= since
    if rule.until:
        until = rule.until
        yield "until", lambda question: question.now is None or zoned(question.now) < until
    if rule.between:
        yield "between", _within(rule.between)


def _is_destination(names: tuple[str, ...], question: Scan) -> bool:
    if question.destination is None and question.destination_name is None:
        return question.audience == "external"
    return not {question.destination, question.destination_name}.isdisjoint(names)


def labels_of(wanted: ChannelClass) -> frozenset[str]:
    """The classifications that are meant."""
    if wanted.at_least:
        return frozenset(CLASSIFICATIONS[CLASSIFICATIONS.index(wanted.at_least) :])
    return frozenset(wanted.one_of)


def _classified(wanted: ChannelClass) -> Condition:
    exempt = frozenset(CLASSIFICATIONS) - labels_of(wanted)
    return lambda question: question.channel_classification not in exempt


def _is_language(language: str, languages: tuple[str, ...]) -> bool:
    return primary(language) in {primary(known) for known in languages}


def primary(language: str) -> str:
    """The language without its country: `en` of `en-GB`."""
    return re.split("[-_]", language, maxsplit=1)[0].casefold()


def _has_kind(kinds: frozenset[str] | None, wanted: tuple[str, ...]) -> bool:
    if kinds is None:
        return True
    return bool(kinds) if ANY in wanted else not kinds.isdisjoint(wanted)


def zoned(moment: datetime) -> datetime:
    """A time without a zone is taken as UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def hours_of(text: str) -> tuple[time, time] | None:
    """Beginning and end of `18:00-08:00`, None for what is no such text; midnight at the end is 24:00 or 00:00."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    end = time(int(found[3]), int(found[4])) if found[3] else time.min
    return time(int(found[1]), int(found[2])), end


def _within(window: Between) -> Condition:
    zone = ZoneInfo(window.time_zone)
    days = {DAYS.index(day) for day in window.days or DAYS}
    start, end = (hours_of(window.hours) if window.hours else None) or (time.min, time.min)

    def is_within(question: Scan) -> bool:
        if question.now is None:
            return True
        here = zoned(question.now).astimezone(zone)
        if start < end:
            return here.weekday() in days and start <= here.time() < end
        # Over midnight: the evening of one of the days, or the morning after it.
        evening = here.weekday() in days and here.time() >= start
        morning = (here - timedelta(days=1)).weekday() in days and here.time() < end
        return evening or morning

    return is_within
