"""What a policy would have done to the posts of the last days, as the pages draw it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.desk.models import Simulation
from corpblog.desk.services.simulating import past_posts, sampled_posts
from corpblog.kernel.counts import Count
from corpblog.people.models import Person
from corpblog.policy.effect_records import from_record
from corpblog.policy.engine import Outcome, Policy
from corpblog.policy.engine.model import Rule
from corpblog.policy.engine.verdict import Audience
from corpblog.policy.simulation import Effect, Example, PastText, effect
from corpblog.posts.past import texts_of
from corpblog.web.policy_words import rule_title
from corpblog.web.short_dates import short_day

DAYS = (30, 90, 365)
# An admin waits for the page, and asks again at every pause in typing.
SECONDS_ON_PAGES = 1.5
# Of a rule that meets one post in a hundred, a sample of this size tells the number to a seventh.
MOST_ON_PAGES = 20_000
_WIDTH, _HEIGHT, _GAP = 600, 84, 0.22


@dataclass(frozen=True)
class Bar:
    """One bar of the chart, in the units of its drawing."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class RuleRow:
    """How often one rule would have met a post."""

    title: str
    id: str
    outcome: str
    count: int


@dataclass(frozen=True)
class NamedExample(Example):
    """An example with the rules that met it, each by identifier and title; one that is gone has no title."""

    named: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ShareRow:
    """One rule among the shares of the past. `rejected_share`: per cent of what was ruled on; None without any."""

    title: str
    outcome: str
    count: int
    rejected: int
    approved: int
    rejected_share: int | None


@dataclass(frozen=True)
class EffectPanel:
    """An effect in words and bars."""

    effect: Effect
    days: int
    bars: tuple[Bar, ...]
    rules: tuple[RuleRow, ...]
    caption: str
    summary: str
    count: int
    between: tuple[int, int]


def past_texts(person: Person, days: int) -> Iterator[PastText]:
    """Give the posts of the last days, newest first, with links to those that `person` may read."""
    return map(_with_link, past_posts(person, days))


def _with_link(past: PastText) -> PastText:
    return replace(past, url=reverse("web:thread", args=[past.post_id]) if past.may_show else "")


def simulated(person: Person, policy: Policy, simulation: Simulation) -> tuple[EffectPanel, Effect]:
    """Return what a finished simulation counted on posts, and on shares; examples are what `person` may read."""
    posts = from_record(simulation.result["posts"], lambda ids: _readable(person, ids))
    shares = from_record(simulation.result["shares"], lambda _ids: {})
    return drawn(policy, posts, simulation.days), shares


def _readable(person: Person, post_ids: Iterable[int]) -> dict[int, PastText]:
    return {
        post_id: PastText(
            post.created_at,
            post.author_id,
            post.text,
            post.author_name,
            reverse("web:thread", args=[post_id]),
            post_id=post_id,
        )
        for post_id, post in texts_of(post_ids, person).items()
    }


def named(policy: Policy, examples: Iterable[Example]) -> list[NamedExample]:
    """Return the examples with the titles that their rules have in this policy."""
    titles = {rule.id: rule_title(rule) for rule in policy.rules}
    return [
        NamedExample(
            **{field.name: getattr(example, field.name) for field in fields(Example)},
            named=tuple((rule, titles.get(rule, "")) for rule in example.rules),
        )
        for example in examples
    ]


def share_rows(policy: Policy, shares: Effect) -> list[ShareRow]:
    """Return for each rule what it would have met among the shares, and what reviewers had ruled on those."""
    rows = []
    for rule_id, outcomes in sorted(shares.rules.items(), key=lambda item: -item[1].total()):
        rule, rulings = policy.rule(rule_id), shares.rulings.get(rule_id, Counter())
        share = shares.rejected_share(rule_id)
        rows.append(
            ShareRow(
                rule_title(rule) if rule else rule_id,
                max(outcomes).value,
                outcomes.total(),
                rulings["reject"],
                rulings["approve"],
                None if share is None else round(100 * share),
            )
        )
    return rows


def panel_for(person: Person, policy: Policy, *, days: int = 30, against: Policy | None = None) -> EffectPanel:
    """Return the effect of the whole policy on posts as if each had been shared outside; an estimate of many."""
    return drawn(policy, _estimated(person, policy, days, against=against), days)


def panel_for_rule(person: Person, policy: Policy, rule: Rule, *, days: int = 30) -> EffectPanel:
    """Return the effect of one rule alone, fast enough to be asked for while it is written; see `panel_for`."""
    alone = replace(policy, rules=(replace(rule, destinations=("any",), shadow=False, resting=False),))
    audience: Audience = "internal" if rule.audience == "internal" else "external"
    return drawn(policy, _estimated(person, alone, days, audience=audience), days)


def _estimated(person: Person, policy: Policy, days: int, **asked: Any) -> Effect:
    population, texts = sampled_posts(person, days, MOST_ON_PAGES)
    texts = map(_with_link, texts)
    return effect(policy, texts, days=days, population=population, seconds=SECONDS_ON_PAGES, **asked)


def drawn(policy: Policy, result: Effect, days: int) -> EffectPanel:
    return EffectPanel(
        effect=result,
        days=days,
        bars=tuple(_bars(result)),
        rules=tuple(_rows(policy, result)),
        caption=_caption(result),
        summary=_summary(result),
        count=result.in_all(result.matched),
        between=result.bounds,
    )


def _bars(result: Effect) -> Iterator[Bar]:
    highest = max(result.busiest, 1)
    step = _WIDTH / max(len(result.days), 1)
    for index, day in enumerate(result.days):
        # One post in a thousand must still show as something.
        height = max(2.0, _HEIGHT * result.in_all(day.matched) / highest) if day.matched else 0.0
        count = result.in_all(day.matched)
        words = ngettext("%(day)s: %(count)s post", "%(day)s: %(count)s posts", count)
        title = words % {"day": short_day(day.day), "count": Count(count)}
        yield Bar(
            round(index * step, 2), round(_HEIGHT - height, 2), round(step * (1 - _GAP), 2), round(height, 2), title
        )


def _rows(policy: Policy, result: Effect) -> Iterator[RuleRow]:
    counted = sorted(result.rules.items(), key=lambda item: -item[1].total())
    for rule_id, outcomes in counted:
        rule = policy.rule(rule_id)
        worst: Outcome = max(outcomes)
        count = result.in_all(outcomes.total())
        yield RuleRow(rule_title(rule) if rule else rule_id, rule_id, worst.value, count)


def _caption(result: Effect) -> str:
    return _("About %(mean)s a day, %(most)s on the busiest day.") % {
        "mean": formats.number_format(round(result.per_day, 1), 1),
        "most": Count(result.busiest),
    }


def _summary(result: Effect) -> str:
    """The number in words, for a screen reader that is told when it changes."""
    count = result.in_all(result.matched)
    if result.is_estimate:
        words = _("About %(count)s of %(total)s posts would match")
    else:
        words = ngettext("%(count)s of %(total)s posts would match", "%(count)s of %(total)s posts would match", count)
    return words % {"count": Count(count), "total": Count(result.population)}
