"""The conditions of a rule, read from YAML: channel, language, attachments and time."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from ruamel.yaml.comments import CommentedMap

from corpblog.policy.engine.conditions import hours_of
from corpblog.policy.engine.model import ANY, ATTACHMENT_KINDS, CLASSIFICATIONS, DAYS, Between, ChannelClass
from corpblog.policy.engine.reader.keys import KEYS
from corpblog.policy.engine.reader.values import (
    ValueReader,
    close_to,
    did_you_mean_en,
    did_you_mean_fr,
    item_place,
    value_place,
)

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


class ConditionReader(ValueReader):
    """Reads what a rule asks about the post as a whole."""

    def _classification(self, node: CommentedMap, path: str) -> ChannelClass | None:
        if "classification" not in node:
            return None
        inner, here, place = node["classification"], f"{path}.classification", value_place(node, "classification")
        if not self._mapping(inner, here, place, KEYS["classification"]):
            return None
        if len(inner) != 1:
            self._report(
                here,
                place,
                "Write either `at_least: confidential` or `one_of: [confidential, restricted]`.",
                "Écrivez soit « at_least: confidential », soit « one_of: [confidential, restricted] ».",
            )
            return None
        if "at_least" in inner:
            return ChannelClass(at_least=self._choice(inner, "at_least", here, CLASSIFICATIONS, CLASSIFICATIONS[0]))
        return ChannelClass(one_of=self._choices(inner, "one_of", here, CLASSIFICATIONS))

    def _languages(self, node: CommentedMap, path: str) -> tuple[str, ...]:
        languages = self._strings(node, "languages", path, (ANY,))
        for index, language in enumerate(languages):
            if language != ANY and not _LANGUAGE.fullmatch(language):
                self._report(
                    f"{path}.languages[{index}]",
                    item_place(node["languages"], index),
                    "A language is written with its code, such as en or fr.",
                    "Une langue s’écrit avec son code, par exemple en ou fr.",
                )
        return languages

    def _attachments(self, node: CommentedMap, path: str) -> tuple[str, ...]:
        return self._choices(node, "attachments", path, (ANY, *ATTACHMENT_KINDS)) if "attachments" in node else ()

    def _between(self, node: CommentedMap, path: str) -> Between | None:
        if "between" not in node:
            return None
        inner, here, place = node["between"], f"{path}.between", value_place(node, "between")
        if not self._mapping(inner, here, place, KEYS["between"], required=("time_zone",)):
            return None
        if "days" not in inner and "hours" not in inner:
            self._report(
                here,
                place,
                "Say when: add `days: [sat, sun]` or `hours: 18:00-08:00`.",
                "Dites quand : ajoutez « days: [sat, sun] » ou « hours: 18:00-08:00 ».",
            )
        days = self._choices(inner, "days", here, DAYS) if "days" in inner else ()
        return Between(self._time_zone(inner, here), days, self._hours(inner, here))

    def _hours(self, node: CommentedMap, path: str) -> str:
        hours = self._text(node, "hours", path, longest=20)
        if hours and hours_of(hours) is None:
            self._report(
                f"{path}.hours",
                value_place(node, "hours"),
                "Write the hours with a beginning and an end, such as 18:00-08:00.",
                "Écrivez les heures avec un début et une fin, par exemple 18:00-08:00.",
            )
            return ""
        return hours

    def _time_zone(self, node: CommentedMap, path: str) -> str:
        name = self._text(node, "time_zone", path, longest=60)
        try:
            return ZoneInfo(name or "UTC").key
        except (KeyError, ValueError, OSError):
            near = close_to(name, sorted(available_timezones()))
            self._report(
                f"{path}.time_zone",
                value_place(node, "time_zone"),
                f"This time zone is not known.{did_you_mean_en(near)} Write it as Europe/Paris.",
                f"Ce fuseau horaire est inconnu.{did_you_mean_fr(near)} Écrivez-le comme Europe/Paris.",
            )
            return "UTC"

    def _moment(self, node: CommentedMap, key: str, path: str) -> datetime | None:
        if key not in node:
            return None
        try:
            moment = datetime.fromisoformat(str(node[key]))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self._report(
                f"{path}.{key}",
                value_place(node, key),
                "Write date, time and time zone, such as 2027-03-01T08:00:00+01:00.",
                "Écrivez la date, l’heure et le fuseau, par exemple 2027-03-01T08:00:00+01:00.",
            )
            return None
        return moment
