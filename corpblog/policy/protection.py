"""Does a change lower protection? Whatever is not clearly as strict as before counts as lower."""

from collections.abc import Callable
from dataclasses import dataclass

from corpblog.policy.engine import Policy
from corpblog.policy.engine.conditions import labels_of
from corpblog.policy.engine.kinds import OfKinds, meant_by
from corpblog.policy.engine.model import (
    CHANNEL_LABELS,
    ChannelWords,
    Detector,
    Excerpt,
    Keywords,
    Listed,
    RecordMatch,
    Rule,
    walk,
)


@dataclass(frozen=True)
class Lowering:
    """One way in which less is stopped than before. `part` names a field of the rule, or `rule` when it is gone."""

    rule: str
    part: str


def lowerings(before: Policy | None, after: Policy) -> list[Lowering]:
    """Return every way in which `after` may let out what `before` stopped; none when there was nothing before."""
    if before is None:
        return []
    # A rule that is in shadow or rests stopped nothing.
    deciding = [rule for rule in before.rules if not (rule.shadow or rule.resting)]
    found = [lowering for rule in deciding for lowering in _of_rule(before, rule, after)]
    audiences = ("external", "internal")
    laxer = [name for name in audiences if getattr(after.default, name) < getattr(before.default, name)]
    found += [Lowering("", f"default.{name}") for name in laxer]
    # Some rules find less with another domain, others without it.
    return found if before.company == after.company else [*found, Lowering("", "company")]


def _of_rule(before: Policy, rule: Rule, after: Policy) -> list[Lowering]:
    now = after.rule(rule.id)
    if now is None:
        return [Lowering(rule.id, "rule")]
    found = [Lowering(rule.id, part) for part, as_strict in _CHECKS.items() if not as_strict(rule, now)]
    lost = _from_lists(before, rule.detect) - _from_lists(after, now.detect)
    excepted = _from_lists(after, now.exceptions) - _from_lists(before, rule.exceptions)
    if (lost or excepted) and not {"detect", "except"} & {lowering.part for lowering in found}:
        found.append(Lowering(rule.id, "dictionary"))
    return found


def _finds_as_much(old: tuple[Detector, ...], new: tuple[Detector, ...]) -> bool:
    # Without detectors a rule objects to every post.
    if not old or not new:
        return not new
    return all(any(_covers(candidate, detector) for candidate in new) for detector in old)


def _covers(new: Detector, old: Detector) -> bool:
    """Whether `new` finds all that `old` found, as far as that shows in the rule."""
    if isinstance(new, Keywords) and isinstance(old, Keywords):
        return (
            set(old.terms) <= set(new.terms)
            and (not old.dictionary or old.dictionary == new.dictionary)
            and new.whole_words <= old.whole_words
            and new.inflect >= old.inflect
        )
    if isinstance(new, Excerpt) and isinstance(old, Excerpt):
        return new.dictionary == old.dictionary and new.characters <= old.characters
    if isinstance(new, ChannelWords) and isinstance(old, ChannelWords):
        as_closed = CHANNEL_LABELS.index(new.at_least) <= CHANNEL_LABELS.index(old.at_least)
        return as_closed and new.characters <= old.characters
    if isinstance(new, RecordMatch) and isinstance(old, RecordMatch):
        return new.dictionary == old.dictionary and _as_wide(old.columns, new.columns) and new.words >= old.words
    if isinstance(old, OfKinds) and isinstance(new, OfKinds):
        return type(new) is type(old) and set(meant_by(old)) <= set(meant_by(new))
    return new == old


def _as_wide(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return "any" in new or ("any" not in old and set(old) <= set(new))


def _has_as_many_kinds(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    return not new or (bool(old) and _as_wide(old, new))


def _is_as_open(old: Rule, new: Rule) -> bool:
    return new.classification is None or (
        old.classification is not None and labels_of(old.classification) <= labels_of(new.classification)
    )


def _begins_as_early(old: Rule, new: Rule) -> bool:
    return new.since is None or (old.since is not None and new.since <= old.since)


def _lasts_as_long(old: Rule, new: Rule) -> bool:
    return new.until is None or (old.until is not None and new.until >= old.until)


def _excepts_no_more(old: Rule, new: Rule) -> bool:
    # An exception may shrink: then its wider self of before covers it.
    return all(any(_covers(known, exception) for known in old.exceptions) for exception in new.exceptions)


_CHECKS: dict[str, Callable[[Rule, Rule], bool]] = {
    "outcome": lambda old, new: new.outcome >= old.outcome,
    "audience": lambda old, new: new.audience in ("any", old.audience),
    "destinations": lambda old, new: _as_wide(old.destinations, new.destinations),
    "groups": lambda old, new: _as_wide(old.groups, new.groups),
    "classification": _is_as_open,
    "languages": lambda old, new: _as_wide(old.languages, new.languages),
    "attachments": lambda old, new: _has_as_many_kinds(old.attachments, new.attachments),
    "detect": lambda old, new: _finds_as_much(old.detect, new.detect),
    "except": _excepts_no_more,
    "min_count": lambda old, new: new.min_count <= old.min_count,
    "min_distinct": lambda old, new: new.min_distinct <= old.min_distinct,
    "from": _begins_as_early,
    "until": _lasts_as_long,
    "between": lambda old, new: new.between in (None, old.between),
    "shadow": lambda old, new: not new.shadow,
    "resting": lambda old, new: not new.resting,
    "reviewers": lambda old, new: new.reviewers >= old.reviewers,
}


def _from_lists(policy: Policy, detectors: tuple[Detector, ...]) -> set[tuple[str, str]]:
    """Return the terms that come from word lists, each with its list's name."""
    names = {item.dictionary for item in walk(detectors) if isinstance(item, Listed) and item.dictionary}
    return {(name, term) for name in names for term in policy.dictionaries.get(name, ())}
