"""What files say, known by the digest of their bytes. Reading takes seconds, so it happens before it is asked for."""

from collections.abc import Iterable

from corpblog.kernel import blobs
from corpblog.policy.extraction import VERSION, read_file
from corpblog.policy.extraction.kinds import family_of, name_lies, picture_kind
from corpblog.policy.models import FileText
from corpblog.policy.unread import PASSING

__all__ = ["family_of", "forget", "known", "learn", "name_lies", "picture_kind", "read_again"]


def learn(data: bytes, *, digest: str, name: str) -> FileText:
    """Return what the bytes say, read in a child process where that is not known yet.

    Never in a transaction: it takes seconds.
    """
    if (row := known([digest]).get(digest)) and PASSING.isdisjoint(row.reasons):
        return row
    found = read_file(data, name)
    kept, _created = FileText.objects.update_or_create(
        digest=digest,
        defaults={"kind": found.kind, "text": found.text, "reasons": list(found.reasons), "version": VERSION},
    )
    return kept


def known(digests: Iterable[str]) -> dict[str, FileText]:
    """Return what is known of these, by digest; what an older version read is not known."""
    rows = FileText.objects.filter(digest__in=set(digests), version=VERSION)
    return {row.digest: row for row in rows}


def forget(digests: set[str]) -> None:
    """Forget what files said whose bytes are gone."""
    FileText.objects.filter(digest__in=digests).delete()


def read_again(files: Iterable[tuple[str, str]]) -> None:
    """Read those whose text is not known, or whose reading broke off. files: digests and names."""
    wanted = dict(files)
    for digest, name in wanted.items():
        try:
            learn(blobs.read(digest), digest=digest, name=name)
        except blobs.BlobError:
            continue  # the gate looks at the bytes itself
