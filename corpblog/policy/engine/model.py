"""A policy as typed, frozen data: what `load_policy` reads, `dump_policy` writes and `compile_policy` compiles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any, Final, Literal

from corpblog.policy.engine.verdict import Audience, Outcome
from corpblog.policy.engine.wording import NO_WORDING, Wording

FORMAT_VERSION: Final = 1
ANY: Final = "any"

Validator = Literal["none", "luhn", "iban"]
RuleAudience = Literal["external", "internal", "any"]
Place = tuple[int, int]  # line and column, from 1


@dataclass(frozen=True, slots=True)
class Keywords:
    """Words and phrases, written out or from a dictionary."""

    terms: tuple[str, ...] = ()
    dictionary: str = ""
    whole_words: bool = True
    inflect: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Excerpts of a document whose fingerprint is kept as a list; `characters` is how long one is."""

    dictionary: str
    characters: int = 200


@dataclass(frozen=True, slots=True)
class RecordMatch:
    """Two values of one row of a table whose hashes are kept as a list, at most so many words apart."""

    dictionary: str
    columns: tuple[str, ...] = (ANY,)
    words: int = 10


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern in RE2's syntax, and an optional checksum that what it finds must satisfy."""

    pattern: str
    validator: Validator = "none"


@dataclass(frozen=True, slots=True)
class Identifier:
    """Numbers and addresses with a known form: cards, accounts, phones."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """Credentials: keys, tokens, passwords."""

    kinds: tuple[str, ...] = (ANY,)


@dataclass(frozen=True, slots=True)
class Links:
    """Links and paths that lead inside, carry a key, or hide where they lead."""

    kinds: tuple[str, ...] = (ANY,)


@dataclass(frozen=True, slots=True)
class Marking:
    """Words that classify a text, where they stand as a marking."""

    kinds: tuple[str, ...] = (ANY,)


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of these, anywhere in the post."""

    detectors: tuple[Detector, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """All of these, in one field, with at most so many words between the first and the last."""

    words: int
    all: tuple[Detector, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Any of these: what stands here counts as one part of what is around it."""

    detectors: tuple[Detector, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """None of these is plainly written in the post. Stands inside `AllOf`, beside what must be there."""

    detectors: tuple[Detector, ...]


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """Words of posts in channels that are at least so closed, or private; `characters` is how long a passage is."""

    at_least: str = "confidential"
    characters: int = 100


Listed = Keywords | Excerpt | RecordMatch  # what names one of the version's lists
Detector = Listed | ChannelWords | Regex | Identifier | Secret | Links | Marking | AllOf | AnyOf | Near | Not


# What a rule may ask about the post as a whole. The unknown exempts nobody.
CLASSIFICATIONS: Final = ("public", "internal", "confidential", "restricted")  # of channels, from open to closed
CHANNEL_LABELS: Final = ("confidential", "restricted")  # of channels whose words are known again
PRIVATE: Final = "private"  # the label of a private channel that has none of these
ATTACHMENT_KINDS: Final = (
    "image", "video", "audio", "pdf", "document", "spreadsheet", "presentation", "text", "email", "archive", "other",
)  # fmt: skip
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class ChannelClass:
    """How closed the channel is: at least so much, or one of these."""

    at_least: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Between:
    """A window that comes back: on these days (every day if empty), in these hours (all if empty), in this time zone.

    hours: `18:00-08:00`; a window over midnight belongs to the day on which it begins.
    """

    time_zone: str
    days: tuple[str, ...] = ()
    hours: str = ""


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that the rule must find, and texts that it must leave alone."""

    match: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()  # `pass` in the YAML: a reserved word here


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it looks for, for whom, when, and what follows.

    detect: nothing means that the rule objects to every post that its conditions fit.
    score: gravity from 0 to 100; None is what goes with the outcome. It orders, it never decides.
    shadow: the rule decides nothing; what it would have found is kept apart in the verdict.
    resting: the rule is switched off: it decides nothing and looks at nothing. pack: the group it is switched with.
    """

    id: str
    detect: tuple[Detector, ...]
    outcome: Outcome
    title: Wording = NO_WORDING
    audience: RuleAudience = "any"
    destinations: tuple[str, ...] = (ANY,)
    groups: tuple[str, ...] = (ANY,)
    classification: ChannelClass | None = None
    languages: tuple[str, ...] = (ANY,)
    attachments: tuple[str, ...] = ()
    exceptions: tuple[Detector, ...] = ()
    min_count: int = 1
    min_distinct: int = 1
    since: datetime | None = None  # `from` in the YAML: a reserved word here
    until: datetime | None = None
    between: Between | None = None
    shadow: bool = False
    resting: bool = False
    pack: str = ""
    score: int | None = None
    reviewers: int = 1
    explain: Wording = NO_WORDING
    examples: Examples = field(default_factory=Examples)

    @property
    def gravity(self) -> int:
        """The score that was written, else the one that goes with the outcome."""
        return self.outcome.usual_score if self.score is None else self.score


@dataclass(frozen=True, slots=True)
class Defaults:
    """What happens to a text that no rule objects to."""

    external: Outcome = Outcome.ALLOW
    internal: Outcome = Outcome.ALLOW

    def for_audience(self, audience: Audience) -> Outcome:
        return self.external if audience == "external" else self.internal


@dataclass(frozen=True, slots=True)
class Company:
    """What is the company's own: domains of its e-mail addresses, and hosts that only its network knows.

    Each stands for what is under it too: acme.example for mail.acme.example.
    """

    domains: tuple[str, ...] = ()
    internal_hosts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """One policy document. `source` and `places` remember the YAML it was read from; equality is of the meaning."""

    name: str
    rules: tuple[Rule, ...]
    default: Defaults = field(default_factory=Defaults)
    company: Company = field(default_factory=Company)
    dictionaries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = field(default="", compare=False, repr=False)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the meaning: the same for two documents that differ in comments and layout only."""
        meaning = {
            "policy": FORMAT_VERSION,
            "name": self.name,
            "rules": [canonical(rule) for rule in self.rules],
            "default": canonical(self.default),
            "company": canonical(self.company),
            "dictionaries": {name: list(terms) for name, terms in sorted(self.used_dictionaries.items())},
        }
        text = json.dumps(meaning, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def used_dictionaries(self) -> dict[str, tuple[str, ...]]:
        """The word lists that a rule names."""
        names = {detector.dictionary for detector in self.detectors() if isinstance(detector, Listed)}
        return {name: terms for name, terms in self.dictionaries.items() if name in names}

    def __hash__(self) -> int:
        return hash(self.digest)

    def rule(self, rule_id: str) -> Rule | None:
        """The rule with this id, if there is one."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def detectors(self) -> Iterator[Detector]:
        """Every detector of every rule, the exceptions' too, nested ones after their parents."""
        for rule in self.rules:
            yield from walk(rule.detect)
            yield from walk(rule.exceptions)


def walk(detectors: tuple[Detector, ...]) -> Iterator[Detector]:
    """These detectors and all those inside them."""
    for detector in detectors:
        yield detector
        if isinstance(detector, AllOf | AnyOf | Not):
            yield from walk(detector.detectors)
        elif isinstance(detector, Near):
            yield from walk(detector.all)


def canonical(value: Any) -> Any:
    """JSON-ready form in which equal meanings are equal."""
    if is_dataclass(value) and not isinstance(value, type):
        return {"is": type(value).__name__} | {
            item.name: canonical(getattr(value, item.name)) for item in fields(value)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [canonical(item) for item in value]
    return value
