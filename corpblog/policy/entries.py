"""A rule as the form shows it: the parts that people change, flat. What a form cannot show stays in the YAML."""

from dataclasses import dataclass
from datetime import datetime

from corpblog.policy.engine.model import (
    Between,
    ChannelClass,
    Detector,
    Identifier,
    Keywords,
    Links,
    Marking,
    Regex,
    Rule,
    Secret,
)


@dataclass(frozen=True)
class RuleEntry:
    """What the form shows of one rule. `more` says that the YAML has conditions beyond it, which saving keeps."""

    id: str
    title_en: str = ""
    title_fr: str = ""
    words: tuple[str, ...] = ()
    dictionary: str = ""
    whole_words: bool = True
    inflect: bool = False
    patterns: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    secrets: bool = False
    links: tuple[str, ...] = ()
    markings: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    audience: str = "external"
    destinations: tuple[str, ...] = ("any",)
    groups: tuple[str, ...] = ("any",)
    classification: ChannelClass | None = None
    languages: tuple[str, ...] = ("any",)
    attachments: tuple[str, ...] = ()
    min_count: int = 1
    min_distinct: int = 1
    since: datetime | None = None
    until: datetime | None = None
    between: Between | None = None
    shadow: bool = False
    resting: bool = False
    pack: str = ""
    outcome: str = "hold"
    score: int | None = None
    reviewers: int = 1
    explain_en: str = ""
    explain_fr: str = ""
    match: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    more: bool = False


def entry_of(rule: Rule) -> RuleEntry:
    """Return the parts of the rule that the form shows: of each kind of detector the first, and every pattern."""
    keywords = next((item for item in rule.detect if isinstance(item, Keywords)), Keywords())
    identifier = next((item for item in rule.detect if isinstance(item, Identifier)), Identifier(()))
    links = next((item for item in rule.detect if isinstance(item, Links)), Links(()))
    marking = next((item for item in rule.detect if isinstance(item, Marking)), Marking(()))
    secrets = any(_is_any_secret(item) for item in rule.detect)
    exception = next((item for item in rule.exceptions if isinstance(item, Keywords)), Keywords())
    return RuleEntry(
        id=rule.id,
        title_en=rule.title.en,
        title_fr=rule.title.fr,
        words=keywords.terms,
        dictionary=keywords.dictionary,
        whole_words=keywords.whole_words,
        inflect=keywords.inflect,
        patterns=tuple(item.pattern for item in rule.detect if isinstance(item, Regex)),
        identifiers=identifier.kinds,
        secrets=secrets,
        links=links.kinds,
        markings=marking.kinds,
        exceptions=exception.terms,
        audience=rule.audience,
        destinations=rule.destinations,
        groups=rule.groups,
        classification=rule.classification,
        languages=rule.languages,
        attachments=rule.attachments,
        min_count=rule.min_count,
        min_distinct=rule.min_distinct,
        since=rule.since,
        until=rule.until,
        between=rule.between,
        shadow=rule.shadow,
        resting=rule.resting,
        pack=rule.pack,
        outcome=rule.outcome.value,
        score=rule.score,
        reviewers=rule.reviewers,
        explain_en=rule.explain.en,
        explain_fr=rule.explain.fr,
        match=rule.examples.match,
        allow=rule.examples.allow,
        more=_has_more(rule, (keywords, identifier, links, marking), exception),
    )


def _is_any_secret(item: object) -> bool:
    return isinstance(item, Secret) and "any" in item.kinds


def _has_more(rule: Rule, first: tuple[Detector, ...], exception: Keywords) -> bool:
    """Whether the form leaves something out; `first` are those of which it shows one."""
    shown = [
        item
        for item in rule.detect
        if any(item is one for one in first) or isinstance(item, Regex) or _is_any_secret(item)
    ]
    plain = (exception,) if exception.terms and not exception.dictionary else ()
    return len(shown) < len(rule.detect) or rule.exceptions != plain
