"""Which terms of a word list are dangerous, said by what they would have done to the posts of the last days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.desk.services.simulating import sampled_posts
from corpblog.kernel.counts import Count
from corpblog.people.models import Person
from corpblog.policy.dictionaries import SHORT_TERM
from corpblog.policy.engine.embargoes import parted
from corpblog.policy.estimate import rough
from corpblog.policy.term_counts import TermCounts, term_counts
from corpblog.web.policy_effect import MOST_ON_PAGES, SECONDS_ON_PAGES

DAYS: Final = 30
# A term in every hundredth post would fill the queue with what people write all day.
COMMON: Final = 0.01
MOST_SAID: Final = 5


@dataclass(frozen=True)
class Dangers:
    """What a list's terms meet, and a sentence for each of the worst that are dangerous."""

    counts: TermCounts
    words: list[str]


def dangers(person: Person, lines: Sequence[str]) -> Dangers:
    """Count the terms of a list on a random sample of the last days' posts, within a second and a half.

    A term is dangerous that is in one of a hundred posts, or has fewer than four letters and is in any. Where not all
    posts were looked at, its number is reckoned up to all of them.
    """
    population, texts = sampled_posts(person, DAYS, MOST_ON_PAGES)
    counts = term_counts(lines, (past.text for past in texts), seconds=SECONDS_ON_PAGES)
    return Dangers(counts, list(_sentences(counts, population))[:MOST_SAID])


def _sentences(counts: TermCounts, population: int) -> Iterator[str]:
    for term, met in counts.terms:
        letters = len(parted(term)[0])
        if letters >= SHORT_TERM and met < COMMON * counts.posts:
            continue
        is_all = counts.posts >= population
        posts = met if is_all else rough(round(met * population / counts.posts))
        shown = str(Count(posts))
        words = ngettext(
            "“%(term)s”: this %(letters)s-letter word would have held %(count)s post of the last %(days)s days.",
            "“%(term)s”: this %(letters)s-letter word would have held %(count)s posts of the last %(days)s days.",
            posts,
        )
        count = shown if is_all else _("about %(count)s") % {"count": shown}
        yield words % {"term": term, "letters": letters, "count": count, "days": DAYS}
