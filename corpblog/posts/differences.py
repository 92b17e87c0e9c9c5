"""What changed between two versions of a post, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from corpblog.posts.files import Facts

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Run(NamedTuple):
    """A stretch of text that stayed (`same`), came (`added`) or went (`removed`)."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Run]:
    """Return the two texts as one, so that what stayed and was added is `after`, what stayed and went is `before`."""
    return list(_merged(_runs(_WORDS.findall(before), _WORDS.findall(after))))


def described_anew(before: Sequence[Facts], after: Sequence[Facts]) -> list[tuple[str, list[Run]]]:
    """Return the names of the files whose description changed, each with what changed in it."""
    old = {each["id"]: each["alt"] for each in before}
    changed = [each for each in after if old.get(each["id"], each["alt"]) != each["alt"]]
    return [(each["name"], differences(old[each["id"]], each["alt"])) for each in changed]


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Run("same", "".join(old[old_start:old_end]))
            continue
        if old_end > old_start:
            yield Run("removed", "".join(old[old_start:old_end]))
        if new_end > new_start:
            yield Run("added", "".join(new[new_start:new_end]))


def _merged(runs: Iterator[Run]) -> Iterator[Run]:
    """Join what was changed on both sides of a lone blank: whole phrases read better than words with holes."""
    kept: list[Run] = []
    for run in runs:
        if run.kind == "same" and run.text.isspace() and kept and kept[-1].kind != "same":
            kept += [Run("removed", run.text), Run("added", run.text)]
        else:
            yield from _flush(kept) if run.kind == "same" else ()
            if run.kind == "same":
                kept = []
                yield run
            else:
                kept.append(run)
    yield from _flush(kept)


def _flush(changed: list[Run]) -> Iterator[Run]:
    for kind in ("removed", "added"):
        text = "".join(run.text for run in changed if run.kind == kind)
        if text:
            yield Run(kind, text)
