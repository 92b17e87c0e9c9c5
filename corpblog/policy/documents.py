"""Change one rule in a policy's YAML and leave every other line as somebody wrote it.

The text is cut by lines, not dumped as a whole: only the keys of the rule that changed are written anew, so that
comments, order and layout around them stay byte for byte. A comment line inside what is written anew is put above it
where it would go otherwise.
"""

import io
from dataclasses import replace
from functools import lru_cache
from textwrap import dedent, indent
from typing import Any

from django.utils.translation import gettext as _
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.policy.engine.reader import new_yaml
from corpblog.policy.engine.reader.keys import KEYS
from corpblog.policy.entries import RuleEntry, entry_of
from corpblog.policy.nodes import value_of
from corpblog.policy.reading import read

# How the keys of a rule stand in a file; a new key goes behind those that stand before it here.
ORDER = KEYS["rule"]


def put_rule(source: str, dictionaries: dict[str, str], rule_id: str | None, entry: RuleEntry) -> str:
    """Return the YAML with the rule as the form has it; a `rule_id` of None adds one at the end."""
    policy = read(source, dictionaries).policy
    if policy is None:
        raise Conflict(_("The YAML of this draft has a mistake. Correct it there first; the form is kept."))
    if entry.id != rule_id and policy.rule(entry.id):
        raise Invalid(_("Another rule has the identifier %(id)s already.") % {"id": entry.id})
    if rule_id is None:
        return _with_new_rule(source, entry)
    rule = policy.rule(rule_id)
    if rule is None:
        raise NotFound(_("This draft has no such rule."))
    changed = _changed_keys(entry_of(rule), entry)
    result = source
    for key in sorted(changed, key=ORDER.index):
        result = _with_key(result, rule_id if key == "id" or "id" not in changed else entry.id, key, entry)
    return result


def switch_pack(
    source: str, dictionaries: dict[str, str], pack: str, *, shadow: bool, resting: bool
) -> tuple[str, int]:
    """Return the YAML with all rules of a pack switched, and how many of them were otherwise before."""
    policy = read(source, dictionaries).policy
    if policy is None:
        raise Conflict(_("The YAML of this draft has a mistake. Correct it there first."))
    rules = [rule for rule in policy.rules if rule.pack == pack]
    if not rules:
        raise NotFound(_("This draft has no such pack."))
    others = [rule for rule in rules if (rule.shadow, rule.resting) != (shadow, resting)]
    for rule in others:
        source = put_rule(source, dictionaries, rule.id, replace(entry_of(rule), shadow=shadow, resting=resting))
    return source, len(others)


def rule_text(source: str, rule_id: str) -> str:
    """Return one rule as it stands in the YAML, moved to the margin, with the comments right above it."""
    lines = source.split("\n")
    first, last = _rule_lines(_seen(source), lines, rule_id)
    return dedent("\n".join(lines[_with_comments(lines, first) : last])).strip("\n") + "\n"


def with_rule_text(source: str, rule_id: str | None, text: str) -> tuple[str, int]:
    """Return the YAML with this text in the rule's place, at its margin, and the line on which it begins.

    A `rule_id` of None puts it behind the other rules. Whether the text is a rule is seen when the whole is read.
    """
    lines = source.split("\n")
    if rule_id is None:
        before, column, after = _behind_rules(source)
    else:
        first, last = _rule_lines(_seen(source), lines, rule_id)
        column = len(lines[first]) - len(lines[first].lstrip())
        before, after = lines[: _with_comments(lines, first)], lines[last:]
    block = indent(text.replace("\r\n", "\n").strip("\n"), " " * column).split("\n")
    end = [""] if rule_id is None else []
    return "\n".join([*before, *block, *after, *end]), len(before) + 1


def drop_rule(source: str, rule_id: str) -> str:
    """Return the YAML without the rule and the comment that stands right above it."""
    lines = source.split("\n")
    document = _parsed(source)
    first, last = _rule_lines(document, lines, rule_id)
    first = _with_comments(lines, first)
    kept = lines[:first] + lines[last:]
    if len(document["rules"]) == 1:
        key = next(number for number, line in enumerate(kept) if line.startswith("rules:"))
        kept[key] = "rules: []"
    return "\n".join(kept)


def add_rules(source: str, other: str) -> tuple[str, tuple[str, ...]]:
    """Return the YAML with the rules of another document behind its own, and their ids.

    They come as they stand there, with the comments right above them. A rule whose id is taken is left out.
    """
    known = {node.get("id") for node in _parsed(source).get("rules") or ()}
    document, lines = _parsed(other), other.split("\n")
    added = tuple(node["id"] for node in document["rules"] if node["id"] not in known)
    for rule_id in added:
        first, last = _rule_lines(document, lines, rule_id)
        first = _with_comments(lines, first)
        before, column, after = _behind_rules(source)
        block = indent(dedent("\n".join(lines[first:last])), " " * column).split("\n")
        source = "\n".join([*before, *block, *after, ""])
    return source, added


# What changed ---------------------------------------------------------------------------------------------------------

_KEYS = {
    "id": ("id",),
    "pack": ("pack",),
    "title": ("title_en", "title_fr"),
    "audience": ("audience",),
    "destinations": ("destinations",),
    "groups": ("groups",),
    "detect": (
        "words",
        "dictionary",
        "whole_words",
        "inflect",
        "patterns",
        "identifiers",
        "secrets",
        "links",
        "markings",
    ),
    "except": ("exceptions",),
    "classification": ("classification",),
    "languages": ("languages",),
    "attachments": ("attachments",),
    "min_count": ("min_count",),
    "min_distinct": ("min_distinct",),
    "from": ("since",),
    "until": ("until",),
    "between": ("between",),
    "shadow": ("shadow",),
    "resting": ("resting",),
    "outcome": ("outcome",),
    "score": ("score",),
    "reviewers": ("reviewers",),
    "explain": ("explain_en", "explain_fr"),
    "examples": ("match", "allow"),
}


def _changed_keys(before: RuleEntry, after: RuleEntry) -> set[str]:
    return {key for key, parts in _KEYS.items() if any(getattr(before, part) != getattr(after, part) for part in parts)}


# Lines ----------------------------------------------------------------------------------------------------------------


def _parsed(source: str) -> CommentedMap:
    document: CommentedMap = new_yaml().load(source)
    rules = document.get("rules")
    if document.fa.flow_style() or (rules and rules.fa.flow_style()):
        raise Invalid(_("The rules of this draft stand in brackets on one line. Change them in the YAML."))
    return document


@lru_cache(maxsize=4)
def _seen(source: str) -> CommentedMap:
    """Return the parsed text for looking up places, never for changing; while somebody types it is asked for often."""
    return _parsed(source)


def _rule_node(document: CommentedMap, rule_id: str) -> tuple[int, CommentedMap]:
    for index, node in enumerate(document["rules"]):
        if node.get("id") == rule_id:
            return index, node
    raise NotFound(_("This draft has no such rule."))


def _rule_lines(document: CommentedMap, lines: list[str], rule_id: str) -> tuple[int, int]:
    """Return the first line of the rule, the one with the dash, and the line behind its last."""
    index, _node = _rule_node(document, rule_id)
    rules = document["rules"]
    first = _dash_line(lines, rules, index)
    end = _dash_line(lines, rules, index + 1) if index + 1 < len(rules) else _line_behind(document, "rules", len(lines))
    return first, _without_tail(lines, first, end)


def _with_comments(lines: list[str], first: int) -> int:
    """Return the first of the comment lines right above a line."""
    while first > 0 and lines[first - 1].strip().startswith("#"):
        first -= 1
    return first


def _dash_line(lines: list[str], rules: CommentedSeq, index: int) -> int:
    line = int(rules.lc.item(index)[0])
    while not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _line_behind(node: CommentedMap, key: str, default: int) -> int:
    """Return the line of the key that follows `key`."""
    own = node.lc.key(key)[0]
    return min((node.lc.key(other)[0] for other in node if node.lc.key(other)[0] > own), default=default)


def _without_tail(lines: list[str], first: int, end: int) -> int:
    """Return `end` moved up past blank and comment lines: they belong to what follows."""
    while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _with_key(source: str, rule_id: str, key: str, entry: RuleEntry) -> str:
    """Return the YAML with one key of one rule as the entry has it."""
    lines = source.split("\n")
    document = _parsed(source)
    _index, node = _rule_node(document, rule_id)
    first, last = _rule_lines(document, lines, rule_id)
    if node.fa.flow_style():
        return _with_block_rule(lines, (first, last), node, key, value_of(key, node.get(key), entry))
    column = node.lc.key("id")[1]
    if key not in node:
        at = _place_for(node, key, last, lines)
        return "\n".join(lines[:at] + _dumped(key, value_of(key, None, entry), column) + lines[at:])
    start = node.lc.key(key)[0]
    end = _without_tail(lines, start, min(_line_behind(node, key, last), last))
    prefix = lines[start][:column]
    region = "\n".join([" " * column + lines[start][column:], *lines[start + 1 : end]])
    fresh = _rewritten(region, key, entry, column)
    fresh = _lost_comments(region, fresh, column) + fresh if prefix.strip() == "" else fresh
    if fresh and prefix.strip():
        fresh[0] = prefix + fresh[0][column:]
    return "\n".join(lines[:start] + fresh + lines[end:])


def _place_for(node: CommentedMap, key: str, last: int, lines: list[str]) -> int:
    before = [known for known in node if known in ORDER and ORDER.index(known) < ORDER.index(key)]
    if not before:
        return int(node.lc.key("id")[0]) + 1
    nearest = max(before, key=lambda known: node.lc.key(known)[0])
    return _without_tail(lines, node.lc.key(nearest)[0], min(_line_behind(node, nearest, last), last))


def _with_block_rule(lines: list[str], place: tuple[int, int], node: CommentedMap, key: str, value: Any) -> str:
    """A rule that stands in braces is written anew as a whole."""
    first, last = place
    node.fa.set_block_style()
    if value is None:
        node.pop(key, None)
    else:
        node[key] = value
    column = len(lines[first]) - len(lines[first].lstrip())
    return "\n".join(lines[:first] + _dumped_item(node, column) + lines[last:])


def _with_new_rule(source: str, entry: RuleEntry) -> str:
    node = CommentedMap()
    for key in sorted(_KEYS, key=ORDER.index):
        value = value_of(key, None, entry)
        if value is not None:
            node[key] = value
    before, column, after = _behind_rules(source)
    return "\n".join([*before, *_dumped_item(node, column), *after, ""])


def _behind_rules(source: str) -> tuple[list[str], int, list[str]]:
    """Return the lines before the place of one more rule, the column of its dash, and the lines behind it."""
    lines = source.rstrip("\n").split("\n")
    document = _seen(source)
    if not document.get("rules"):
        at = document.lc.key("rules")[0]
        return [*lines[:at], "rules:"], 2, lines[at + 1 :]
    dash = lines[_dash_line(lines, document["rules"], 0)]
    end = _without_tail(lines, 0, _line_behind(document, "rules", len(lines)))
    return [*lines[:end], ""], len(dash) - len(dash.lstrip()), lines[end:]


def _dumped(key: str, value: Any, column: int) -> list[str]:
    return [] if value is None else _text(CommentedMap({key: value}), column)


def _dumped_item(node: CommentedMap, column: int) -> list[str]:
    lines = _text(node, column + 2)
    return [f"{' ' * column}- {lines[0].lstrip()}", *lines[1:]]


def _text(node: CommentedMap, column: int) -> list[str]:
    stream = io.StringIO()
    new_yaml().dump(node, stream)
    return indent(stream.getvalue(), " " * column).rstrip("\n").split("\n")


def _rewritten(region: str, key: str, entry: RuleEntry, column: int) -> list[str]:
    """Return the lines of the key with its new value, made from the node that stood there, with its comments."""
    try:
        node = new_yaml().load(dedent(region))
        value = value_of(key, node[key], entry)
    except (YAMLError, KeyError, TypeError):
        return _dumped(key, value_of(key, None, entry), column)
    if value is None:
        return []
    node[key] = value
    return _text(node, column)


def _lost_comments(region: str, fresh: list[str], column: int) -> list[str]:
    """Return the comment lines of the old text that the new one lacks."""
    kept = {line.strip() for line in fresh}
    comments = (line.strip() for line in region.split("\n") if line.lstrip().startswith("#"))
    return [" " * column + comment for comment in comments if comment not in kept]
