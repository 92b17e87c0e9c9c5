"""Samples as officers and auditors read them: what waits, how often is drawn, and which rules there are."""

from dataclasses import dataclass
from typing import Final

from corpblog.desk import access
from corpblog.desk.models import Sample, SamplingRate
from corpblog.desk.pseudonyms import authors
from corpblog.desk.rules import rules_in_force
from corpblog.desk.selectors.findings import explained, findings_of
from corpblog.people.models import Person
from corpblog.sharing import canonical
from corpblog.sharing.models import Destination, Share

SHOWN: Final = 20


@dataclass(frozen=True)
class Drawn:
    """One sample as the reader may see it: its words as they left, and the rules that spoke and let it pass."""

    sample: Sample
    share: Share
    author: str
    text: str
    files: list[str]
    rules: list[str]
    may_mark: bool


@dataclass(frozen=True)
class Sampling:
    """What waits, in numbers and the oldest twenty; the rates; and what a new rate may be about."""

    waiting: int
    drawn: list[Drawn]
    rates: list[SamplingRate]
    rules: list[tuple[str, str]]
    destinations: list[tuple[str, str]]


def sampling(reader: Person) -> Sampling:
    """Return the after-the-fact queue, oldest first."""
    access.check_may_read(reader)
    rows = Sample.objects.waiting().select_related(
        "revision__share__author", "revision__share__destination", "revision__share__post"
    )
    samples = list(rows.order_by("pk")[:SHOWN])
    named = authors(reader, [sample.revision.share for sample in samples])
    return Sampling(
        waiting=rows.count(),
        drawn=[_drawn(reader, sample, named[sample.revision.share_id].name) for sample in samples],
        rates=list(SamplingRate.objects.select_related("destination", "set_by").order_by("rule", "destination__name")),
        rules=sorted(rules_in_force().items(), key=lambda item: item[1].casefold()),
        destinations=list(Destination.objects.company().order_by("name").values_list("slug", "name")),
    )


def waiting_samples() -> int:
    """Return how many wait; the page asked for access already."""
    return int(Sample.objects.waiting().count())


def _drawn(reader: Person, sample: Sample, author: str) -> Drawn:
    share, content = sample.revision.share, canonical.read(sample.revision.canonical)
    return Drawn(
        sample=sample,
        share=share,
        author=author,
        text=content["text"],
        files=[file["name"] for file in content["attachments"]],
        rules=list(dict.fromkeys(explained(finding)["title"] for finding in findings_of(sample.revision))),
        may_mark=access.can_review(reader) and not access.had_a_hand(reader, share),
    )
