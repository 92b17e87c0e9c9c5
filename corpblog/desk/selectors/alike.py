"""Other shares whose words are nearly those of a case: how they ended, and which wait beside it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models.functions import Length

from corpblog.desk import pseudonyms, similar
from corpblog.desk.evidence import Piece, pieces
from corpblog.desk.selectors.decidable import decidable
from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.sharing.canonical import addresses, read
from corpblog.sharing.models import Share, ShareRevision

HALF_A_YEAR: Final = timedelta(days=180)
MOST_COMPARED: Final = 400
MOST_SHOWN: Final = 20
_AT_ONCE: Final = 50


@dataclass(frozen=True)
class Alike:
    """Another share that says nearly the same.

    percent: of common shingles, rounded down, so that 100 means the same letters.
    """

    share: Share
    text: str
    percent: int
    author: str

    @property
    def pieces(self) -> list[Piece]:
        """The text with what nobody sees in it: whoever rules on it together with another one sees its bytes, too."""
        return pieces(self.text, ())

    @property
    def waits(self) -> bool:
        return bool(self.share.state == Share.State.HELD)


def alike(reader: Person, share: Share) -> list[Alike]:
    """Return the shares of half a year that are nearly the case's, newest first.

    Compared are the newest 400 that are about as long.
    """
    if share.revision is None:
        return []
    text = read(share.revision.canonical)["text"]
    wanted, size = similar.shingles(text), len(share.revision.canonical)
    # Texts that have nine tenths of their shingles in common are about as long; accounts and names differ a little.
    near = (
        Share.objects.filter(changed_at__gte=clock.now() - HALF_A_YEAR)
        .exclude(pk=share.pk)
        .alias(size=Length("revision__canonical"))
        .filter(size__gte=size * 4 // 5 - 60, size__lte=size * 5 // 4 + 60)
        .order_by("-id")
        .values_list("pk", "revision__canonical")[:MOST_COMPARED]
    )
    # Words alone are compared, and whole rows read of the few that are shown.
    found: dict[int, tuple[str, int]] = {}
    for pk, canonical in near.iterator(_AT_ONCE):
        words = read(canonical)["text"]
        common = similar.resemblance(wanted, similar.shingles(words))
        if common >= similar.NEARLY:
            found[pk] = (words, int(100 * common))
        if len(found) == MOST_SHOWN:
            break
    shares = list(Share.objects.filter(pk__in=found).for_rows().order_by("-id"))
    who = pseudonyms.authors(reader, shares)
    return [Alike(other, *found[other.pk], author=who[other.pk].name) for other in shares]


def beside(officer: Person, revision: ShareRevision, others: list[Alike]) -> list[Alike]:
    """Return those that wait and can be ruled on together with the case.

    Only what differs in nothing but some of its words: the same files, and no rule that the case itself does not show.
    """
    pks = [other.share.pk for other in others if other.waits]
    rulable = set(decidable(Share.objects.filter(pk__in=pks), officer).values_list("pk", flat=True)) if pks else set()
    wanted = _shown(revision)
    return [other for other in others if other.share.pk in rulable and _shown(other.share.revision) == wanted]


def _shown(revision: ShareRevision | None) -> tuple[object, ...]:
    if revision is None:
        return ()
    rules = {finding["rule"] for finding in revision.verdict["findings"]}
    form = read(revision.canonical)
    return sorted(rules), addresses(form), form["attachments"], form["quoted"], form["poll"], form["warning"]
