"""What a scan answers: an outcome, every finding that led to it, and what it was decided with."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import total_ordering
from typing import Any, Final, Literal

from corpblog.policy.engine.fingerprints import KnownText
from corpblog.policy.engine.wording import NO_WORDING, Wording

ENGINE_VERSION: Final = "3"

Audience = Literal["external", "internal"]
View = Literal["A", "B", "C", ""]


@total_ordering
class Outcome(Enum):
    """What may happen to the text, from lenient to strict: `max()` of outcomes is the one that counts."""

    ALLOW = "allow"
    WARN = "warn"
    JUSTIFY = "justify"
    HOLD = "hold"
    BLOCK = "block"

    rank: int

    def __init__(self, _value: str) -> None:
        self.rank = len(type(self).__members__)

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, Outcome) else NotImplemented

    @property
    def usual_score(self) -> int:
        """The gravity of a rule that does not name its own: from 0 for `allow` to 100 for `block`."""
        return 25 * self.rank


class SeenAs(Enum):
    """How the words were disguised, so that a person understands why they were found."""

    WRITTEN = "as written"
    ACCENTS = "other accents"
    HIDDEN = "hidden characters"
    LOOKALIKE = "look-alike letters"
    SPACED = "spaced out"
    LEET = "digits for letters"
    REPEATED = "repeated letters"
    INFLECTED = "another form of the word"
    PERCENT = "percent encoding"
    QUOTED_PRINTABLE = "quoted-printable"
    ESCAPED = "escapes"
    ENTITY = "character references"
    PUNYCODE = "punycode"
    HEX = "hexadecimal"
    BASE64 = "base64"
    ROT13 = "rot13"
    BACKWARDS = "backwards"
    TURNED = "turned by a control character"
    SPLIT = "spread over several places"
    EXCERPT = "an excerpt of a document"
    RECORD = "values of one record"
    CHANNEL = "words of a closed channel"
    NOTHING = "not scanned"


@dataclass(frozen=True, slots=True)
class Field:
    """One piece of what would leave: the text, an alt text, a poll option, a file name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Scan:
    """The question: these fields, to this audience and destination, by a member of these groups, at this time.

    What is not known exempts nobody: without a time an embargo still holds, without a destination a rule for one
    destination applies too, and so it is with every fact that is None.

    channel_classification: one of `model.CLASSIFICATIONS`. language: of the post, as `fr` or `en-GB`.
    attachment_kinds: of `model.ATTACHMENT_KINDS`; empty where there is certainly no attachment.
    earlier: what a reader sees just before the fields, oldest first: the author's last posts there, or the thread. A
    find needs a part in the fields.
    known: what is written in closed channels, as far as a passage of it may stand in the fields.
    """

    fields: tuple[Field, ...]
    audience: Audience
    destination: str | None = None
    destination_name: str | None = None
    groups: frozenset[str] | None = None
    now: datetime | None = None
    channel_classification: str | None = None
    language: str | None = None
    attachment_kinds: frozenset[str] | None = None
    earlier: tuple[str, ...] = ()
    known: tuple[KnownText, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in one field that one rule objects to. `start` and `end` count code points of the original text.

    Where a rule objects to the post as a whole there is no place: field and term are empty, both ends 0.
    score: the rule's gravity, from 0 to 100; it orders findings and decides nothing.
    """

    rule: str
    term: str
    field: str
    start: int
    end: int
    view: View
    confidence: float
    outcome: Outcome
    seen_as: SeenAs = SeenAs.WRITTEN
    score: int = 0
    title: Wording = dataclasses.field(default=NO_WORDING, compare=False, repr=False)
    why: Wording = dataclasses.field(default=NO_WORDING, compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """The seven facts that outside tools rely on."""
        return {
            "rule": self.rule,
            "term": self.term,
            "field": self.field,
            "start": self.start,
            "end": self.end,
            "view": self.view,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: the strictest outcome with every finding kept, and the versions it was decided with.

    shadowed: what rules in shadow would have found; it decided nothing, and no author is shown it.
    """

    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reviewers: int = 0
    policy_digest: str = ""
    engine_version: str = ENGINE_VERSION
    normaliser_version: str = ""
    shadowed: tuple[Finding, ...] = ()

    @property
    def score(self) -> int:
        """The gravity of the gravest finding; 0 without one."""
        return max((finding.score for finding in self.findings), default=0)

    @property
    def may_leave(self) -> bool:
        """True when nobody needs to say or decide anything first."""
        return self.outcome <= Outcome.WARN

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that objected, strictest and gravest first, each once."""
        by_severity = sorted(self.findings, key=lambda finding: (-finding.outcome.rank, -finding.score))
        return tuple(dict.fromkeys(finding.rule for finding in by_severity))

    def to_json(self) -> dict[str, Any]:
        """The contract of `manage.py scan`."""
        return {"outcome": self.outcome.value, "findings": [finding.to_json() for finding in self.findings]}

    def to_record(self) -> dict[str, Any]:
        """Everything worth keeping beside a decision; `Verdict.from_record` reads it back."""
        return {
            "outcome": self.outcome.value,
            "findings": [_record_of(finding) for finding in self.findings],
            "shadowed": [_record_of(finding) for finding in self.shadowed],
            "reviewers": self.reviewers,
            "policy_digest": self.policy_digest,
            "engine_version": self.engine_version,
            "normaliser_version": self.normaliser_version,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Verdict:
        """The verdict that `to_record` wrote down."""
        return cls(
            outcome=Outcome(record["outcome"]),
            findings=tuple(_finding_from_record(finding) for finding in record["findings"]),
            reviewers=record["reviewers"],
            policy_digest=record["policy_digest"],
            engine_version=record["engine_version"],
            normaliser_version=record["normaliser_version"],
            # What was decided before there were shadows and scores has none.
            shadowed=tuple(_finding_from_record(finding) for finding in record.get("shadowed", ())),
        )


FAIL_CLOSED_RULE: Final = "fail-closed"
_FAIL_CLOSED_TITLE: Final = Wording(en="Could not be checked", fr="Vérification impossible")
_FAIL_CLOSED_WHY: Final = Wording(
    en="The text could not be checked, so a reviewer will look at it.",
    fr="Le texte n’a pas pu être vérifié : une personne va le relire.",
)


def fail_closed(reason: str, *, policy_digest: str = "", normaliser_version: str = "") -> Verdict:
    """The verdict for anything that could not be scanned: hold, never allow, with the reason as a finding."""
    finding = Finding(
        rule=FAIL_CLOSED_RULE,
        term=reason,
        field="",
        start=0,
        end=0,
        view="",
        confidence=1.0,
        outcome=Outcome.HOLD,
        seen_as=SeenAs.NOTHING,
        score=Outcome.HOLD.usual_score,
        title=_FAIL_CLOSED_TITLE,
        why=_FAIL_CLOSED_WHY,
    )
    return Verdict(Outcome.HOLD, (finding,), 1, policy_digest, ENGINE_VERSION, normaliser_version)


def strictest(outcomes: Iterable[Outcome], *, default: Outcome) -> Outcome:
    """The outcome that wins."""
    return max(outcomes, default=default)


def _record_of(finding: Finding) -> dict[str, Any]:
    return finding.to_json() | {
        "outcome": finding.outcome.value,
        "seen_as": finding.seen_as.value,
        "score": finding.score,
        "title": finding.title.to_json(),
        "why": finding.why.to_json(),
    }


def _finding_from_record(record: Mapping[str, Any]) -> Finding:
    return Finding(
        rule=record["rule"],
        term=record["term"],
        field=record["field"],
        start=record["start"],
        end=record["end"],
        view=record["view"],
        confidence=record["confidence"],
        outcome=Outcome(record["outcome"]),
        seen_as=SeenAs(record["seen_as"]),
        score=record.get("score", 0),
        title=Wording(**record["title"]),
        why=Wording(**record["why"]),
    )
