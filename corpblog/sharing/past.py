"""Read many shares of the past, for counting: each as it would have left first, and what reviewers ruled on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from corpblog.sharing import canonical, guards
from corpblog.sharing.models import Decision, ShareRevision

_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class PastShare:
    """One revision. `ruling` is empty where nobody ruled, and `reject` where anybody rejected."""

    created_at: datetime
    author_id: int
    kind: str
    destination: str
    fields: Mapping[str, str]
    language: str
    classification: str
    ruling: str


def count_since(since: datetime) -> int:
    """Return how many revisions `shares_since` would yield."""
    return ShareRevision.objects.filter(created_at__gte=since).count()


def shares_since(since: datetime) -> Iterator[PastShare]:
    """Yield the revisions since then, newest first."""
    rulings = dict(
        Decision.objects.filter(revision__created_at__gte=since, undone_at__isnull=True)
        # A rejection is written last and wins, as it does at the gate.
        .order_by("ruling")
        .exclude(ruling=Decision.Ruling.CHANGES)
        .values_list("revision_id", "ruling")
    )
    rows = ShareRevision.objects.filter(created_at__gte=since).order_by("-pk")
    names = (
        "pk",
        "created_at",
        "share__author_id",
        "share__destination__kind",
        "share__destination__name",
        "share__post__channel__classification",
        "canonical",
    )
    for pk, created_at, author_id, kind, name, label, form in rows.values_list(*names).iterator(_CHUNK):
        yield PastShare(
            created_at,
            author_id,
            kind,
            name,
            fields=guards.bind_context(form),
            language=canonical.read(form)["language"],
            classification=canonical.label_of(canonical.read(form), label),
            ruling=rulings.get(pk, ""),
        )
