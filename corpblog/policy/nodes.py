"""The YAML nodes of a rule's parts, made from the old nodes, so that comments between their items survive."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from corpblog.policy.engine.model import Between, ChannelClass
from corpblog.policy.engine.reader import Moment
from corpblog.policy.entries import RuleEntry

# What ruamel would write plain although it is then read as something else, as `[?0]` is.
_NEEDS_QUOTES = re.compile(r"[?:\[\]{},#&*!|>\"%@`]|^[-'~=<.]|^\s|\s$")


def _scalar(text: str) -> str:
    """Return a text that reads back as itself in every place of a document."""
    if text.isprintable() and not _NEEDS_QUOTES.search(text):
        return text
    quoted: str = SingleQuotedScalarString(text) if text.isprintable() else DoubleQuotedScalarString(text)
    return quoted


def value_of(key: str, old: Any, entry: RuleEntry) -> Any:
    """Return the node for one key of the rule, made from the old one where there is one; None drops the key."""
    make = _MAKERS.get(key)
    if make is not None:
        return make(old, entry)
    value = getattr(entry, key)
    # What is said by leaving it out is left out, unless somebody wrote it.
    unsaid = old is None and _UNSAID.get(key) == value
    return None if unsaid else value


# What a rule means that does not say it.
_UNSAID: Mapping[str, Any] = {"min_count": 1, "min_distinct": 1, "reviewers": 1, "shadow": False}


def _moment(moment: datetime | None) -> Moment | None:
    return Moment(moment.isoformat()) if moment else None


def _wording(old: Any, en: str, fr: str, *, flow: bool) -> CommentedMap | None:
    if not en and not fr:
        return None
    node = old if isinstance(old, CommentedMap) else CommentedMap()
    if not isinstance(old, CommentedMap) and flow:
        node.fa.set_flow_style()
    for language, text in (("en", en), ("fr", fr)):
        if text and node.get(language) != text:
            node[language] = _scalar(text)
        elif not text:
            node.pop(language, None)
    return node


def _list(old: Any, items: tuple[str, ...]) -> CommentedSeq:
    """Return the list with these items; those that stay keep their place and their comments."""
    if not isinstance(old, CommentedSeq):
        fresh = CommentedSeq([_scalar(item) for item in items])
        if sum(len(item) + 2 for item in items) < 80:
            fresh.fa.set_flow_style()
        return fresh
    for index in reversed(range(len(old))):
        if str(old[index]) not in items:
            del old[index]
    for index, item in enumerate(items):
        if index >= len(old) or str(old[index]) != item:
            known = [str(other) for other in old]
            if item in known[index:]:
                del old[known.index(item, index)]
            old.insert(index, _scalar(item))
    return old


def _any_or(old: Any, items: tuple[str, ...]) -> CommentedSeq | None:
    """Return the list, or nothing where nobody wrote that it is any."""
    return None if old is None and items == ("any",) else _list(old, items)


def _mapping(old: Any, values: Mapping[str, str | tuple[str, ...]]) -> CommentedMap | None:
    """Return a short mapping with those of the values that say something."""
    said = {key: value for key, value in values.items() if value}
    if not said:
        return None
    node = old if isinstance(old, CommentedMap) else _flow({})
    for key in [key for key in node if key not in said]:
        del node[key]
    for key, value in said.items():
        if isinstance(value, tuple):
            node[key] = _list(node.get(key), value)
        elif node.get(key) != value:
            node[key] = _scalar(value)
    return node


def _channel_class(old: Any, wanted: ChannelClass | None) -> CommentedMap | None:
    return _mapping(old, {"at_least": wanted.at_least, "one_of": wanted.one_of} if wanted else {})


def _between(old: Any, window: Between | None) -> CommentedMap | None:
    if window is None:
        return None
    return _mapping(old, {"days": window.days, "hours": window.hours, "time_zone": window.time_zone})


def _detectors(old: Any, entry: RuleEntry) -> CommentedSeq | None:
    detectors = old if isinstance(old, CommentedSeq) else CommentedSeq()
    _put_first(detectors, "keywords", _keywords(_first(detectors, "keywords"), entry))
    _put_patterns(detectors, entry.patterns)
    _put_first(detectors, "identifier", _kinds(_first(detectors, "identifier"), entry.identifiers))
    _put_first(detectors, "links", _kinds(_first(detectors, "links"), entry.links))
    _put_first(detectors, "marking", _kinds(_first(detectors, "marking"), entry.markings))
    secret = next(
        (item["secret"] for item in detectors if "secret" in item and "any" in item["secret"].get("kinds", ["any"])),
        None,
    )
    if secret is None and entry.secrets:
        detectors.append(_flow({"secret": _flow({"kinds": _list(None, ("any",))})}, outer=False))
    elif secret is not None and not entry.secrets:
        _remove(detectors, "secret", secret)
    return detectors or None


def _keywords(old: CommentedMap | None, entry: RuleEntry) -> CommentedMap | None:
    if not entry.words and not entry.dictionary:
        return None
    node = old if old is not None else CommentedMap()
    wanted: Mapping[str, Any] = {
        "terms": _list(node.get("terms"), entry.words) if entry.words else None,
        "dictionary": _scalar(entry.dictionary) if entry.dictionary else None,
        "whole_words": None if entry.whole_words else False,
        "inflect": True if entry.inflect else None,
    }
    for name, value in wanted.items():
        if value is None:
            node.pop(name, None)
        else:
            node[name] = value
    return node


def _kinds(old: CommentedMap | None, kinds: tuple[str, ...]) -> CommentedMap | None:
    if not kinds:
        return None
    if old is None:
        return _flow({"kinds": _list(None, kinds)})
    if tuple(old.get("kinds", ("any",))) != kinds:
        old["kinds"] = _list(old.get("kinds"), kinds)
    return old


def _put_patterns(detectors: CommentedSeq, patterns: tuple[str, ...]) -> None:
    """Keep the regexes that stay, with their validators and comments; drop and add the others."""
    known = [item["regex"] for item in detectors if "regex" in item]
    for node in known:
        if str(node.get("pattern")) not in patterns:
            _remove(detectors, "regex", node)
    present = {str(node.get("pattern")) for node in known}
    for pattern in patterns:
        if pattern not in present:
            detectors.append(CommentedMap({"regex": _flow({"pattern": _scalar(pattern)})}))


def _exceptions(old: Any, words: tuple[str, ...]) -> CommentedSeq | None:
    exceptions = old if isinstance(old, CommentedSeq) else CommentedSeq()
    node = _first(exceptions, "keywords")
    _put_first(exceptions, "keywords", _keywords(node, _words_only(words, node)))
    return exceptions or None


def _words_only(words: tuple[str, ...], node: CommentedMap | None) -> RuleEntry:
    """The entry that stands for an exception: only its words come from the form."""
    old: Mapping[str, Any] = node or {}
    return replace(
        RuleEntry(""),
        words=words,
        dictionary=old.get("dictionary", ""),
        whole_words=old.get("whole_words", True),
        inflect=old.get("inflect", False),
    )


def _examples(old: Any, entry: RuleEntry) -> CommentedMap | None:
    node = old if isinstance(old, CommentedMap) else CommentedMap()
    for name, texts in (("match", entry.match), ("pass", entry.allow)):
        if texts:
            node[name] = _list(node.get(name), texts)
        else:
            node.pop(name, None)
    return node or None


def _flow(values: Mapping[str, Any], *, outer: bool = True) -> CommentedMap:
    node = CommentedMap(values)
    if outer:
        node.fa.set_flow_style()
    return node


def _nodes(detectors: CommentedSeq, kind: str) -> Iterator[CommentedMap]:
    return (item[kind] for item in detectors if kind in item)


def _first(detectors: CommentedSeq, kind: str) -> CommentedMap | None:
    return next(_nodes(detectors, kind), None)


def _put_first(detectors: CommentedSeq, kind: str, node: CommentedMap | None) -> None:
    old = _first(detectors, kind)
    if old is None and node is not None:
        detectors.insert(0 if kind == "keywords" else len(detectors), CommentedMap({kind: node}))
    elif old is not None and node is None:
        _remove(detectors, kind, old)


def _remove(detectors: CommentedSeq, kind: str, node: CommentedMap) -> None:
    index = next(index for index, item in enumerate(detectors) if item.get(kind) is node)
    del detectors[index]


_MAKERS: dict[str, Callable[[Any, RuleEntry], Any]] = {
    "title": lambda old, entry: _wording(old, entry.title_en, entry.title_fr, flow=True),
    "explain": lambda old, entry: _wording(old, entry.explain_en, entry.explain_fr, flow=False),
    "destinations": lambda old, entry: _any_or(old, entry.destinations),
    "groups": lambda old, entry: _any_or(old, entry.groups),
    "classification": lambda old, entry: _channel_class(old, entry.classification),
    "languages": lambda old, entry: _any_or(old, entry.languages),
    "attachments": lambda old, entry: _list(old, entry.attachments) if entry.attachments else None,
    "detect": _detectors,
    "except": lambda old, entry: _exceptions(old, entry.exceptions),
    "from": lambda old, entry: _moment(entry.since),
    "until": lambda old, entry: _moment(entry.until),
    "between": lambda old, entry: _between(old, entry.between),
    "examples": _examples,
    # A rule that is awake, or in no pack, does not say so.
    "pack": lambda _old, entry: entry.pack or None,
    "resting": lambda _old, entry: entry.resting or None,
}
