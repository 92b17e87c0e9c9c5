"""Writes a policy as YAML. What was not changed keeps its comments, quotes, order and blank lines."""

from __future__ import annotations

import difflib
import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from corpblog.policy.engine.model import (
    ANY,
    FORMAT_VERSION,
    AllOf,
    AnyOf,
    Between,
    ChannelClass,
    ChannelWords,
    Defaults,
    Detector,
    Excerpt,
    Identifier,
    Keywords,
    Links,
    Marking,
    Near,
    Not,
    Policy,
    RecordMatch,
    Regex,
    Rule,
    Secret,
)
from corpblog.policy.engine.problems import PolicyError
from corpblog.policy.engine.reader import Moment, load_policy, new_yaml
from corpblog.policy.engine.wording import Wording

Plain = dict[str, Any]


def dump_policy(policy: Policy) -> str:
    """The YAML of this policy: its source to the letter if nothing changed, else with the changes worked in."""
    if policy.source and _means(policy.source, policy):
        return policy.source
    if policy.source:
        edited = _edited(policy)
        if edited and _means(edited, policy):
            return edited
    return _written(_commented(_policy(policy)))


def _means(text: str, policy: Policy) -> bool:
    """True when this text says this policy: whatever the merge below does, writing never changes a policy."""
    try:
        return load_policy(text, policy.dictionaries).digest == policy.digest
    except PolicyError:
        return False


def _edited(policy: Policy) -> str:
    try:
        document = new_yaml().load(policy.source)
    except Exception:
        return ""
    if not isinstance(document, CommentedMap):
        return ""
    _merge_mapping(document, _policy(policy), _DEFAULTS)
    return _written(document)


def _written(document: CommentedMap) -> str:
    stream = io.StringIO()
    new_yaml().dump(document, stream)
    return stream.getvalue()


# Model to plain data -------------------------------------------------------------------------------------------------

# Keys that may be left out, and what they mean then. In a source where they are written out they stay.
_DEFAULTS: dict[str, Any] = {
    "audience": ANY,
    "destinations": [ANY],
    "groups": [ANY],
    "languages": [ANY],
    "min_count": 1,
    "min_distinct": 1,
    "shadow": False,
    "resting": False,
    "pack": "",
    "reviewers": 1,
    "whole_words": True,
    "inflect": False,
    "validator": "none",
    "characters": 200,
    "columns": [ANY],
    "kinds": [ANY],
    "terms": [],
    "match": [],
    "pass": [],
    "external": "allow",
    "internal": "allow",
    "title": {},
    "explain": {},
    "examples": {},
    "default": {},
}


def _policy(policy: Policy) -> Plain:
    company = {"domains": list(policy.company.domains), "internal_hosts": list(policy.company.internal_hosts)}
    plain: Plain = {
        "policy": FORMAT_VERSION,
        "name": policy.name,
        "company": {key: hosts for key, hosts in company.items() if hosts},
        "rules": [_rule(rule) for rule in policy.rules],
    }
    if not plain["company"]:
        del plain["company"]
    if policy.default != Defaults():
        plain["default"] = {"external": policy.default.external.value, "internal": policy.default.internal.value}
    return plain


def _rule(rule: Rule) -> Plain:
    plain: dict[str, Any] = {
        "id": rule.id,
        "pack": rule.pack,
        "title": _wording(rule.title),
        "audience": rule.audience,
        "destinations": list(rule.destinations),
        "groups": list(rule.groups),
        "classification": _channel_class(rule.classification),
        "languages": list(rule.languages),
        "attachments": list(rule.attachments) or None,
        "detect": [_detector(detector) for detector in rule.detect] or None,
        "except": [_detector(detector) for detector in rule.exceptions] or None,
        "min_count": rule.min_count,
        "min_distinct": rule.min_distinct,
        "from": _moment(rule.since),
        "until": _moment(rule.until),
        "between": _between(rule.between),
        "shadow": rule.shadow,
        "resting": rule.resting,
        "outcome": rule.outcome.value,
        "score": rule.score,
        "reviewers": rule.reviewers,
        "explain": _wording(rule.explain),
        "examples": _short({"match": list(rule.examples.match), "pass": list(rule.examples.allow)}),
    }
    return _short({key: value for key, value in plain.items() if value is not None})


def _channel_class(wanted: ChannelClass | None) -> Plain | None:
    if wanted is None:
        return None
    return {"at_least": wanted.at_least} if wanted.at_least else {"one_of": list(wanted.one_of)}


def _moment(moment: datetime | None) -> Moment | None:
    return Moment(moment.isoformat()) if moment else None


def _between(window: Between | None) -> Plain | None:
    if window is None:
        return None
    plain = {"days": list(window.days), "hours": window.hours, "time_zone": window.time_zone}
    return {key: value for key, value in plain.items() if value}


def _wording(wording: Wording) -> Plain:
    return {language: text for language, text in wording.to_json().items() if text}


def _detector(detector: Detector) -> Plain:
    said: tuple[str, Any]
    match detector:
        case Keywords():
            said = "keywords", _keywords(detector)
        case Excerpt(dictionary, characters):
            said = "excerpt", _short({"dictionary": dictionary, "characters": characters})
        case RecordMatch(dictionary, columns, words):
            said = "records", _short({"dictionary": dictionary, "columns": list(columns)}) | {"words": words}
        case ChannelWords(at_least, characters):
            said = "channel_words", _short({"at_least": at_least, "characters": characters})
        case Regex(pattern, validator):
            said = "regex", _short({"pattern": pattern, "validator": validator})
        case Identifier(kinds) | Secret(kinds) | Links(kinds) | Marking(kinds):
            said = type(detector).__name__.lower(), {"kinds": list(kinds)}
        case AllOf(parts):
            said = "all_of", [_detector(part) for part in parts]
        case AnyOf(parts):
            said = "any_of", [_detector(part) for part in parts]
        case Not(parts):
            said = "not", [_detector(part) for part in parts]
        case Near(words_apart, parts):
            said = "near", {"words": words_apart, "all": [_detector(part) for part in parts]}
    return dict((said,))


def _keywords(detector: Keywords) -> Plain:
    dictionary = {"dictionary": detector.dictionary} if detector.dictionary else {}
    return _short(
        {
            "terms": list(detector.terms),
            **dictionary,
            "whole_words": detector.whole_words,
            "inflect": detector.inflect,
        }
    )


def _short(plain: Plain) -> Plain:
    """Without what goes without saying."""
    return {key: value for key, value in plain.items() if key not in _DEFAULTS or value != _DEFAULTS[key]}


def _commented(value: Any) -> Any:
    """Plain data as ruamel writes it: short lists and mappings on one line."""
    if isinstance(value, dict):
        mapping = CommentedMap({key: _commented(item) for key, item in value.items()})
        if set(value) <= {
            "en",
            "fr",
            "external",
            "internal",
            "terms",
            "kinds",
            "words",
            "pattern",
            "validator",
            "at_least",
            "one_of",
            "days",
            "hours",
            "time_zone",
            "domains",
            "internal_hosts",
        } and _fits(value):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        items = CommentedSeq([_commented(item) for item in value])
        if not any(isinstance(item, dict) for item in value) and _fits(value):
            items.fa.set_flow_style()
        return items
    if type(value) is str and not _PLAIN_SCALAR.fullmatch(value):
        return SingleQuotedScalarString(value)
    return value


# What may stand without quotes anywhere; the writer leaves some out that brackets around them would need.
_PLAIN_SCALAR = re.compile(r"\w(?:[\w .’()/%&+@\-]*[\w.’()/%&+@\-])?")


def _fits(value: Any) -> bool:
    return len(json.dumps(value, ensure_ascii=False)) < 90


# Working changes into the source -----------------------------------------------------------------------------------


def _merge(old: Any, new: Any, put: Callable[[Any], None]) -> None:
    """Makes what stands there mean `new`, touching as little as possible."""
    if isinstance(old, CommentedMap) and isinstance(new, dict):
        _merge_mapping(old, new, _DEFAULTS)
    elif isinstance(old, CommentedSeq) and isinstance(new, list):
        _merge_list(old, new)
    elif old != new or isinstance(old, bool) != isinstance(new, bool):
        put(_commented(new))


def _merge_mapping(old: CommentedMap, new: Plain, defaults: Mapping[str, Any]) -> None:
    for key in list(old):
        if key in new:
            _merge(old[key], new[key], lambda value, key=key: old.__setitem__(key, value))  # type: ignore[misc]
        elif not _goes_without_saying(key, old[key], defaults):
            del old[key]
    order = list(new)
    for index, key in enumerate(order):
        if key not in old:
            before = [other for other in order[:index] if other in old]
            place = list(old).index(before[-1]) + 1 if before else 0
            old.insert(place, key, _commented(new[key]))


def _merge_list(old: CommentedSeq, new: list[Any]) -> None:
    """Rules are recognised by their id, everything else by being equal."""
    matcher = difflib.SequenceMatcher(None, [_key(item) for item in old], [_key(item) for item in new], autojunk=False)
    for tag, old_start, old_end, new_start, new_end in reversed(matcher.get_opcodes()):
        paired = min(old_end - old_start, new_end - new_start)
        if tag in {"delete", "insert", "replace"}:
            for index in reversed(range(old_start + paired, old_end)):
                del old[index]
            for offset, item in enumerate(new[new_start + paired : new_end]):
                old.insert(old_start + paired + offset, _commented(item))
        for offset in range(paired):
            index = old_start + offset
            _merge(old[index], new[new_start + offset], lambda value, index=index: old.__setitem__(index, value))  # type: ignore[misc]


def _key(item: Any) -> str:
    if isinstance(item, dict) and "id" in item:
        return f"id {item['id']}"
    return json.dumps(item, sort_keys=True, default=str)


def _goes_without_saying(key: str, value: Any, defaults: Mapping[str, Any]) -> bool:
    """True for a default that is written out: it stays."""
    if key not in defaults:
        return False
    if isinstance(value, dict) and isinstance(defaults[key], dict):
        return all(_goes_without_saying(inner, value[inner], defaults) for inner in value)
    return _same(value, defaults[key])


def _same(left: Any, right: Any) -> bool:
    return json.dumps(left, sort_keys=True, default=str) == json.dumps(right, sort_keys=True, default=str)
