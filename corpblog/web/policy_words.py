"""Rules in words: what the policy pages say of a rule, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf.locale import LANG_INFO
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, get_language_info, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from corpblog.kernel.counts import Count
from corpblog.policy.comparison import RuleChange
from corpblog.policy.engine import Outcome, Policy, Problem
from corpblog.policy.engine.conditions import primary
from corpblog.policy.engine.identifiers import KINDS
from corpblog.policy.engine.links import KINDS as LINKS
from corpblog.policy.engine.markings import KINDS as MARKINGS
from corpblog.policy.engine.model import (
    DAYS,
    AllOf,
    AnyOf,
    Between,
    ChannelClass,
    ChannelWords,
    Detector,
    Excerpt,
    Identifier,
    Keywords,
    Links,
    Marking,
    Near,
    Not,
    RecordMatch,
    Regex,
    Rule,
    Secret,
)
from corpblog.policy.protection import Lowering
from corpblog.sharing.connectors import CONNECTORS
from corpblog.teams.models import Classification
from corpblog.web.templatetags.ui import full_time

SHOWN_TERMS = 12

# What a rule does, said to the admin who writes it.
OUTCOMES = {
    "allow": gettext_lazy("Note it"),
    "warn": gettext_lazy("Warn the author"),
    "justify": gettext_lazy("Ask for a reason"),
    "hold": gettext_lazy("Hold for review"),
    "block": gettext_lazy("Block"),
}
# What was decided about the text on the bench.
DECIDED = {
    "allow": gettext_lazy("It passes."),
    "warn": gettext_lazy("Its author is warned."),
    "justify": gettext_lazy("Its author must give a reason."),
    "hold": gettext_lazy("It is held for review."),
    "block": gettext_lazy("It is blocked."),
}
# Why a rule has nothing to say about a text, by the condition that is not met.
UNMET = {
    "resting": gettext_lazy("rests: it is switched off"),
    "audience": gettext_lazy("is for another audience"),
    "destinations": gettext_lazy("is for other destinations"),
    "groups": gettext_lazy("is for other groups of authors"),
    "classification": gettext_lazy("is for other channels"),
    "languages": gettext_lazy("is for other languages"),
    "attachments": gettext_lazy("is for posts with attachments"),
    "from": gettext_lazy("rests: it has not begun"),
    "until": gettext_lazy("rests: its end date has passed"),
    "between": gettext_lazy("rests at this hour"),
}
AUDIENCES = {
    "external": gettext_lazy("Posts shared outside"),
    "internal": gettext_lazy("Internal posts"),
    "any": gettext_lazy("All posts, inside and outside"),
}
# Of a channel, from open to closed.
CLASSIFICATIONS = {str(value): label for value, label in Classification.choices}
AT_LEAST = {
    "internal": gettext_lazy("Internal or more closed"),
    "confidential": gettext_lazy("Confidential or more closed"),
    "restricted": gettext_lazy("Restricted"),
}
ATTACHMENTS = {
    "any": gettext_lazy("Any attachment"),
    "image": gettext_lazy("Image"),
    "video": gettext_lazy("Video"),
    "audio": gettext_lazy("Sound"),
    "pdf": gettext_lazy("PDF"),
    "document": gettext_lazy("Text document"),
    "spreadsheet": gettext_lazy("Spreadsheet"),
    "presentation": gettext_lazy("Presentation"),
    "text": gettext_lazy("Plain text"),
    "email": gettext_lazy("E-mail"),
    "archive": gettext_lazy("Archive (ZIP)"),
    "other": gettext_lazy("Another kind"),
}
WEEK = dict(zip(DAYS, WEEKDAYS.values(), strict=True))
STATES = {
    "draft": ("info", gettext_lazy("Draft")),
    "proposed": ("hold", gettext_lazy("Proposed")),
    "in_force": ("ok", gettext_lazy("In force")),
    "retired": ("", gettext_lazy("Was in force")),
    "refused": ("block", gettext_lazy("Refused")),
    "discarded": ("", gettext_lazy("Discarded")),
}
# How a process stands: the chip's look, and words.
CONDITIONS = {
    "current": ("ok", gettext_lazy("Runs the version in force")),
    "swapping": ("info", gettext_lazy("Is changing over")),
    "behind": ("block", gettext_lazy("Runs another version")),
    "broken": ("block", gettext_lazy("Cannot load it, holds everything")),
    "silent": ("hold", gettext_lazy("Says nothing any more")),
}
PARTS = {
    "rule": gettext_lazy("the rule is gone"),
    "outcome": gettext_lazy("a milder outcome"),
    "audience": gettext_lazy("another audience"),
    "destinations": gettext_lazy("fewer destinations"),
    "groups": gettext_lazy("fewer groups of authors"),
    "detect": gettext_lazy("it looks for less, or for something else"),
    "dictionary": gettext_lazy("its word list stops less"),
    "except": gettext_lazy("more exceptions"),
    "min_count": gettext_lazy("more finds are needed"),
    "classification": gettext_lazy("fewer channels"),
    "languages": gettext_lazy("fewer languages"),
    "attachments": gettext_lazy("fewer attachments"),
    "min_distinct": gettext_lazy("more different finds are needed"),
    "from": gettext_lazy("it begins later"),
    "until": gettext_lazy("it ends sooner"),
    "between": gettext_lazy("other hours"),
    "shadow": gettext_lazy("it only watches from now on"),
    "resting": gettext_lazy("it rests from now on"),
    "reviewers": gettext_lazy("fewer reviewers"),
    "sources": gettext_lazy("a word list no longer follows its source, or another one"),
    "company": gettext_lazy("other domains or hosts count as the company’s own"),
    "default.external": gettext_lazy("posts shared outside that no rule meets are treated more mildly"),
    "default.internal": gettext_lazy("internal posts that no rule meets are treated more mildly"),
}
CHANGED_PARTS = {
    "id": gettext_lazy("identifier"),
    "title": gettext_lazy("name"),
    "audience": gettext_lazy("audience"),
    "destinations": gettext_lazy("destinations"),
    "groups": gettext_lazy("groups of authors"),
    "detect": gettext_lazy("what it looks for"),
    "except": gettext_lazy("exceptions"),
    "min_count": gettext_lazy("how many finds it takes"),
    "classification": gettext_lazy("channels"),
    "languages": gettext_lazy("languages"),
    "attachments": gettext_lazy("attachments"),
    "min_distinct": gettext_lazy("how many different finds it takes"),
    "from": gettext_lazy("beginning"),
    "until": gettext_lazy("end date"),
    "between": gettext_lazy("hours and days"),
    "shadow": gettext_lazy("whether it only watches"),
    "resting": gettext_lazy("whether it rests"),
    "pack": gettext_lazy("pack"),
    "score": gettext_lazy("gravity"),
    "outcome": gettext_lazy("what happens"),
    "reviewers": gettext_lazy("reviewers"),
    "explain": gettext_lazy("explanation"),
    "examples": gettext_lazy("examples"),
}


@dataclass(frozen=True)
class Phrase:
    """One thing that a rule looks for: a word for the kind, the things themselves, and how many are not shown."""

    kind: str
    items: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class RuleCard:
    """One rule as the pages show it."""

    rule: Rule
    title: str
    outcome: str
    does: str
    audience: str
    destinations: tuple[str, ...]
    conditions: tuple[str, ...]
    looks_for: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    explain: str
    problems: tuple[str, ...]
    line: object = None  # what it did lately: a `policy_figures.RuleLine`
    state: str = "deciding"
    novelty: str = ""  # how it differs from the version in force
    is_in_force: bool = False  # as it stands here
    changed_in: int | None = None  # the version that changed it last, and when that came in force
    changed_at: datetime | None = None

    @property
    def examples(self) -> int:
        return len(self.rule.examples.match) + len(self.rule.examples.allow)


def language() -> str:
    return get_language() or "en"


def rule_title(rule: Rule) -> str:
    return rule.title.in_language(language()) or rule.id


GROUP_TITLES = {
    "any": gettext_lazy("All kinds of numbers and addresses"),
    "national-id": gettext_lazy("Personal numbers of all countries"),
}


def language_title(code: str) -> str:
    """Return a language's name, or its code where no name is known."""
    exact = code.lower() in LANG_INFO
    known = code.lower() if exact else primary(code)
    if known not in LANG_INFO:
        return code
    name = str(get_language_info(known)["name_translated"])
    return name if exact else f"{name} ({code})"


def destination_title(name: str) -> str:
    """Return how people call all destinations of a kind; one's own name is what it is."""
    return str(CONNECTORS[name].title) if name in CONNECTORS else name


def identifier_title(kind: str) -> str:
    if kind in GROUP_TITLES:
        return str(GROUP_TITLES[kind])
    return KINDS[kind].title.in_language(language()) if kind in KINDS else kind


def link_title(kind: str) -> str:
    return LINKS[kind].title.in_language(language()) if kind in LINKS else _("Every kind of link named here")


def marking_title(kind: str) -> str:
    return MARKINGS[kind].title.in_language(language()) if kind in MARKINGS else _("Every marking but TLP:GREEN")


def cards(policy: Policy, problems: list[Problem]) -> list[RuleCard]:
    """Return every rule in words, with the problems that concern it."""
    return [card(policy, rule, _problems_of(index, problems)) for index, rule in enumerate(policy.rules)]


def card(policy: Policy, rule: Rule, problems: tuple[str, ...] = ()) -> RuleCard:
    return RuleCard(
        rule=rule,
        title=rule_title(rule),
        outcome=rule.outcome.value,
        does=str(OUTCOMES[rule.outcome.value]),
        audience=str(AUDIENCES[rule.audience]),
        destinations=() if "any" in rule.destinations else tuple(map(destination_title, rule.destinations)),
        conditions=tuple(_conditions(rule)),
        looks_for=tuple(_phrases(rule.detect, policy)) or (Phrase(_("Every post that fits")),),
        exceptions=tuple(_phrases(rule.exceptions, policy)),
        explain=rule.explain.in_language(language()),
        problems=problems,
    )


def _conditions(rule: Rule) -> Iterator[str]:
    """What else must be true of a post, one phrase each."""
    if rule.classification:
        yield _("channels: %(which)s") % {"which": channel_words(rule.classification)}
    if "any" not in rule.groups:
        yield _("authors in: %(which)s") % {"which": ", ".join(rule.groups)}
    if "any" not in rule.languages:
        yield _("languages: %(which)s") % {"which": ", ".join(map(language_title, rule.languages))}
    if rule.attachments:
        which = ", ".join(str(ATTACHMENTS[kind]) for kind in rule.attachments)
        yield _("with attachments: %(which)s") % {"which": which}
    if rule.min_count > 1:
        yield ngettext("from %(count)s find", "from %(count)s finds", rule.min_count) % {"count": rule.min_count}
    if rule.min_distinct > 1:
        words = ngettext("from %(count)s different find", "from %(count)s different finds", rule.min_distinct)
        yield words % {"count": rule.min_distinct}
    if rule.since:
        yield _("from %(moment)s") % {"moment": full_time(rule.since)}
    if rule.until:
        yield _("until %(moment)s") % {"moment": full_time(rule.until)}
    if rule.between:
        yield window_words(rule.between)
    if rule.reviewers > 1:
        yield ngettext("%(count)s officer must agree", "%(count)s officers must agree", rule.reviewers) % {
            "count": rule.reviewers
        }
    if rule.score is not None:
        yield _("gravity %(score)s") % {"score": rule.score}


def channel_words(wanted: ChannelClass) -> str:
    """Return which channels are meant."""
    if wanted.at_least:
        return str(AT_LEAST.get(wanted.at_least) or _("All channels"))
    return ", ".join(str(CLASSIFICATIONS[label]) for label in wanted.one_of)


def window_words(window: Between) -> str:
    """Return when a window is open."""
    days = ", ".join(str(WEEK[day]) for day in window.days)
    return " ".join(filter(None, (days, window.hours, f"({window.time_zone})")))


def _problems_of(index: int, problems: list[Problem]) -> tuple[str, ...]:
    here = f"rules[{index}]"
    return tuple(problem.in_language(language()) for problem in problems if problem.path.startswith(here))


def _phrases(detectors: tuple[Detector, ...], policy: Policy) -> Iterator[Phrase]:
    for detector in detectors:
        yield from _phrase(detector, policy)


def _known_text(detector: Excerpt | RecordMatch | ChannelWords) -> Phrase:
    if isinstance(detector, Excerpt):
        return Phrase(_("Excerpts of a document"), (detector.dictionary,))
    if isinstance(detector, RecordMatch):
        return Phrase(_("Two values of one row of"), (detector.dictionary,))
    return Phrase(_("Words of posts in closed channels"))


def _phrase(detector: Detector, policy: Policy) -> Iterator[Phrase]:
    if isinstance(detector, Keywords):
        yield from _words(detector, policy)
    elif isinstance(detector, Excerpt | RecordMatch | ChannelWords):
        yield _known_text(detector)
    elif isinstance(detector, Regex):
        yield Phrase(_("Pattern"), (detector.pattern,))
    elif isinstance(detector, Identifier):
        yield from (Phrase(identifier_title(kind)) for kind in detector.kinds)
    elif isinstance(detector, Secret):
        yield Phrase(_("Passwords and access keys"), () if "any" in detector.kinds else detector.kinds)
    elif isinstance(detector, Links):
        yield from (Phrase(link_title(kind)) for kind in detector.kinds)
    elif isinstance(detector, Marking):
        yield from (Phrase(marking_title(kind)) for kind in detector.kinds)
    elif isinstance(detector, AllOf):
        yield Phrase(_("All of these in one post"), _flat(detector.detectors, policy))
    elif isinstance(detector, AnyOf):
        yield Phrase(_("Any of these"), _flat(detector.detectors, policy))
    elif isinstance(detector, Not):
        yield Phrase(_("None of these"), _flat(detector.detectors, policy))
    elif isinstance(detector, Near):
        words = ngettext("Within %(count)s word of each other", "Within %(count)s words of each other", detector.words)
        yield Phrase(words % {"count": detector.words}, _flat(detector.all, policy))


def _words(detector: Keywords, policy: Policy) -> Iterator[Phrase]:
    if detector.terms:
        kind = _("Words") if detector.whole_words else _("Anywhere in a word")
        yield Phrase(kind, detector.terms[:SHOWN_TERMS], max(0, len(detector.terms) - SHOWN_TERMS))
    if detector.dictionary:
        size = len(policy.dictionaries.get(detector.dictionary, ()))
        terms = ngettext("%(count)s term", "%(count)s terms", size) % {"count": Count(size)}
        yield Phrase(_("Word list"), (f"{detector.dictionary} ({terms})",))


def _flat(detectors: tuple[Detector, ...], policy: Policy) -> tuple[str, ...]:
    return tuple(
        _("none of: %(these)s") % {"these": ", ".join(_flat(detector.detectors, policy))}
        if isinstance(detector, Not)
        else ", ".join(", ".join(phrase.items or (phrase.kind,)) for phrase in _phrase(detector, policy))
        for detector in detectors
    )


def would_have(outcome: Outcome, count: int) -> str:
    """Return what a rule would have done from its shadow; the caller fills in `count` and `days`."""
    if outcome == Outcome.BLOCK:
        return ngettext(
            "Would have blocked %(count)s in %(days)s days", "Would have blocked %(count)s in %(days)s days", count
        )
    if outcome == Outcome.HOLD:
        return ngettext(
            "Would have held %(count)s in %(days)s days", "Would have held %(count)s in %(days)s days", count
        )
    return ngettext(
        "Would have warned %(count)s time in %(days)s days", "Would have warned %(count)s times in %(days)s days", count
    )


def lowering_words(lowerings: list[Lowering], before: Policy | None) -> list[str]:
    """Return one sentence for each way in which a version lowers protection."""
    return [_lowering(lowering, before) for lowering in lowerings]


def _lowering(lowering: Lowering, before: Policy | None) -> str:
    rule = before.rule(lowering.rule) if before and lowering.rule else None
    what = str(PARTS.get(lowering.part, lowering.part))
    return rule_title(rule) + pgettext("before a list", ":") + f" {what}" if rule else what[:1].upper() + what[1:]


def change_words(change: RuleChange) -> str:
    """Return what changed in a rule, as one line."""
    return ", ".join(str(CHANGED_PARTS.get(part, part)) for part in change.parts)
