"""What differs between two versions: rule by rule in meaning, and line by line in text."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from typing import Any, Literal

from corpblog.policy.engine import Policy
from corpblog.policy.engine.model import Rule, canonical
from corpblog.policy.models import PolicyVersion
from corpblog.policy.reading import read

Kind = Literal["added", "removed", "changed"]
# The names that the YAML uses, where ours had to differ.
_YAML_NAMES = {"exceptions": "except", "since": "from"}


@dataclass(frozen=True)
class RuleChange:
    """One rule that is new, gone or different; `parts` names what changed in it, as the YAML calls it."""

    kind: Kind
    before: Rule | None
    after: Rule | None
    parts: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule:
        rule = self.after or self.before
        assert rule is not None
        return rule


@dataclass(frozen=True)
class ListChange:
    """A word list that differs, with the terms that came and went."""

    name: str
    added: tuple[str, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of a line, and whether the other side lacks it."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Line:
    """One line of one side; a missing number stands for the gap opposite a line that the other side has alone."""

    number: int | None = None
    pieces: tuple[Piece, ...] = ()
    differs: bool = False


@dataclass(frozen=True)
class Row:
    """Two lines that stand beside each other; `skipped` counts equal lines left out in their place."""

    before: Line = Line()
    after: Line = Line()
    skipped: int = 0


@dataclass(frozen=True)
class Comparison:
    """The differences between two versions. Without a policy on either side only the text is compared."""

    rules: tuple[RuleChange, ...]
    lists: tuple[ListChange, ...]
    rows: tuple[Row, ...]
    readable: bool

    @property
    def is_empty(self) -> bool:
        return not (self.rules or self.lists or self.rows)


def compare(a: PolicyVersion, b: PolicyVersion) -> Comparison:
    """Return what `b` changes, compared with `a`."""
    before, after = (read(version.source, version.dictionaries).policy for version in (a, b))
    if before is None or after is None:
        return Comparison((), (), text_rows(a.source, b.source), readable=False)
    return Comparison(rule_changes(before, after), list_changes(before, after), text_rows(a.source, b.source), True)


def rule_changes(before: Policy, after: Policy) -> tuple[RuleChange, ...]:
    """Return the rules that differ, in the order of `after`, then those that are gone."""
    changes = [change for rule in after.rules if (change := _change(before.rule(rule.id), rule))]
    gone = [RuleChange("removed", rule, None) for rule in before.rules if after.rule(rule.id) is None]
    return tuple(changes + gone)


def list_changes(before: Policy, after: Policy) -> tuple[ListChange, ...]:
    """Return the word lists that differ, with their terms in the order they stand."""
    changes = []
    for name in sorted({*before.dictionaries, *after.dictionaries}):
        old, new = before.dictionaries.get(name, ()), after.dictionaries.get(name, ())
        if old != new:
            known, kept = set(old), set(new)
            added = tuple(term for term in new if term not in known)
            changes.append(ListChange(name, added, tuple(term for term in old if term not in kept)))
    return tuple(changes)


def _change(before: Rule | None, after: Rule) -> RuleChange | None:
    if before is None:
        return RuleChange("added", None, after)
    parts = tuple(
        _YAML_NAMES.get(part.name, part.name)
        for part in fields(Rule)
        if _meaning(before, part.name) != _meaning(after, part.name)
    )
    return RuleChange("changed", before, after, parts) if parts else None


def _meaning(rule: Rule, name: str) -> Any:
    return canonical(getattr(rule, name))


def text_rows(before: str, after: str, context: int = 3) -> tuple[Row, ...]:
    """Return the differing lines beside each other, amid `context` equal ones; nothing where all are equal."""
    old, new = before.splitlines(), after.splitlines()
    # Long documents repeat many lines, and without `autojunk` that is quadratic.
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) + len(new) > 4000)
    rows: list[Row] = []
    shown = 0
    for group in matcher.get_grouped_opcodes(context):
        start = group[0][1]
        if start > shown:
            rows.append(Row(skipped=start - shown))
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                rows.extend(Row(_plain(old, a1 + i), _plain(new, b1 + i)) for i in range(a2 - a1))
            else:
                rows.extend(_pairs(old, new, range(a1, a2), range(b1, b2)))
        shown = group[-1][2]
    if rows and shown < len(old):
        rows.append(Row(skipped=len(old) - shown))
    return tuple(rows)


def _plain(lines: list[str], index: int) -> Line:
    return Line(index + 1, (Piece(lines[index]),))


def _pairs(old: list[str], new: list[str], left: range, right: range) -> Iterator[Row]:
    for place in range(max(len(left), len(right))):
        a = left[place] if place < len(left) else None
        b = right[place] if place < len(right) else None
        if a is not None and b is not None:
            yield _rewritten(a, old[a], b, new[b])
        elif a is not None:
            yield Row(before=Line(a + 1, (Piece(old[a]),), differs=True))
        elif b is not None:
            yield Row(after=Line(b + 1, (Piece(new[b]),), differs=True))


def _rewritten(a: int, old: str, b: int, new: str) -> Row:
    """Two lines where one became the other: the words that differ are marked, unless nearly all do."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    codes = matcher.get_opcodes() if len(old) + len(new) < 2000 and matcher.ratio() > 0.4 else []
    before = tuple(Piece(old[i1:i2], tag != "equal") for tag, i1, i2, _, _ in codes if i2 > i1)
    after = tuple(Piece(new[j1:j2], tag != "equal") for tag, _, _, j1, j2 in codes if j2 > j1)
    return Row(
        Line(a + 1, before or (Piece(old),), differs=True),
        Line(b + 1, after or (Piece(new),), differs=True),
    )
